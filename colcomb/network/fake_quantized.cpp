#include "colcomb/network/fake_quantized.hpp"

#include <algorithm>
#include <cmath>

#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/network/convolve.hpp"
#include "colcomb/network/pool_windows.hpp"
#include "colcomb/network/residual.hpp"
#include "colcomb/network/shift.hpp"
#include "colcomb/network/table_activation.hpp"
#include "colcomb/quantization/row_exponents.hpp"

namespace colcomb::network {
namespace {

using quantization::FoldedLayer;

constexpr double kLargestActivation = 255;

/// A product in float32 is exact while no partial sum reaches 2^24 of its row's units; beyond that
/// float64 is used.
constexpr double kFloatExact = 1 << 24;

torch::Tensor to_tensor(const std::vector<double>& values, std::vector<std::int64_t> shape) {
  return torch::tensor(values, torch::kDouble).view(shape);
}

torch::Tensor round_half_up(const torch::Tensor& x) {
  return torch::floor(x + 0.5);
}

/// `value`, exactly, with the gradient of `x`.
torch::Tensor straight_through(const torch::Tensor& x, const torch::Tensor& value) {
  return x - x.detach() + value.detach();
}

torch::Tensor clamp_to_activation(const torch::Tensor& x) {
  return torch::clamp(round_half_up(x), 0, kLargestActivation);
}

/// The layer's activation with gradients: those of ReLU6 end where it is 0 or the largest, a
/// table's are the slopes of the lines between its values.
torch::Tensor activation(const torch::Tensor& x, const LayerDescription& layer) {
  const auto value = clamp_to_activation(x.detach());
  if (layer.activation) {
    return straight_through(on_lines(*layer.activation, x, kLargestActivation),
                            looked_up(*layer.activation, value));
  }
  return straight_through(x * torch::logical_and(value > 0, value < kLargestActivation), value);
}

}  // namespace

FakeQuantized::Layer FakeQuantized::make_layer(const NetworkDescription& network, std::size_t index,
                                               const FoldedLayer& folded,
                                               const quantization::QuantizeOptions& options,
                                               torch::Device device) {
  const LayerDescription& description = network.layer(index);
  Layer layer;
  layer.description = description;
  layer.classifier = network.is_classifier(index);
  for (const std::uint8_t zero : input_zeros(network, index)) layer.input_zeros.push_back(zero);
  const auto rounded = quantization::round_layer(folded, network, index, options);
  layer.scale = std::ldexp(1.0, static_cast<int>(rounded.fraction_bits));
  const auto rows = static_cast<std::int64_t>(layer.description.out_channels);
  const auto channels = static_cast<std::int64_t>(layer.description.in_channels);
  const auto weights = rounded.values.values();
  const auto integers = to_tensor({weights.begin(), weights.end()}, {rows, -1});
  layer.exact_floats =
      integers.abs().sum(1).max().item<double>() * kLargestActivation < kFloatExact;
  std::vector<double> units;  // of each row's integers, in the layer's
  for (std::size_t n = 0; n < description.out_channels; ++n)
    units.push_back(layer.scale / std::ldexp(1.0, static_cast<int>(rounded.row_fraction_bits(n))));
  const auto unit = to_tensor(units, {rows});
  layer.weight = integers * unit.view({rows, 1});
  const auto pooled = static_cast<int>(options.pooling_fraction_bits);
  const double step =
      kActivationScale / layer.scale / (layer.classifier ? std::ldexp(1.0, pooled) : 1.0);
  layer.bias = round_half_up(to_tensor(folded.bias, {rows}) / step / unit) * unit;
  const auto settle = [&](torch::Tensor& numbers) {
    numbers = numbers.to(device).detach().requires_grad_(true);
  };
  if (layer.classifier) {
    settle(layer.weight);
    settle(layer.bias);
    return layer;
  }
  if (description.more_inputs.empty()) {
    layer.weight =
        layer.weight.view({rows, channels, static_cast<std::int64_t>(description.kernel_height()),
                           static_cast<std::int64_t>(description.kernel_width())});
  }
  layer.bias = layer.bias.view({1, rows, 1, 1});
  settle(layer.weight);
  settle(layer.bias);
  if (std::any_of(folded.padding.begin(), folded.padding.end(), [](auto p) { return p != 0; })) {
    layer.padding =
        to_tensor({folded.padding.begin(), folded.padding.end()}, {1, channels, 1, 1}).to(device);
  }
  return layer;
}

FakeQuantized::FakeQuantized(const FloatNetwork& network,
                             const quantization::QuantizeOptions& options, torch::Device device)
    : global_pooling_(network.description.global_pooling),
      reshape_stride_(static_cast<std::int64_t>(network.description.input.reshape_stride)),
      pool_scale_(std::ldexp(1.0, static_cast<int>(options.pooling_fraction_bits))) {
  const auto folded = quantization::fold(network);
  for (std::size_t i = 0; i < folded.size(); ++i) {
    layers_.push_back(make_layer(network.description, i, folded[i], options, device));
    if (layers_.back().description.residual)
      layers_.back().residual_stride = residual_stride(network.description, i);
  }
}

torch::Tensor FakeQuantized::accumulate(const Layer& layer,
                                        const std::vector<torch::Tensor>& inputs) {
  const auto type = layer.exact_floats ? torch::kFloat : torch::kDouble;
  const auto weight = layer.weight.to(type);
  if (inputs.size() > 1) {
    std::vector<torch::Tensor> maps;
    for (const torch::Tensor& input : inputs)
      maps.push_back(input.to(type).contiguous(torch::MemoryFormat::ChannelsLast));
    return sum_of_products(maps, weight, layer.description, layer.input_zeros).to(torch::kDouble) +
           layer.bias;
  }
  auto x = inputs.front().to(type);
  if (layer.classifier) {
    return torch::matmul(x, weight.t()).to(torch::kDouble) + layer.bias;
  }
  // With padding p the product of x is that of x - p padded with 0, plus p through all taps.
  torch::Tensor through_padding;
  if (layer.padding.defined()) {
    x = x - layer.padding.to(type);
    through_padding = (layer.weight.sum({2, 3}) * layer.padding.flatten().unsqueeze(0))
                          .sum(1)
                          .view({1, -1, 1, 1});
  }
  x = x.contiguous(torch::MemoryFormat::ChannelsLast);
  if (layer.description.kind == LayerKind::kShift)
    x = shift(x, layer.description.columns, layer.description.stride);
  auto product = convolve(x, weight, layer.description);
  product = product.to(torch::kDouble) + layer.bias;
  return through_padding.defined() ? product + through_padding : product;
}

torch::Tensor FakeQuantized::pool(const torch::Tensor& input) const {
  const auto pixels = static_cast<double>(input.size(2) * input.size(3));
  const auto mean = input.sum({2, 3}) * pool_scale_ / pixels;
  return straight_through(mean, clamp_to_activation(mean.detach()));
}

std::vector<torch::Tensor> FakeQuantized::weights() const {
  std::vector<torch::Tensor> result;
  for (const Layer& layer : layers_) result.push_back(layer.weight);
  return result;
}

std::vector<torch::Tensor> FakeQuantized::biases() const {
  std::vector<torch::Tensor> result;
  for (const Layer& layer : layers_) result.push_back(layer.bias);
  return result;
}

torch::Tensor FakeQuantized::forward(const torch::Tensor& images, double dropout,
                                     const BatchShard& shard) const {
  auto x = images.to(torch::kDouble);
  if (reshape_stride_ > 1) x = torch::pixel_unshuffle(x, reshape_stride_);
  std::vector<torch::Tensor> outputs;
  for (const Layer& layer : layers_) {
    if (layer.classifier) {
      const auto read = global_pooling_ ? pool(x) : x.flatten(1);
      return accumulate(layer, {sharded_dropout(read, dropout, shard)});
    }
    std::vector<torch::Tensor> inputs = {x};
    if (layer.description.source) inputs.front() = outputs[*layer.description.source];
    for (const InputPart& input : layer.description.more_inputs)
      inputs.push_back(outputs[input.source]);
    auto sum = accumulate(layer, inputs);
    if (layer.description.residual) {
      const auto& source = outputs[*layer.description.residual];
      sum = sum + fit_residual(source, layer.description, layer.residual_stride) * layer.scale;
    }
    x = activation(sum / layer.scale, layer.description);
    if (layer.description.pooling) {
      const auto pooled = pool_windows(x, layer.description);
      x = straight_through(pooled, round_half_up(pooled.detach()));
    }
    outputs.push_back(x);
  }
  return x;
}

}  // namespace colcomb::network
