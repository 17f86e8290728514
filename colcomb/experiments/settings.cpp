#include "colcomb/experiments/settings.hpp"

#include <fmt/format.h>

namespace colcomb::experiments {

const char* name_of(Setting setting) {
  switch (setting) {
    case Setting::kBaseline:
      return "baseline";
    case Setting::kCombine:
      return "combine";
    case Setting::kCombinePrune:
      return "combine + prune";
  }
  return "unknown";
}

Settings point_of(const Plan& plan, const PlannedNetwork& network, Setting setting) {
  switch (setting) {
    case Setting::kBaseline:
      return together(training(plan, network, 1, 0), array_of(plan, 1));
    case Setting::kCombine: {
      Settings combining = {{"combine.alpha", fmt::to_string(kAlpha)},
                            {"combine.gamma", "0"},
                            {"data.name", quoted(plan.dataset)},
                            {"evaluate.images", fmt::to_string(plan.evaluate_images)}};
      if (!plan.root.empty()) combining.emplace_back("data.root", quoted(plan.root));
      return together(together(training(plan, network, 1, 0), array_of(plan, kAlpha)), combining);
    }
    case Setting::kCombinePrune:
      break;
  }
  return together(training(plan, network, kAlpha, kGamma), array_of(plan, kAlpha));
}

std::string line_name(const PlannedNetwork& network, const std::string& rest) {
  return network.family() + ' ' + rest;
}

}  // namespace colcomb::experiments
