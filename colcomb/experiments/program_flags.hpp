#pragma once

#include <string>
#include <vector>

#include "colcomb/experiments/plan.hpp"

namespace colcomb::experiments {

/// Flags of a program that trains the plan's last network on its data, and further words.
[[nodiscard]] std::vector<std::string> program_flags(const Plan& plan,
                                                     std::vector<std::string> more);

}  // namespace colcomb::experiments
