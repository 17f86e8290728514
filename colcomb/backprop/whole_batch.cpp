// Batch norm of a batch that several passes share: each adds its sums to those of the others.
#include <algorithm>

#include "colcomb/backprop/state.hpp"

namespace colcomb::backprop {

void Pass::State::sum_whole_batch(NormSums& sums) {
  if (!sum_over_shares_) return;
  // One message: both sums and the number of images.
  const std::size_t rows = sums.first.size();
  std::vector<double> numbers = sums.first;
  numbers.insert(numbers.end(), sums.second.begin(), sums.second.end());
  numbers.push_back(static_cast<double>(count_));
  sum_over_shares_(numbers);
  std::copy_n(numbers.begin(), rows, sums.first.begin());
  std::copy_n(numbers.begin() + static_cast<std::ptrdiff_t>(rows), rows, sums.second.begin());
  whole_count_ = numbers.back();
}

double Pass::State::values_per_row(std::size_t layer) const {
  return whole_count_ * static_cast<double>(geometry_[layer].out_pixels());
}

}  // namespace colcomb::backprop
