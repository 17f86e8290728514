#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/base/matrix.hpp"
#include "colcomb/evaluation/evaluation_data.hpp"

namespace colcomb::evaluation {

/// A packed network's logits on some images.
struct IntegerEvaluation {
  Matrix<std::int32_t> logits;           // images x classes: the classifier's accumulations
  std::vector<std::int32_t> labels;      // one per image
  std::vector<std::uint64_t> saturated;  // per hidden layer, activations clamped at 255, all images
  double seconds = 0;                    // wall time, reading the images included
};

/// Runs the first `limit` images of the split (0: all) by the CPU kernels, whose integers are the
/// reference network's bit for bit. Errors: UserError about the data set's files.
[[nodiscard]] IntegerEvaluation evaluate_integers(const QuantizedNetwork& network,
                                                  const EvaluationData& data, std::size_t limit,
                                                  const ProgressObserver& progress = nullptr);

}  // namespace colcomb::evaluation
