#include "colcomb/network/shift.hpp"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cstdint>

#include "colcomb/base/check.hpp"
#include "colcomb/network/shift_by_index.hpp"

namespace colcomb::network {
namespace {

struct Geometry {
  std::int64_t channels, height, width, out_height, out_width, stride;
};

/// Offsets of one layer, laid out for the channels-last loops.
struct Offsets {
  std::vector<std::int32_t> dy, dx;
  std::vector<std::int32_t> element;  // (dy * width + dx) * channels + c
  std::int32_t reach = 0;

  Offsets(const std::vector<Column>& columns, const Geometry& g) {
    for (std::size_t c = 0; c < columns.size(); ++c) {
      dy.push_back(columns[c].dy);
      dx.push_back(columns[c].dx);
      element.push_back(static_cast<std::int32_t>(
          (columns[c].dy * g.width + columns[c].dx) * g.channels + static_cast<std::int64_t>(c)));
      reach = std::max({reach, std::abs(dy.back()), std::abs(dx.back())});
    }
  }
};

/// Calls body(in_pixel, out_pixel, inside) for each output pixel of one image; `inside` says that
/// no offset can leave the map there.
template <class Body>
void for_each_pixel(const Geometry& g, std::int32_t reach, Body body) {
  for (std::int64_t y = 0; y < g.out_height; ++y) {
    const std::int64_t in_y = y * g.stride;
    const bool rows_inside = in_y >= reach && in_y + reach < g.height;
    for (std::int64_t x = 0; x < g.out_width; ++x) {
      const std::int64_t in_x = x * g.stride;
      body(in_y, in_x, y * g.out_width + x, rows_inside && in_x >= reach && in_x + reach < g.width);
    }
  }
}

template <class T>
void gather_image(const T* input, T* output, const Geometry& g, const Offsets& offsets) {
  const std::int32_t* const element = offsets.element.data();
  for_each_pixel(g, offsets.reach,
                 [&](std::int64_t y, std::int64_t x, std::int64_t out, bool inside) {
                   const T* const from = input + (y * g.width + x) * g.channels;
                   T* const to = output + out * g.channels;
                   if (inside) {
                     for (std::int64_t c = 0; c < g.channels; ++c) to[c] = from[element[c]];
                     return;
                   }
                   for (std::int64_t c = 0; c < g.channels; ++c) {
                     const std::int64_t sy = y + offsets.dy[static_cast<std::size_t>(c)];
                     const std::int64_t sx = x + offsets.dx[static_cast<std::size_t>(c)];
                     const bool valid = sy >= 0 && sy < g.height && sx >= 0 && sx < g.width;
                     to[c] = valid ? from[element[c]] : T{0};
                   }
                 });
}

/// The transpose of gather_image. Each input element is read by at most one output, so nothing
/// adds.
template <class T>
void scatter_image(const T* grad_output, T* grad_input, const Geometry& g, const Offsets& offsets) {
  const std::int32_t* const element = offsets.element.data();
  std::fill_n(grad_input, g.height * g.width * g.channels, T{0});
  for_each_pixel(g, offsets.reach,
                 [&](std::int64_t y, std::int64_t x, std::int64_t out, bool inside) {
                   const T* const from = grad_output + out * g.channels;
                   T* const to = grad_input + (y * g.width + x) * g.channels;
                   if (inside) {
                     for (std::int64_t c = 0; c < g.channels; ++c) to[element[c]] = from[c];
                     return;
                   }
                   for (std::int64_t c = 0; c < g.channels; ++c) {
                     const std::int64_t sy = y + offsets.dy[static_cast<std::size_t>(c)];
                     const std::int64_t sx = x + offsets.dx[static_cast<std::size_t>(c)];
                     if (sy >= 0 && sy < g.height && sx >= 0 && sx < g.width)
                       to[element[c]] = from[c];
                   }
                 });
}

Geometry geometry_of(const torch::Tensor& input, std::int64_t stride) {
  return {input.size(1),
          input.size(2),
          input.size(3),
          (input.size(2) + stride - 1) / stride,
          (input.size(3) + stride - 1) / stride,
          stride};
}

torch::Tensor empty_map(std::int64_t batch, std::int64_t channels, std::int64_t height,
                        std::int64_t width, const torch::Tensor& like) {
  return torch::empty({batch, channels, height, width},
                      like.options().memory_format(torch::MemoryFormat::ChannelsLast));
}

/// Applies image_kernel(from, to) to each image of two channels-last batches.
template <class Kernel>
void per_image(const torch::Tensor& from, torch::Tensor& to, Kernel kernel) {
  AT_DISPATCH_FLOATING_TYPES_AND(torch::kBFloat16, from.scalar_type(), "shift", [&] {
    const scalar_t* const source = from.data_ptr<scalar_t>();
    scalar_t* const target = to.data_ptr<scalar_t>();
    const std::int64_t source_size = from.size(1) * from.size(2) * from.size(3);
    const std::int64_t target_size = to.size(1) * to.size(2) * to.size(3);
    at::parallel_for(0, from.size(0), 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t b = begin; b < end; ++b) {
        kernel(source + b * source_size, target + b * target_size);
      }
    });
  });
}

class ShiftFunction : public torch::autograd::Function<ShiftFunction> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context,
                               const torch::Tensor& input, const std::vector<Column>& columns,
                               std::int64_t stride) {
    const auto source = input.contiguous(torch::MemoryFormat::ChannelsLast);
    const Geometry g = geometry_of(source, stride);
    const auto offsets = std::make_shared<const Offsets>(columns, g);
    context->saved_data["input_size"] = source.sizes().vec();
    context->saved_data["stride"] = stride;
    context->saved_data["dy"] = std::vector<std::int64_t>(offsets->dy.begin(), offsets->dy.end());
    context->saved_data["dx"] = std::vector<std::int64_t>(offsets->dx.begin(), offsets->dx.end());
    auto output = empty_map(source.size(0), g.channels, g.out_height, g.out_width, source);
    per_image(source, output,
              [&](const auto* from, auto* to) { gather_image(from, to, g, *offsets); });
    return output;
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list grads) {
    const auto size = context->saved_data["input_size"].toIntVector();
    const auto dy = context->saved_data["dy"].toIntVector();
    const auto dx = context->saved_data["dx"].toIntVector();
    const std::int64_t stride = context->saved_data["stride"].toInt();
    std::vector<Column> columns(dy.size());
    for (std::size_t c = 0; c < columns.size(); ++c) {
      columns[c] = {static_cast<std::int32_t>(c), static_cast<std::int16_t>(dy[c]),
                    static_cast<std::int16_t>(dx[c])};
    }
    const auto grad_output = grads[0].contiguous(torch::MemoryFormat::ChannelsLast);
    auto grad_input = empty_map(size[0], size[1], size[2], size[3], grad_output);
    const Geometry g = geometry_of(grad_input, stride);
    const Offsets offsets(columns, g);
    per_image(grad_output, grad_input,
              [&](const auto* from, auto* to) { scatter_image(from, to, g, offsets); });
    return {grad_input, torch::Tensor(), torch::Tensor()};
  }
};

}  // namespace

torch::Tensor shift(const torch::Tensor& input, const std::vector<Column>& columns,
                    std::size_t stride) {
  COLCOMB_CHECK(input.dim() == 4 && static_cast<std::size_t>(input.size(1)) == columns.size(),
                "shift needs one column per channel");
  const auto step = static_cast<std::int64_t>(stride);
  if (!input.device().is_cpu()) return ShiftByIndex(columns, stride, input)(input);
  return ShiftFunction::apply(input, columns, step);
}

}  // namespace colcomb::network
