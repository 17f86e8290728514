#pragma once

#include <cstddef>

#include "colcomb/artifacts/float_network.hpp"
#include "colcomb/quantization/quantize.hpp"
#include "colcomb/training/options.hpp"
#include "colcomb/training/train_data.hpp"

namespace colcomb::training {

/// Whether epoch `epoch`, the first being 1, is one of the last, quantization-aware ones.
[[nodiscard]] bool is_quantization_aware(const TrainOptions& options, std::size_t epoch);

/// The scales that a quantization-aware epoch computes with: weights as the options say, pooling as
/// `network` needs it for kCalibrationImages evenly spaced training images (all, if there are
/// fewer). A function of the network at the epoch's start, so that a resumed run finds the same.
[[nodiscard]] quantization::QuantizeOptions epoch_scales(const FloatNetwork& network,
                                                         const TrainData& data,
                                                         const TrainOptions& options,
                                                         std::size_t threads);

}  // namespace colcomb::training
