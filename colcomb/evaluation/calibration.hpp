#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/artifacts/float_network.hpp"
#include "colcomb/artifacts/weight_code.hpp"
#include "colcomb/evaluation/evaluation_data.hpp"
#include "colcomb/quantization/pooling.hpp"

namespace colcomb::evaluation {

/// How many training images calibration looks at by default, here as in training.
using quantization::kCalibrationImages;

/// `count` images of the training split, evenly spaced over it (all, if it has fewer), as raw bytes
/// count x C x H x W, with labels. Errors: as open_for_evaluation.
[[nodiscard]] RawImages calibration_images(const NetworkDescription& network,
                                           const dataset::DataSource& source, std::size_t count);

/// The fraction bits k of the global average pooling, 0 to 8, chosen on these raw images
/// (quantization/pooling.hpp). Requires: at least one image.
[[nodiscard]] std::uint32_t calibrate_pooling(const FloatNetwork& network,
                                              const std::vector<std::uint8_t>& images,
                                              WeightCode weights);

}  // namespace colcomb::evaluation
