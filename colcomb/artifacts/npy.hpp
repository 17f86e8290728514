#pragma once

#include <filesystem>

#include "colcomb/base/matrix.hpp"

namespace colcomb {

/// Matrix from a NumPy .npy file (format versions 1 to 3): 2-D as it is; 4-D N x C x k x k as
/// N x (C*k*k). float32, float64 (any finite value) and float16, little-endian, C or Fortran order.
/// Errors: UserError naming file, field, value and rule: not .npy, other type or rank, truncated,
/// longer than its shape says, NaN or infinite values (with row and column).
[[nodiscard]] Matrix<float> load_npy(const std::filesystem::path& path);

void save_npy(const Matrix<float>& matrix, const std::filesystem::path& path);

}  // namespace colcomb
