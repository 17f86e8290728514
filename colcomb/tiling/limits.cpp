#include "colcomb/tiling/limits.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "colcomb/tiling/layer_error.hpp"

namespace colcomb::tiling {
namespace {

void require_alpha(const QuantizedLayer& layer, const LayerDescription& description,
                   const ArrayConfig& config) {
  std::size_t largest = 0;
  for (const auto& group : layer.weights.groups.groups) largest = std::max(largest, group.size());
  if (largest <= config.alpha) return;
  throw layer_error(config, description, "largest group", fmt::format("{} columns", largest),
                    fmt::format("the array has {} data lines per column (alpha)", config.alpha));
}

void require_accumulation(const QuantizedLayer& layer, const LayerDescription& description,
                          const ArrayConfig& config) {
  if (config.accumulation_bits >= 32) return;
  const std::uint64_t most = (std::uint64_t{1} << (config.accumulation_bits - 1)) - 1;
  const std::uint64_t bound = accumulation_bound(layer, description);
  if (bound <= most) return;
  throw layer_error(
      config, description, "largest accumulation", fmt::to_string(bound),
      fmt::format("{} accumulation bits hold at most {}{}", config.accumulation_bits, most,
                  layer.row_exponents.empty()
                      ? ""
                      : "; one scale for all rows of the layer would make it smaller"));
}

}  // namespace

std::uint64_t accumulation_bound(const QuantizedLayer& layer, const LayerDescription& description) {
  std::uint64_t bound = 0;
  for (std::size_t row = 0; row < layer.weights.rows(); ++row) {
    std::uint64_t weights = 0;
    for (const std::int8_t weight : layer.weights.values.row(row))
      weights += static_cast<std::uint64_t>(std::abs(int{weight}));
    const std::uint64_t residual =
        description.residual ? std::uint64_t{255} << layer.row_fraction_bits(row) : 0;
    const auto bias = static_cast<std::uint64_t>(std::abs(std::int64_t{layer.bias[row]}));
    bound = std::max(bound, bias + 255 * weights + residual);
  }
  return bound;
}

void require_fits(const QuantizedNetwork& network, const ArrayConfig& config) {
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    require_alpha(network.layer(i), network.description.layer(i), config);
    require_accumulation(network.layer(i), network.description.layer(i), config);
  }
}

void require_pooling_windows(const LayerDescription& layer, const ArrayConfig& config) {
  if (!layer.pooling) return;
  const std::size_t overlap =
      std::max(layer.pooling->vertical().overlap(), layer.pooling->horizontal().overlap());
  if (overlap <= config.pooling_windows) return;
  throw layer_error(config, layer, "pooling.windows", fmt::to_string(config.pooling_windows),
                    fmt::format("must be at least {}, the windows that one pixel of the layer's "
                                "pooling lies in",
                                overlap));
}

}  // namespace colcomb::tiling
