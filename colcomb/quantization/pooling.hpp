#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "colcomb/artifacts/float_network.hpp"
#include "colcomb/artifacts/weight_code.hpp"

namespace colcomb::quantization {

/// Training images that calibration runs unless told otherwise: enough that a saturated fraction of
/// 1e-4 can be told from 0 with the 64 channels or more that real networks pool (16,000 values).
inline constexpr std::size_t kCalibrationImages = 250;

/// How the pooling's fraction bits are chosen.
struct PoolingOptions {
  /// Largest fraction of pooled values that may saturate at 255. Raise it only to trade rare
  /// clipping for finer small means.
  double saturated_fraction = 1e-4;
  /// The weights of the network that is calibrated.
  WeightCode weights = WeightCode::kInt8;
  WeightScales scales = WeightScales::kLayer;  // likewise
  /// Threads that run the calibration images; the result does not depend on it.
  std::size_t threads = 1;
};

/// The largest k, 0 to 8, for which at most options.saturated_fraction of the pooled values exceed
/// 255 before their clamp. `sums` are the channels' sums over `pixels` pixels, of any number of
/// images; with none, 0. For k = 0 nothing saturates, so there always is one.
[[nodiscard]] std::uint32_t choose_pooling_fraction_bits(std::span<const std::uint64_t> sums,
                                                         std::uint64_t pixels,
                                                         const PoolingOptions& options);

/// choose_pooling_fraction_bits on the pooled sums that the quantized network has for `images`
/// (raw, C x H x W each, one after the other), which must be training images: the test set stays
/// unseen. Without global pooling 0. The classifier is not looked at. Requires: validate(network)
/// passes; images.size() is a multiple of one image's. Errors: those of quantize_hidden().
[[nodiscard]] std::uint32_t calibrate_pooling_fraction_bits(const FloatNetwork& network,
                                                            std::span<const std::uint8_t> images,
                                                            const PoolingOptions& options);

}  // namespace colcomb::quantization
