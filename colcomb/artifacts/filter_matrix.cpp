#include "colcomb/artifacts/filter_matrix.hpp"

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

}  // namespace colcomb
