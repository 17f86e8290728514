#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "colcomb/exploration/table.hpp"

namespace colcomb::exploration {

/// A result of which less, or more, is better.
struct Objective {
  std::string result;     // of results.def
  bool maximize = false;  // more is better
};

/// Errors: UserError (option_error naming `objectives`) listing the results.
void check(const std::vector<Objective>& objectives);

/// Positions in `table.rows`, in their order, of the Pareto front: the points that have all these
/// results and than which no other is at least as good in each and better in one.
[[nodiscard]] std::vector<std::size_t> front_of(const Table& table,
                                                const std::vector<Objective>& objectives);

}  // namespace colcomb::exploration
