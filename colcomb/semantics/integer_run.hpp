#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/base/matrix.hpp"
#include "colcomb/semantics/map.hpp"

namespace colcomb::semantics {

// The reference meaning of a quantized network: what every other implementation (simulator, RTL,
// optimised kernels, exported models) must give, bit for bit. It works on the packed weights.

/// Everything one image gives on its way.
struct Trace {
  std::vector<Map> outputs;              // of each hidden layer
  std::vector<std::uint64_t> saturated;  // per hidden layer: bytes above 255 before the clamp
  // Per channel of the last map, empty without global pooling: the sum over its pixels, and the
  // mean that the classifier reads.
  std::vector<std::uint64_t> pool_sums;
  std::vector<std::uint8_t> pooled;  // what the classifier reads
  std::vector<std::int32_t> logits;  // in units of logit_scale(network)

  bool operator==(const Trace&) const = default;
};

/// Logits of one raw image (C x H x W, before the checkerboard reshape), one per class.
/// Requires: validate(network) passes; image.size() == C * H * W of the description's input.
[[nodiscard]] std::vector<std::int32_t> run(const QuantizedNetwork& network,
                                            std::span<const std::uint8_t> image);

/// The same with everything in between.
[[nodiscard]] Trace run_traced(const QuantizedNetwork& network,
                               std::span<const std::uint8_t> image);

/// The pool_sums of run_traced, for which the hidden layers suffice: `network`'s classifier may be
/// empty. Requires otherwise: as for run.
[[nodiscard]] std::vector<std::uint64_t> pool_sums(const QuantizedNetwork& network,
                                                   std::span<const std::uint8_t> image);

/// Logits of `images`, which lie one after the other: images x classes.
/// Requires: as for run; images.size() is a multiple of one image's.
[[nodiscard]] Matrix<std::int32_t> run_many(const QuantizedNetwork& network,
                                            std::span<const std::uint8_t> images,
                                            std::size_t threads);

}  // namespace colcomb::semantics
