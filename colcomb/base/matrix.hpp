#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "colcomb/base/check.hpp"

namespace colcomb {

/// Dense row-major matrix that owns its elements. Shape rows x cols; either may be 0.
template <class T>
class Matrix {
 public:
  Matrix() = default;
  /// Every element is `fill`.
  Matrix(std::size_t rows, std::size_t cols, T fill = T{})
      : rows_(rows), cols_(cols), values_(rows * cols, fill) {}
  /// Requires: values.size() == rows * cols.
  Matrix(std::size_t rows, std::size_t cols, std::vector<T> values)
      : rows_(rows), cols_(cols), values_(std::move(values)) {
    COLCOMB_CHECK(values_.size() == rows * cols, "matrix values do not fill its shape");
  }

  /// Number of rows.
  [[nodiscard]] std::size_t rows() const { return rows_; }
  /// Number of columns.
  [[nodiscard]] std::size_t cols() const { return cols_; }
  /// Number of elements.
  [[nodiscard]] std::size_t size() const { return values_.size(); }
  /// Whether there is none.
  [[nodiscard]] bool empty() const { return values_.empty(); }

  /// The element in a row and column. Requires: both below the shape.
  [[nodiscard]] T& operator()(std::size_t row, std::size_t col) {
    return values_[row * cols_ + col];
  }
  /// The element in a row and column. Requires: both below the shape.
  [[nodiscard]] const T& operator()(std::size_t row, std::size_t col) const {
    return values_[row * cols_ + col];
  }
  /// One row, from left to right.
  [[nodiscard]] std::span<T> row(std::size_t row) { return {values_.data() + row * cols_, cols_}; }
  /// One row, from left to right.
  [[nodiscard]] std::span<const T> row(std::size_t row) const {
    return {values_.data() + row * cols_, cols_};
  }
  /// All elements, row by row.
  [[nodiscard]] std::span<T> values() { return values_; }
  /// All elements, row by row.
  [[nodiscard]] std::span<const T> values() const { return values_; }

  bool operator==(const Matrix&) const = default;

 private:
  std::size_t rows_ = 0;
  std::size_t cols_ = 0;
  std::vector<T> values_;
};

/// Number of elements that differ from zero.
template <class T>
[[nodiscard]] std::size_t count_nonzeros(const Matrix<T>& matrix) {
  const auto values = matrix.values();
  return static_cast<std::size_t>(
      std::count_if(values.begin(), values.end(), [](const T& v) { return v != T{}; }));
}

}  // namespace colcomb
