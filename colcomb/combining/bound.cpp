#include "colcomb/combining/bound.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

#include "colcomb/combining/importance.hpp"

namespace colcomb::combining {
namespace {

/// |w| of the nonzero columns, N x K.
Matrix<double> nonzero_magnitudes(const Matrix<float>& pruned) {
  std::vector<std::size_t> columns;
  for (std::size_t c = 0; c < pruned.cols(); ++c) {
    bool nonzero = false;
    for (std::size_t r = 0; r < pruned.rows(); ++r) nonzero = nonzero || pruned(r, c) != 0.0F;
    if (nonzero) columns.push_back(c);
  }
  Matrix<double> magnitudes(pruned.rows(), columns.size());
  for (std::size_t r = 0; r < pruned.rows(); ++r) {
    for (std::size_t k = 0; k < columns.size(); ++k)
      magnitudes(r, k) = std::fabs(static_cast<double>(pruned(r, columns[k])));
  }
  return magnitudes;
}

/// The largest value of each row after its `skipped` largest ones; 0 if it has no more.
std::vector<double> values_at_rank(const Matrix<double>& values, std::size_t skipped) {
  std::vector<double> at_rank(values.rows(), 0.0);
  if (skipped >= values.cols()) return at_rank;
  std::vector<double> sorted;
  for (std::size_t r = 0; r < values.rows(); ++r) {
    const auto row = values.row(r);
    sorted.assign(row.begin(), row.end());
    std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(skipped),
                     sorted.end(), std::greater<>());
    at_rank[r] = sorted[skipped];
  }
  return at_rank;
}

/// K x K: sum over rows of the smaller of two columns' excess over the row's threshold.
Matrix<double> shared_excess(const Matrix<double>& magnitudes,
                             const std::vector<double>& thresholds) {
  Matrix<double> shared(magnitudes.cols(), magnitudes.cols());
  std::vector<std::size_t> above;
  for (std::size_t r = 0; r < magnitudes.rows(); ++r) {
    above.clear();
    for (std::size_t k = 0; k < magnitudes.cols(); ++k) {
      if (magnitudes(r, k) > thresholds[r]) above.push_back(k);
    }
    for (std::size_t i = 0; i < above.size(); ++i) {
      for (std::size_t j = i + 1; j < above.size(); ++j) {
        shared(above[i], above[j]) +=
            std::min(magnitudes(r, above[i]), magnitudes(r, above[j])) - thresholds[r];
      }
    }
  }
  for (std::size_t i = 0; i < shared.rows(); ++i) {
    for (std::size_t j = 0; j < i; ++j) shared(i, j) = shared(j, i);
  }
  return shared;
}

/// K x alpha: least loss on column k's account in a group of n + 1 columns, which is its n smallest
/// shares with other columns, over n + 1.
Matrix<double> least_losses(const Matrix<double>& shared, std::size_t alpha) {
  Matrix<double> losses(shared.rows(), alpha);
  std::vector<double> others;
  for (std::size_t k = 0; k < shared.rows(); ++k) {
    const auto row = shared.row(k);
    others.assign(row.begin(), row.end());
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(k));
    const std::size_t mates = std::min(alpha - 1, others.size());
    std::partial_sort(others.begin(), others.begin() + static_cast<std::ptrdiff_t>(mates),
                      others.end());
    double sum = 0;
    for (std::size_t n = 1; n < alpha; ++n) {
      // There are no groups of more columns than the matrix has; never choosing them is a bound.
      sum = n <= mates ? sum + others[n - 1] : HUGE_VAL;
      losses(k, n) = sum / static_cast<double>(n + 1);
    }
  }
  return losses;
}

/// Least total loss if a column in a group of n columns takes 1 / n of a group and there are
/// `groups`: the Lagrangian dual at the best price of a group found.
double least_loss(const Matrix<double>& losses, std::size_t groups) {
  const auto dual = [&](double price) {
    double sum = -price * static_cast<double>(groups);
    for (std::size_t k = 0; k < losses.rows(); ++k) {
      double least = HUGE_VAL;
      for (std::size_t n = 0; n < losses.cols(); ++n)
        least = std::min(least, losses(k, n) + price / static_cast<double>(n + 1));
      sum += least;
    }
    return sum;
  };
  // The dual is concave, and every price gives a bound, so stopping early loses nothing but
  // tightness.
  double low = 0;
  double high = 1;
  while (high < 1e30 && dual(2 * high) > dual(high)) high *= 2;
  high *= 2;
  for (int i = 0; i < 80; ++i) {
    const double left = low + (high - low) / 3;
    const double right = high - (high - low) / 3;
    (dual(left) < dual(right) ? low : high) = dual(left) < dual(right) ? left : right;
  }
  return std::max(0.0, dual((low + high) / 2));
}

double bound_with(const Matrix<double>& magnitudes, const std::vector<double>& thresholds,
                  std::size_t groups, std::size_t alpha) {
  double most = 0;
  for (std::size_t r = 0; r < magnitudes.rows(); ++r) {
    most += static_cast<double>(groups) * thresholds[r];
    for (const double value : magnitudes.row(r)) most += std::max(0.0, value - thresholds[r]);
  }
  return most - least_loss(least_losses(shared_excess(magnitudes, thresholds), alpha), groups);
}

}  // namespace

double retained_magnitude_bound(const Matrix<float>& pruned, std::size_t groups,
                                std::size_t alpha) {
  const Matrix<double> magnitudes = nonzero_magnitudes(pruned);
  COLCOMB_CHECK(groups * alpha >= magnitudes.cols() && alpha >= 1, "columns do not fit the groups");
  double bound = HUGE_VAL;
  // Every threshold bounds. At the (G + 1)-th largest value the part above the thresholds is least;
  // lower ones raise it but let pairs of columns lose more.
  const std::vector<double> thresholds = values_at_rank(magnitudes, groups);
  for (const double share : {1.0, 0.85, 0.7, 0.5}) {
    std::vector<double> lowered = thresholds;
    for (double& threshold : lowered) threshold *= share;
    bound = std::min(bound, bound_with(magnitudes, lowered, groups, alpha));
  }
  return bound;
}

double gap_to_bound(const Matrix<float>& pruned, const ColumnGroups& groups, std::size_t alpha) {
  const double bound = retained_magnitude_bound(pruned, groups.size(), alpha);
  if (bound <= 0) return 0;
  return std::max(0.0, 1 - retained_importance(importance_of(pruned, {}), groups) / bound);
}

}  // namespace colcomb::combining
