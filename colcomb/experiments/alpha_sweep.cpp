#include <fmt/format.h>

#include "colcomb/experiments/sweep.hpp"

namespace colcomb::experiments {
namespace {

std::vector<SweepPoint> alpha_sweep_points(const Plan& plan) {
  std::vector<SweepPoint> points;
  for (const std::size_t alpha : plan.alphas) {
    // Single columns have no conflicts to limit: the baseline's training serves here too.
    points.push_back({static_cast<double>(alpha), fmt::format("alpha {}", alpha), alpha,
                      alpha == 1 ? 0 : kGamma});
  }
  return points;
}

}  // namespace

Experiment alpha_sweep() {
  return sweep("alpha", alpha_sweep_points);
}

}  // namespace colcomb::experiments
