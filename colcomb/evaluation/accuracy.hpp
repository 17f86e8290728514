#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "colcomb/artifacts/run_report.hpp"
#include "colcomb/base/matrix.hpp"

namespace colcomb::evaluation {

/// Hits of logits (images x classes) against labels (one per image). Among equal logits the lower
/// class counts as the larger. Requires: labels in [0, classes).
[[nodiscard]] Accuracy accuracy_of(const Matrix<std::int32_t>& logits,
                                   std::span<const std::int32_t> labels);
[[nodiscard]] Accuracy accuracy_of(const Matrix<float>& logits,
                                   std::span<const std::int32_t> labels);

/// Images on which two networks give the same logits, and the first difference in words.
struct LogitComparison {
  std::uint64_t identical = 0;   // images whose logits are all equal
  std::uint64_t images = 0;      // that were compared
  std::string first_difference;  // e.g. "image 3, class 0: integer 12, permuted 13"; empty: none
};

/// Compares the logits of two networks on the same images (both images x classes), which the words
/// call by these names. Requires: equal shapes.
[[nodiscard]] LogitComparison compare_logits(const Matrix<std::int32_t>& first,
                                             const Matrix<std::int32_t>& second,
                                             const std::string& first_name,
                                             const std::string& second_name);

}  // namespace colcomb::evaluation
