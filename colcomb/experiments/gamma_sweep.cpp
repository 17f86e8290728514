#include <fmt/format.h>

#include "colcomb/experiments/sweep.hpp"

namespace colcomb::experiments {
namespace {

std::vector<SweepPoint> gamma_sweep_points(const Plan& plan) {
  std::vector<SweepPoint> points;
  for (const double gamma : plan.gammas)
    points.push_back({gamma, fmt::format("gamma {}", gamma), kAlpha, gamma});
  return points;
}

}  // namespace

Experiment gamma_sweep() {
  return sweep("gamma", gamma_sweep_points);
}

}  // namespace colcomb::experiments
