#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "colcomb/allocation/budget.hpp"
#include "colcomb/allocation/candidates.hpp"
#include "colcomb/artifacts/allocation_report.hpp"

namespace colcomb::allocation {

/// Sizes, tiles and clocks of these groups; costs, importances and reasons are left out. With
/// cross_layer, clocks are left out too (0).
[[nodiscard]] AllocationReport describe_costs(const NetworkDescription& network,
                                              const ArrayConfig& array,
                                              const std::vector<std::size_t>& groups);

/// Why fit() gave a layer its groups.
[[nodiscard]] std::string fit_reason(const LayerAllocation& allocation,
                                     const LayerDescription& layer, const ArrayConfig& array);

/// Why a budget gave a layer the candidate `chosen`: what the next larger one would cost and keep.
/// `retained`: per candidate, part of the layer's importance.
[[nodiscard]] std::string budget_reason(const std::vector<Candidate>& candidates,
                                        const std::vector<double>& retained, std::size_t chosen,
                                        Quantity quantity);

}  // namespace colcomb::allocation
