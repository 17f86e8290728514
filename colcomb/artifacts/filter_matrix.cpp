#include "colcomb/artifacts/filter_matrix.hpp"

#include <algorithm>

namespace colcomb {

std::vector<Column> convolution_columns(std::size_t channels, std::size_t kernel) {
  COLCOMB_CHECK(kernel % 2 == 1, "kernel must be odd");
  const int reach = static_cast<int>(kernel / 2);
  std::vector<Column> columns;
  columns.reserve(channels * kernel * kernel);
  for (std::size_t channel = 0; channel < channels; ++channel) {
    for (int dy = -reach; dy <= reach; ++dy) {
      for (int dx = -reach; dx <= reach; ++dx) {
        columns.push_back({static_cast<std::int32_t>(channel), static_cast<std::int16_t>(dy),
                           static_cast<std::int16_t>(dx)});
      }
    }
  }
  return columns;
}

Matrix<float> expand_grouped_convolution(const Matrix<float>& weights, std::size_t conv_groups) {
  COLCOMB_CHECK(conv_groups > 0 && weights.rows() % conv_groups == 0,
                "convolution groups must divide the filters");
  const std::size_t filters = weights.rows() / conv_groups;
  Matrix<float> full(weights.rows(), weights.cols() * conv_groups);
  for (std::size_t n = 0; n < weights.rows(); ++n) {
    const auto part = full.row(n).subspan(n / filters * weights.cols(), weights.cols());
    std::ranges::copy(weights.row(n), part.begin());
  }
  return full;
}

}  // namespace colcomb
