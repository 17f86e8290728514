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
  Matrix(std::size_t rows, std::size_t cols, T fill = T{})
      : rows_(rows), cols_(cols), values_(rows * cols, fill) {}
  /// Requires: values.size() == rows * cols.
  Matrix(std::size_t rows, std::size_t cols, std::vector<T> values)
      : rows_(rows), cols_(cols), values_(std::move(values)) {
    COLCOMB_CHECK(values_.size() == rows * cols, "matrix values do not fill its shape");
  }

  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t cols() const { return cols_; }
  [[nodiscard]] std::size_t size() const { return values_.size(); }
  [[nodiscard]] bool empty() const { return values_.empty(); }

  [[nodiscard]] T& operator()(std::size_t row, std::size_t col) {
    return values_[row * cols_ + col];
  }
  [[nodiscard]] const T& operator()(std::size_t row, std::size_t col) const {
    return values_[row * cols_ + col];
  }
  [[nodiscard]] std::span<T> row(std::size_t row) { return {values_.data() + row * cols_, cols_}; }
  [[nodiscard]] std::span<const T> row(std::size_t row) const {
    return {values_.data() + row * cols_, cols_};
  }
  [[nodiscard]] std::span<T> values() { return values_; }
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
