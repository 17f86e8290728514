#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/simulation/simulate.hpp"

namespace colcomb::simulation {

/// The first value, in the data's order (image, layer, filter, pixel), that is not what it should
/// be.
struct Difference {
  std::size_t image = 0;
  std::size_t layer = 0;
  bool pooled = false;  // a mean in front of the linear layer `layer`; `filter` is its channel
  std::size_t filter = 0;
  std::size_t y = 0;
  std::size_t x = 0;
  std::optional<std::uint64_t> clock;  // in which the machine wrote it, if it is known
  std::int64_t expected = 0;
  std::int64_t found = 0;

  bool operator==(const Difference&) const = default;
};

/// Nothing if all values are equal. Requires: both are of the network's shapes and as many images.
[[nodiscard]] std::optional<Difference> first_difference(
    const QuantizedNetwork& network, std::span<const semantics::ImageValues> expected,
    std::span<const semantics::ImageValues> found);

/// The same against the integer network, with the clock: the machine runs once more, up to the
/// write. Requires: `found` comes from simulate_exact with these arguments.
[[nodiscard]] std::optional<Difference> first_difference(
    const QuantizedNetwork& network, const ArrayConfig& config,
    std::span<const std::uint8_t> images, std::span<const semantics::ImageValues> found);

/// One sentence: image, layer, filter, pixel, clock, both values.
[[nodiscard]] std::string describe(const Difference& difference, const QuantizedNetwork& network);

}  // namespace colcomb::simulation
