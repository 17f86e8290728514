#pragma once

#include <cstdint>

#include "colcomb/base/matrix.hpp"

namespace colcomb::combining {

/// Mask that prunes the smallest weights (paper, Algorithm 1, first step): N x M, 0 for the
/// floor(fraction * N * M) weights of smallest magnitude and 1 elsewhere. Of equal magnitudes the
/// one at the lower row-major position is pruned first.
/// Errors: UserError if fraction is not in [0, 1] or a weight is NaN or infinite.
[[nodiscard]] Matrix<std::uint8_t> magnitude_mask(const Matrix<float>& weights, double fraction);

/// As magnitude_mask, among the weights that `mask` still keeps: prunes floor(fraction * kept) of
/// them, and what `mask` has pruned stays pruned. One step of the paper's iterative schedule with
/// beta = fraction.
/// Requires: mask has the shape of weights and holds 0 and 1 only.
[[nodiscard]] Matrix<std::uint8_t> magnitude_mask_of_remaining(const Matrix<float>& weights,
                                                               const Matrix<std::uint8_t>& mask,
                                                               double fraction);

/// Copy of weights with 0 where the mask is 0. Requires: equal shapes.
[[nodiscard]] Matrix<float> masked(const Matrix<float>& weights, const Matrix<std::uint8_t>& mask);

/// 1 where the weight is not 0.
[[nodiscard]] Matrix<std::uint8_t> nonzero_mask(const Matrix<float>& weights);

/// Sum of |w|, in double precision.
[[nodiscard]] double magnitude_of(const Matrix<float>& weights);

/// Errors: UserError naming the first weight that is NaN or infinite.
void check_finite(const Matrix<float>& weights);

}  // namespace colcomb::combining
