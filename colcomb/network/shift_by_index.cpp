#include "colcomb/network/shift_by_index.hpp"

#include <limits>

#include "colcomb/base/check.hpp"

namespace colcomb::network {
namespace {

using Selection = ShiftByIndex::Selection;

/// Numbers of one image in channels-last order, -1 for none.
using Sources = std::vector<std::int32_t>;

Selection selection_of(const Sources& sources, std::int64_t height, std::int64_t width,
                       torch::Device device) {
  std::vector<std::int32_t> index;
  std::vector<std::int64_t> outside;
  for (std::size_t i = 0; i < sources.size(); ++i) {
    index.push_back(std::max(sources[i], 0));
    if (sources[i] < 0) outside.push_back(static_cast<std::int64_t>(i));
  }
  return {torch::tensor(index, torch::kInt32).to(device),
          torch::tensor(outside, torch::kInt64).to(device), height, width};
}

torch::Tensor selected(const torch::Tensor& map, const Selection& from) {
  const std::int64_t count = map.size(0);
  const std::int64_t channels = map.size(1);
  // A view: channels come last in memory.
  const auto images = map.permute({0, 2, 3, 1}).reshape({count, -1});
  auto result = images.index_select(1, from.index);
  if (from.outside.numel() > 0) result.index_fill_(1, from.outside, 0);
  return result.view({count, from.height, from.width, channels}).permute({0, 3, 1, 2});
}

class Function : public torch::autograd::Function<Function> {
 public:
  static torch::Tensor forward(torch::autograd::AutogradContext* context,
                               const torch::Tensor& input, const Selection& forward,
                               const Selection& backward) {
    context->saved_data["index"] = backward.index;
    context->saved_data["outside"] = backward.outside;
    context->saved_data["height"] = backward.height;
    context->saved_data["width"] = backward.width;
    return selected(input, forward);
  }

  static torch::autograd::variable_list backward(torch::autograd::AutogradContext* context,
                                                 torch::autograd::variable_list grads) {
    auto& saved = context->saved_data;
    const Selection backward{saved["index"].toTensor(), saved["outside"].toTensor(),
                             saved["height"].toInt(), saved["width"].toInt()};
    return {selected(grads[0], backward), torch::Tensor(), torch::Tensor()};
  }
};

}  // namespace

ShiftByIndex::ShiftByIndex(const std::vector<Column>& columns, std::size_t stride,
                           const torch::Tensor& input) {
  const auto channels = static_cast<std::int64_t>(columns.size());
  const std::int64_t height = input.size(2);
  const std::int64_t width = input.size(3);
  COLCOMB_CHECK(input.size(1) == channels &&
                    channels * height * width <= std::numeric_limits<std::int32_t>::max(),
                "shift needs one column per channel and an image of below 2^31 numbers");
  const auto step = static_cast<std::int64_t>(stride);
  const std::int64_t out_height = (height + step - 1) / step;
  const std::int64_t out_width = (width + step - 1) / step;
  Sources forward(static_cast<std::size_t>(out_height * out_width * channels), -1);
  Sources backward(static_cast<std::size_t>(height * width * channels), -1);
  std::int32_t out = 0;
  for (std::int64_t y = 0; y < out_height; ++y) {
    for (std::int64_t x = 0; x < out_width; ++x) {
      for (const Column& column : columns) {
        const std::int64_t sy = y * step + column.dy;
        const std::int64_t sx = x * step + column.dx;
        if (sy >= 0 && sy < height && sx >= 0 && sx < width) {
          const auto in = static_cast<std::int32_t>((sy * width + sx) * channels + out % channels);
          forward[static_cast<std::size_t>(out)] = in;
          backward[static_cast<std::size_t>(in)] = out;
        }
        ++out;
      }
    }
  }
  forward_ = selection_of(forward, out_height, out_width, input.device());
  backward_ = selection_of(backward, height, width, input.device());
}

bool ShiftByIndex::fits(const torch::Tensor& input) const {
  return input.size(2) == backward_.height && input.size(3) == backward_.width &&
         input.device() == backward_.index.device();
}

torch::Tensor ShiftByIndex::operator()(const torch::Tensor& input) const {
  COLCOMB_CHECK(fits(input), "shift of a map of another size or device");
  return Function::apply(input, forward_, backward_);
}

}  // namespace colcomb::network
