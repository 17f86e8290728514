#pragma once

#include <array>
#include <string>

#include "colcomb/experiments/plan.hpp"

namespace colcomb::experiments {

/// The paper's three settings of a network.
enum class Setting : std::uint8_t {
  kBaseline,      // alpha 1: pruned, not combined
  kCombine,       // the same network, its columns combined where no two conflict: alpha 8, gamma 0
  kCombinePrune,  // trained with alpha 8, gamma 0.5
};
inline constexpr std::array kThreeSettings = {Setting::kBaseline, Setting::kCombine,
                                              Setting::kCombinePrune};
[[nodiscard]] const char* name_of(Setting setting);

/// The network in that setting on the plan's array with its cells.
[[nodiscard]] Settings point_of(const Plan& plan, const PlannedNetwork& network, Setting setting);
/// Settings of a line about a network: its family, and what else there is to say.
[[nodiscard]] std::string line_name(const PlannedNetwork& network, const std::string& rest);

}  // namespace colcomb::experiments
