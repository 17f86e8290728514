#include "colcomb/combining/importance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "colcomb/base/error.hpp"

namespace colcomb::combining {
namespace {

void check_importance(const Matrix<float>& importance, const Matrix<float>& pruned) {
  COLCOMB_CHECK(importance.rows() == pruned.rows() && importance.cols() == pruned.cols(),
                "importance and weights differ in shape");
  const auto values = importance.values();
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(values[i]) && values[i] >= 0) continue;
    throw UserError(
        UserError::Kind::kFailed,
        {"importance", fmt::format("row {}, column {}", i / pruned.cols(), i % pruned.cols()),
         fmt::to_string(values[i]), "must be finite and not negative"});
  }
}

}  // namespace

Matrix<float> importance_of(const Matrix<float>& pruned, const GroupingOptions& options) {
  if (options.importance) {
    check_importance(*options.importance, pruned);
    return *options.importance;
  }
  float largest = 0;
  for (const float w : pruned.values()) largest = std::max(largest, std::fabs(w));
  Matrix<float> importance(pruned.rows(), pruned.cols());
  if (largest == 0) return importance;
  for (std::size_t i = 0; i < importance.size(); ++i) {
    const float magnitude = std::fabs(pruned.values()[i]);
    const float relative = magnitude / largest;
    importance.values()[i] =
        options.objective == Objective::kSquare ? relative * relative : magnitude;
  }
  return importance;
}

double retained_importance(const Matrix<float>& importance, const ColumnGroups& groups) {
  double sum = 0;
  for (std::size_t r = 0; r < importance.rows(); ++r) {
    const auto row = importance.row(r);
    for (const auto& group : groups.groups) {
      float largest = 0;
      for (const std::uint32_t c : group) largest = std::max(largest, row[c]);
      sum += static_cast<double>(largest);
    }
  }
  return sum;
}

}  // namespace colcomb::combining
