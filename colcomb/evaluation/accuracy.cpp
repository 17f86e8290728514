#include "colcomb/evaluation/accuracy.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "colcomb/base/check.hpp"

namespace colcomb::evaluation {
namespace {

/// How many logits come before the label's: larger ones, and equal ones of lower classes.
template <class T>
std::size_t rank_of(std::span<const T> logits, std::size_t label) {
  std::size_t rank = 0;
  for (std::size_t k = 0; k < logits.size(); ++k) {
    rank += logits[k] > logits[label] || (logits[k] == logits[label] && k < label) ? 1 : 0;
  }
  return rank;
}

template <class T>
Accuracy hits(const Matrix<T>& logits, std::span<const std::int32_t> labels) {
  COLCOMB_CHECK(logits.rows() == labels.size(), "one label per image");
  Accuracy accuracy;
  accuracy.images = logits.rows();
  for (std::size_t b = 0; b < logits.rows(); ++b) {
    const std::size_t rank =
        rank_of(std::span<const T>(logits.row(b)), static_cast<std::size_t>(labels[b]));
    accuracy.top1 += rank < 1 ? 1 : 0;
    accuracy.top5 += rank < 5 ? 1 : 0;
  }
  return accuracy;
}

}  // namespace

Accuracy accuracy_of(const Matrix<std::int32_t>& logits, std::span<const std::int32_t> labels) {
  return hits(logits, labels);
}

Accuracy accuracy_of(const Matrix<float>& logits, std::span<const std::int32_t> labels) {
  return hits(logits, labels);
}

LogitComparison compare_logits(const Matrix<std::int32_t>& first,
                               const Matrix<std::int32_t>& second, const std::string& first_name,
                               const std::string& second_name) {
  COLCOMB_CHECK(first.rows() == second.rows() && first.cols() == second.cols(),
                "logits of different images or classes");
  LogitComparison comparison;
  comparison.images = first.rows();
  for (std::size_t b = 0; b < first.rows(); ++b) {
    const auto one = first.row(b);
    const auto other = second.row(b);
    const auto at = std::mismatch(one.begin(), one.end(), other.begin());
    if (at.first == one.end()) {
      ++comparison.identical;
    } else if (comparison.first_difference.empty()) {
      comparison.first_difference =
          fmt::format("image {}, class {}: {} {}, {} {}", b, at.first - one.begin(), first_name,
                      *at.first, second_name, *at.second);
    }
  }
  return comparison;
}

}  // namespace colcomb::evaluation
