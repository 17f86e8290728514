#include "colcomb/artifacts/quantization_check.hpp"

#include <algorithm>
#include <cmath>

#include "colcomb/base/check.hpp"

namespace colcomb {

std::optional<double> SignalToNoise::decibels() const {
  if (signal == 0 || noise == 0) return std::nullopt;
  return 10 * std::log10(signal / noise);
}

double ValuePair::difference() const {
  return std::abs(integer - real);
}

std::size_t QuantizationCheck::noisiest_layer() const {
  COLCOMB_CHECK(!sensitivity.empty(), "a network has a layer");
  const auto noisiest = std::ranges::max_element(
      sensitivity, {}, [](const LayerSensitivity& layer) { return layer.only_logits.noise; });
  return static_cast<std::size_t>(noisiest - sensitivity.begin());
}

std::size_t QuantizationCheck::most_gaining_layer() const {
  COLCOMB_CHECK(!scales.empty(), "a network has a hidden layer");
  const auto most = std::ranges::max_element(scales, {}, &LayerScales::gain);
  return static_cast<std::size_t>(most - scales.begin());
}

}  // namespace colcomb
