#include "colcomb/network/convolve.hpp"

#include <vector>

namespace colcomb::network {
namespace {

std::int64_t whole(std::size_t size) {
  return static_cast<std::int64_t>(size);
}

/// Padding behind the map such that it ends with the last output's last tap; negative: cropped.
std::int64_t pad_behind(std::size_t in, std::size_t out, std::size_t stride, std::size_t taps,
                        std::size_t dilation, std::size_t before) {
  return whole((out - 1) * stride + (taps - 1) * dilation + 1) - whole(in + before);
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
  const std::int64_t bottom = pad_behind(layer.in_height, w.out_height, layer.stride,
                                         w.kernel_height, w.dilation_height, w.pad_top);
  const std::int64_t right = pad_behind(layer.in_width, w.out_width, layer.stride, w.kernel_width,
                                        w.dilation_width, w.pad_left);
  const bool as_given = top == 0 && left == 0 && bottom == 0 && right == 0;
  const auto padded = as_given ? input : torch::constant_pad_nd(input, {left, right, top, bottom});
  const std::vector<std::int64_t> dilation = {whole(w.dilation_height), whole(w.dilation_width)};
  return torch::conv2d(padded, filters, {}, strides, paddings, dilation, groups);
}

}  // namespace colcomb::network
