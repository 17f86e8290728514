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

}  // namespace

torch::Tensor convolve(const torch::Tensor& input, const torch::Tensor& weight,
                       const LayerDescription& layer) {
  const std::int64_t stride = whole(layer.stride);
  if (!layer.window) return torch::conv2d(input, weight, {}, stride, whole(layer.kernel / 2));
  const Window& w = *layer.window;
  const std::int64_t top = whole(w.pad_top);
  const std::int64_t left = whole(w.pad_left);
  const std::int64_t bottom = pad_behind(layer.in_height, w.out_height, layer.stride,
                                         w.kernel_height, w.dilation_height, w.pad_top);
  const std::int64_t right = pad_behind(layer.in_width, w.out_width, layer.stride, w.kernel_width,
                                        w.dilation_width, w.pad_left);
  const bool as_given = top == 0 && left == 0 && bottom == 0 && right == 0;
  const auto padded = as_given ? input : torch::constant_pad_nd(input, {left, right, top, bottom});
  const std::vector<std::int64_t> strides = {stride, stride};
  const std::vector<std::int64_t> no_padding = {0, 0};
  const std::vector<std::int64_t> dilation = {whole(w.dilation_height), whole(w.dilation_width)};
  return torch::conv2d(padded, weight, {}, strides, no_padding, dilation);
}

}  // namespace colcomb::network
