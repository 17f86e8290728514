#pragma once

#include <cstddef>
#include <cstdint>
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

/// Runs the first `limit` images of the split (0: all) by backprop's forward pass, without
/// LibTorch. Requires: validate(network) passes. Errors: UserError about the data set's files.
[[nodiscard]] FloatEvaluation evaluate_float(const FloatNetwork& network,
                                             const EvaluationData& data, std::size_t limit,
                                             const ProgressObserver& progress = nullptr);

}  // namespace colcomb::evaluation
