// Batch norm of a batch that several passes partition: each adds its sums to those of the others.
#include <algorithm>

#include "colcomb/backprop/state.hpp"

namespace colcomb::backprop {

void Pass::State::sum_global_batch(NormSums& sums) {
  if (!all_reduce_) return;
  // One message: both sums and the number of images.
  const std::size_t rows = sums.first.size();
  std::vector<double> parameters = sums.first;
  parameters.insert(parameters.end(), sums.second.begin(), sums.second.end());
  parameters.push_back(static_cast<double>(count_));
  all_reduce_(parameters);
  std::copy_n(parameters.begin(), rows, sums.first.begin());
  std::copy_n(parameters.begin() + static_cast<std::ptrdiff_t>(rows), rows, sums.second.begin());
  global_count_ = parameters.back();
}

double Pass::State::values_per_row(std::size_t layer) const {
  return global_count_ * static_cast<double>(geometry_[layer].out_pixels());
}

}  // namespace colcomb::backprop
