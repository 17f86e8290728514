#include "colcomb/quantization/scales_check.hpp"

#include <algorithm>
#include <cmath>

#include "colcomb/quantization/folding.hpp"
#include "colcomb/quantization/row_exponents.hpp"

namespace colcomb::quantization {
namespace {

QuantizeOptions with(QuantizeOptions options, WeightScales scales) {
  options.scales = scales;
  return options;
}

void add_logits(SignalToNoise& to, const RealTrace& real, const RealTrace& other) {
  for (std::size_t n = 0; n < real.logits.size(); ++n)
    to.add(real.logits[n] * kActivationScale, other.logits[n] * kActivationScale);
}

std::size_t top1(const RealTrace& trace) {
  return static_cast<std::size_t>(std::ranges::max_element(trace.logits) - trace.logits.begin());
}

ScaledWeights scaled(const FoldedLayer& folded, const NetworkDescription& network,
                     std::size_t index, const QuantizeOptions& options) {
  const RoundedWeights rounded = round_layer(folded, network, index, options);
  ScaledWeights result;
  for (std::size_t n = 0; n < rounded.values.rows(); ++n) {
    const int f = static_cast<int>(rounded.row_fraction_bits(n));
    bool zero = true;
    int largest = 0;
    for (std::size_t m = 0; m < rounded.values.cols(); ++m) {
      const int value = rounded.values(n, m);
      result.weights.add(folded.weights(n, m), std::ldexp(value, -f));
      zero = zero && folded.weights(n, m) == 0;
      largest = std::max(largest, std::abs(value));
    }
    if (!zero && largest < ScaledWeights::kCoarse) ++result.coarse_rows;
  }
  return result;
}

/// The logits of `network` with layer `index` alone rounded.
void add_alone(const RealNetwork& network, std::size_t index, std::span<const std::uint8_t> image,
               const RealTrace& real, SignalToNoise& to) {
  RoundedLayers rounded(network.layers(), false);
  rounded[index] = true;
  RealTrace trace = real;
  network.run_from(index, image, rounded, trace);
  add_logits(to, real, trace);
}

void add_whole(const RealNetwork& network, std::span<const std::uint8_t> image,
               const RealTrace& real, ScalesOutcome& to) {
  const RealTrace trace = network.run(image, RoundedLayers(network.layers(), true));
  to.agreeing += top1(trace) == top1(real) ? 1 : 0;
  add_logits(to.logits, real, trace);
}

}  // namespace

ScalesCheck::ScalesCheck(const FloatNetwork& network, const QuantizeOptions& options)
    : layer_(network, with(options, WeightScales::kLayer)),
      channel_(network, with(options, WeightScales::kChannel)) {
  const std::vector<FoldedLayer> folded = fold(network);
  for (std::size_t i = 0; i < network.hidden.size(); ++i) {
    LayerScales& layer = weights_.emplace_back();
    layer.name = network.description.hidden[i].name;
    for (std::size_t n = 0; n < folded[i].weights.rows(); ++n) {
      const auto row = folded[i].weights.row(n);
      layer.rows += std::ranges::any_of(row, [](double w) { return w != 0; }) ? 1U : 0U;
    }
    layer.layer = scaled(folded[i], network.description, i, with(options, WeightScales::kLayer));
    layer.channel =
        scaled(folded[i], network.description, i, with(options, WeightScales::kChannel));
  }
}

std::vector<LayerScales> ScalesCheck::weights() const {
  return weights_;
}

void ScalesCheck::add_image(std::span<const std::uint8_t> image, const RealTrace& real,
                            QuantizationCheck& to) const {
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    add_alone(layer_, i, image, real, to.scales[i].layer.only_logits);
    add_alone(channel_, i, image, real, to.scales[i].channel.only_logits);
  }
  add_whole(layer_, image, real, to.layer_scales);
  add_whole(channel_, image, real, to.channel_scales);
}

void add_scales(QuantizationCheck& to, const QuantizationCheck& from) {
  for (std::size_t i = 0; i < to.scales.size(); ++i) {
    to.scales[i].layer.only_logits.add(from.scales[i].layer.only_logits);
    to.scales[i].channel.only_logits.add(from.scales[i].channel.only_logits);
  }
  to.layer_scales.agreeing += from.layer_scales.agreeing;
  to.channel_scales.agreeing += from.channel_scales.agreeing;
  to.layer_scales.logits.add(from.layer_scales.logits);
  to.channel_scales.logits.add(from.channel_scales.logits);
}

}  // namespace colcomb::quantization
