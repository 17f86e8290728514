#pragma once

#include "colcomb/experiments/experiment.hpp"

namespace colcomb::experiments {

/// One training of a sweep over alpha or gamma.
struct SweepPoint {
  double x = 0;
  std::string setting;  // "alpha 8"
  std::size_t alpha = 1;
  double gamma = 0;
};

/// Accuracy, utilization efficiency and weights of the plan's last network at each point; gains are
/// of the first one's utilization.
[[nodiscard]] Experiment sweep(const std::string& axis,
                               std::vector<SweepPoint> (*points)(const Plan&));

}  // namespace colcomb::experiments
