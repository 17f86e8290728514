#include "colcomb/network/convolve.hpp"

#include <algorithm>
#include <vector>

#include "colcomb/artifacts/input_parts.hpp"

namespace colcomb::network {
namespace {

std::int64_t whole(std::size_t size) {
  return static_cast<std::int64_t>(size);
}

/// Pixels of the padded map that the outputs read, from its first to the last output's last one.
std::int64_t pixels_read(std::size_t out, std::size_t stride, std::size_t kernel,
                         std::size_t dilation) {
  return whole((out - 1) * stride + (kernel - 1) * dilation + 1);
}

/// N x C / groups x kernel_height x kernel_width: the weights within the groups.
torch::Tensor within_groups(const torch::Tensor& weight, std::int64_t groups) {
  if (groups == 1) return weight;
  const std::int64_t rows = weight.size(0);
  const std::int64_t channels = weight.size(1) / groups;
  return weight.reshape({groups, rows / groups, groups, channels, weight.size(2), weight.size(3)})
      .diagonal(0, 0, 2)  // the group becomes the last dimension
      .permute({4, 0, 1, 2, 3})
      .reshape({rows, channels, weight.size(2), weight.size(3)});
}

}  // namespace

torch::Tensor convolve(const torch::Tensor& input, const torch::Tensor& weight,
                       const LayerDescription& layer) {
  const std::int64_t groups = whole(layer.conv_groups);
  const torch::Tensor filters = within_groups(weight, groups);
  const bool shifted = layer.kind == LayerKind::kShift;  // and the stride is taken
  const std::int64_t stride = shifted ? 1 : whole(layer.stride);
  const std::int64_t padding = shifted || layer.window ? 0 : whole(layer.kernel / 2);
  const std::vector<std::int64_t> strides = {stride, stride};
  const std::vector<std::int64_t> paddings = {padding, padding};
  if (!layer.window) {
    const std::vector<std::int64_t> no_dilation = {1, 1};
    return torch::conv2d(input, filters, {}, strides, paddings, no_dilation, groups);
  }
  const Window& w = *layer.window;
  const std::int64_t top = whole(w.pad_top);
  const std::int64_t left = whole(w.pad_left);
  const std::int64_t height =
      pixels_read(w.out_height, layer.stride, w.kernel_height, w.dilation_height);
  const std::int64_t width =
      pixels_read(w.out_width, layer.stride, w.kernel_width, w.dilation_width);
  const std::int64_t bottom = std::max<std::int64_t>(0, height - top - whole(layer.in_height));
  const std::int64_t right = std::max<std::int64_t>(0, width - left - whole(layer.in_width));
  const bool as_given = top == 0 && left == 0 && bottom == 0 && right == 0;
  // Cropped after padding: outputs may read the padding in front of the map alone.
  const auto padded = (as_given ? input : torch::constant_pad_nd(input, {left, right, top, bottom}))
                          .narrow(2, 0, height)
                          .narrow(3, 0, width);
  const std::vector<std::int64_t> dilation = {whole(w.dilation_height), whole(w.dilation_width)};
  return torch::conv2d(padded, filters, {}, strides, paddings, dilation, groups);
}

torch::Tensor through_zero(const torch::Tensor& weight, double zero) {
  return (weight.flatten(1).sum(1) * zero).view({1, -1, 1, 1});
}

torch::Tensor sum_of_products(const std::vector<torch::Tensor>& inputs, const torch::Tensor& weight,
                              const LayerDescription& layer, const std::vector<double>& zeros) {
  torch::Tensor sum;
  std::int64_t column = 0;
  for (std::size_t p = 0; p < inputs.size(); ++p) {
    const LayerDescription reader = part_geometry(layer, p);
    const std::int64_t height = whole(reader.kernel_height());
    const std::int64_t width = whole(reader.kernel_width());
    const std::int64_t channels = whole(reader.in_channels);
    const std::int64_t columns = channels * height * width;
    const auto own =
        weight.narrow(1, column, columns).reshape({weight.size(0), channels, height, width});
    const auto product =
        zeros[p] == 0 ? convolve(inputs[p], own, reader)
                      : convolve(inputs[p] - zeros[p], own, reader) + through_zero(own, zeros[p]);
    sum = sum.defined() ? sum + product : product;
    column += columns;
  }
  return sum;
}

}  // namespace colcomb::network
