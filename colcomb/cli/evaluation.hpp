#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "colcomb/artifacts/float_network.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/artifacts/run_report.hpp"
#include "colcomb/base/matrix.hpp"
#include "colcomb/cli/data_flags.hpp"

namespace colcomb::cli {

/// Hits of logits (images x classes) against labels. Among equal logits the lower class counts as
/// the larger.
[[nodiscard]] Accuracy accuracy_of(const Matrix<std::int32_t>& logits,
                                   const std::vector<std::int32_t>& labels);

/// A network's logits on the first `limit` images of a split, in units of its logit step.
struct IntegerEvaluation {
  Matrix<std::int32_t> logits;           // images x classes
  std::vector<std::int32_t> labels;      // images
  std::vector<std::uint64_t> saturated;  // per hidden layer, outputs clamped at 255
  double seconds = 0;
};
[[nodiscard]] IntegerEvaluation evaluate_integers(const QuantizedNetwork& network,
                                                  const EvaluationData& data, std::size_t limit);

/// Images on which two networks give the same logits, and the first difference in words.
struct LogitComparison {
  std::uint64_t identical = 0;
  std::uint64_t images = 0;
  std::string first_difference;  // empty if there is none
};
[[nodiscard]] LogitComparison compare_logits(const Matrix<std::int32_t>& integer,
                                             const Matrix<std::int32_t>& fake_quantized);

#ifdef COLCOMB_WITH_TORCH
/// Float accuracy of a trained network on the first `limit` images.
[[nodiscard]] Accuracy evaluate_float(const FloatNetwork& network, const EvaluationData& data,
                                      std::size_t limit);
/// Logits of the network fake-quantized with the packed one's pool bits and weight code, images x
/// classes, in the units of the integer network's.
[[nodiscard]] Matrix<std::int32_t> evaluate_fake_quantized(const FloatNetwork& network,
                                                           const QuantizedNetwork& packed,
                                                           const EvaluationData& data,
                                                           std::size_t limit);
#endif

}  // namespace colcomb::cli
