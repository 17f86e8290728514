#include "colcomb/quantization/blocked_network.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/base/check.hpp"
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

std::vector<semantics::RealProducts::Inputs> BlockedNetwork::inputs_of(
    std::size_t layer, const std::vector<Trace>& images) const {
  std::vector<semantics::RealProducts::Inputs> inputs;
  for (const Trace& image : images) {
    semantics::RealProducts::Inputs& maps = inputs.emplace_back();
    for (const LayerPart& part : parts_[layer])
      maps.push_back(part.source ? &image.outputs[*part.source] : &image.pixels);
  }
  return inputs;
}

BlockedNetwork::RealMap BlockedNetwork::hidden_output(std::size_t layer,
                                                      const std::vector<RealMap>& outputs,
                                                      RealMap sums) const {
  semantics::add_residual(description_, layer, outputs, sums);
  const LayerDescription& description = description_.hidden[layer];
  if (description.activation) {
    const std::size_t pixels = sums.pixels();
    for (std::size_t i = 0; i < sums.values.size(); ++i) {
      float& value = sums.values[i];
      value = static_cast<float>(value_at(*description.activation, i / pixels, value));
    }
  }
  for (float& value : sums.values) value = std::clamp(value, 0.0F, kFloatEnd);
  return description.pooling ? semantics::pool_windows(sums, *description.pooling)
                             : std::move(sums);
}

Matrix<float> BlockedNetwork::run(std::span<const std::uint8_t> images) const {
  const std::size_t size = description_.input.size();
  COLCOMB_CHECK(images.size() % size == 0, "images must be whole");
  std::vector<Trace> traces(images.size() / size);
  for (std::size_t b = 0; b < traces.size(); ++b) {
    const semantics::Map bytes =
        semantics::reshape_image(images.subspan(b * size, size), description_.input);
    traces[b].pixels = {
        bytes.channels, bytes.height, bytes.width, {bytes.values.begin(), bytes.values.end()}};
  }
  for (std::size_t i = 0; i < description_.hidden.size(); ++i) {
    std::vector<RealMap> sums = layers_[i].accumulate_images(parts_[i], inputs_of(i, traces));
    for (std::size_t b = 0; b < traces.size(); ++b) {
      std::vector<RealMap>& outputs = traces[b].outputs;
      outputs.push_back(hidden_output(i, outputs, std::move(sums[b])));
    }
  }
  std::vector<RealMap> read;  // by the classifier
  for (Trace& trace : traces) {
    RealMap& last = trace.outputs.back();
    read.push_back(description_.global_pooling ? means(last) : std::move(last));
  }
  std::vector<semantics::RealProducts::Inputs> inputs;
  for (const RealMap& map : read) inputs.push_back({&map});
  const std::vector<RealMap> sums = layers_.back().accumulate_images(parts_.back(), inputs);
  Matrix<float> logits(traces.size(), description_.classes);
  for (std::size_t b = 0; b < traces.size(); ++b) {
    std::ranges::transform(sums[b].values, logits.row(b).begin(), [](float logit) {
      return static_cast<float>(logit * kActivationScale);
    });
  }
  return logits;
}

std::size_t BlockedNetwork::images_at_once() const {
  constexpr std::size_t kPixels = std::size_t{4} * 224 * 224;
  const std::size_t pixels = description_.input.height * description_.input.width;
  return std::clamp<std::size_t>(kPixels / pixels, 1, 16);
}

}  // namespace colcomb::quantization
