#pragma once

#include <cstddef>

#include "colcomb/artifacts/array_config.hpp"

namespace colcomb::tests {

/// An array "test" of so many MX cells, with everything else by default.
inline ArrayConfig mx_array(std::size_t rows, std::size_t columns, std::size_t alpha = 8) {
  ArrayConfig config;
  config.name = "test";
  config.rows = rows;
  config.columns = columns;
  config.alpha = alpha;
  return config;
}

}  // namespace colcomb::tests
