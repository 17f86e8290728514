#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "colcomb/artifacts/float_network.hpp"
#include "colcomb/base/matrix.hpp"
#include "colcomb/evaluation/evaluation_data.hpp"

namespace colcomb::evaluation {

/// A trained network's logits on some images, with its masks and running statistics.
struct FloatEvaluation {
  Matrix<float> logits;              // images x classes
  std::vector<std::int32_t> labels;  // one per image
};

/// Logits, images x classes, of raw images (count x C x H x W, one after the other): by backprop's
/// forward pass, or by quantization's blocked products where layers have tables; without LibTorch.
/// Requires: validate(network) passes; images are whole.
[[nodiscard]] Matrix<float> float_logits(const FloatNetwork& network,
                                         std::span<const std::uint8_t> images,
                                         const ProgressObserver& progress = nullptr);

/// Runs the first `limit` images of the split (0: all), likewise. Requires: validate(network)
/// passes. Errors: UserError about the data set's files.
[[nodiscard]] FloatEvaluation evaluate_float(const FloatNetwork& network,
                                             const EvaluationData& data, std::size_t limit,
                                             const ProgressObserver& progress = nullptr);

}  // namespace colcomb::evaluation
