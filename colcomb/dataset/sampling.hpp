#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace colcomb::dataset {

/// The first `ratio` of each class (rounded, at least one picture of each class that has any), as
/// indices in rising order: training with limited data (paper, section 6).
/// Requires: every label in [0, classes).
/// Errors: UserError of kind usage unless 0 < ratio <= 1.
[[nodiscard]] std::vector<std::size_t> stratified_first(std::span<const std::int32_t> labels,
                                                        std::size_t classes, double ratio);

/// Two disjoint parts of some pictures, each in the order these were given.
struct HoldOut {
  std::vector<std::size_t> train;       // indices of images to train on
  std::vector<std::size_t> validation;  // indices of those held out
};

/// Sets aside `ratio` of each class, drawn at random from `seed`. A class with at least two
/// pictures has at least one in each part (unless ratio is 0: nothing is set aside); the single
/// picture of a class is trained on.
/// Requires: indices below labels.size(), every label in [0, classes).
/// Errors: UserError of kind usage unless 0 <= ratio < 1.
[[nodiscard]] HoldOut hold_out(std::span<const std::size_t> indices,
                               std::span<const std::int32_t> labels, std::size_t classes,
                               double ratio, std::uint64_t seed);

}  // namespace colcomb::dataset
