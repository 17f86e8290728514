#include "colcomb/quantization/blocked_network.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/quantization/folding.hpp"
#include "colcomb/semantics/pool_windows.hpp"
#include "colcomb/semantics/real_layer.hpp"
#include "colcomb/semantics/reshape.hpp"

namespace colcomb::quantization {
namespace {

constexpr auto kFloatEnd = static_cast<float>(6 / kActivationScale);

std::vector<float> floats(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

semantics::RealProducts products(const FoldedLayer& folded, const std::vector<double>& padding) {
  Matrix<float> weights(folded.weights.rows(), folded.weights.cols());
  std::ranges::transform(folded.weights.values(), weights.values().begin(),
                         [](double weight) { return static_cast<float>(weight); });
  std::vector<float> bias;
  for (const double value : folded.bias)
    bias.push_back(static_cast<float>(value / kActivationScale));
  return {weights, std::move(bias), floats(padding)};
}

/// Global average pooling.
semantics::BasicMap<float> means(const semantics::BasicMap<float>& map) {
  semantics::BasicMap<float> pooled{map.channels, 1, 1, {}};
  for (std::size_t c = 0; c < map.channels; ++c) {
    const auto plane = map.plane(c);
    const double sum = std::accumulate(plane.begin(), plane.end(), 0.0);
    pooled.values.push_back(static_cast<float>(sum / static_cast<double>(map.pixels())));
  }
  return pooled;
}

}  // namespace

BlockedNetwork::BlockedNetwork(const FloatNetwork& network) : description_(network.description) {
  const std::vector<FoldedLayer> folded = fold(network);
  for (std::size_t i = 0; i < folded.size(); ++i) {
    const std::vector<double> padding =
        i == 0 ? mean_pixels(description_.input)
               : std::vector<double>(folded[i].padding.begin(), folded[i].padding.end());
    parts_.push_back(parts_of(description_, i));
    layers_.push_back(products(folded[i], padding));
  }
}

BlockedNetwork::RealMap BlockedNetwork::hidden_output(std::size_t layer,
                                                      const std::vector<RealMap>& outputs,
                                                      const RealMap& pixels) const {
  std::vector<const RealMap*> inputs;
  for (const LayerPart& part : parts_[layer])
    inputs.push_back(part.source ? &outputs[*part.source] : &pixels);
  RealMap sums = layers_[layer].accumulate(parts_[layer], inputs);
  semantics::add_residual(description_, layer, outputs, sums);
  const LayerDescription& description = description_.hidden[layer];
  if (description.activation) {
    for (float& value : sums.values)
      value = static_cast<float>(value_at(*description.activation, value));
  }
  for (float& value : sums.values) value = std::clamp(value, 0.0F, kFloatEnd);
  return description.pooling ? semantics::pool_windows(sums, *description.pooling) : sums;
}

std::vector<float> BlockedNetwork::run(std::span<const std::uint8_t> image) const {
  const semantics::Map bytes = semantics::reshape_image(image, description_.input);
  const RealMap pixels{
      bytes.channels, bytes.height, bytes.width, {bytes.values.begin(), bytes.values.end()}};
  std::vector<RealMap> outputs;
  for (std::size_t i = 0; i < description_.hidden.size(); ++i)
    outputs.push_back(hidden_output(i, outputs, pixels));
  const RealMap read = description_.global_pooling ? means(outputs.back()) : outputs.back();
  std::vector<float> logits = layers_.back().accumulate(parts_.back(), {&read}).values;
  for (float& logit : logits) logit = static_cast<float>(logit * kActivationScale);
  return logits;
}

}  // namespace colcomb::quantization
