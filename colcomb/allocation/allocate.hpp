#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "colcomb/allocation/budget.hpp"
#include "colcomb/allocation/candidates.hpp"
#include "colcomb/artifacts/allocation_report.hpp"
#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/base/matrix.hpp"

namespace colcomb::allocation {

/// How many groups each layer of a network gets on an array.
struct Allocation {
  std::vector<std::size_t> groups;  // per layer, the classifier last; a layer's columns: dense
  AllocationReport report;          // what each layer got, and why
};

/// The most groups that cost nothing more than the fewest: each layer's last column tile is filled
/// up, as long as that does not change the clocks, and a layer that fits whole stays dense.
/// Errors: UserError as cost_of.
[[nodiscard]] Allocation fit(const NetworkDescription& network, const ArrayConfig& array);

/// The share of the way from dense to `fitted` groups at a progress of 0 to 1, rounded up.
[[nodiscard]] std::vector<std::size_t> on_the_way(const NetworkDescription& network,
                                                  const std::vector<std::size_t>& fitted,
                                                  double progress);

/// Divides a budget between the layers, again and again as importances change.
class Allocator {
 public:
  /// Errors: UserError as cost_of; option_error naming `budget` if it is below the least that is
  /// possible, which it says.
  Allocator(const NetworkDescription& network, const ArrayConfig& array, const Budget& budget);

  /// The groups of all layers that keep most importance within the budget, exactly, by each layer's
  /// retained_curve (combining/merging.hpp) and its cost alone; where the network's clocks are more
  /// than the sum of its layers', the sum is held so far below the budget that they keep it.
  /// `importance`: N x M per layer (importance_of). `progress`, 0 to 1: share of the way on which
  /// the budget tightens from what the dense network costs.
  [[nodiscard]] Allocation allocate(const std::vector<Matrix<float>>& importance, double progress,
                                    std::size_t threads) const;

  /// The least and the most that the network can cost.
  [[nodiscard]] std::uint64_t least() const { return least_; }
  /// The most: what the dense network costs.
  [[nodiscard]] std::uint64_t dense() const { return dense_; }

 private:
  struct Values;
  [[nodiscard]] Values values_of(const std::vector<Matrix<float>>& importance,
                                 std::size_t threads) const;

  NetworkDescription network_;
  ArrayConfig array_;
  Budget budget_;
  Limit limit_;
  Measure measure_;
  std::vector<std::vector<Candidate>> candidates_;
  std::uint64_t least_ = 0;
  std::uint64_t dense_ = 0;
};

}  // namespace colcomb::allocation
