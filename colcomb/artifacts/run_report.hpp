#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "colcomb/artifacts/allocation_report.hpp"
#include "colcomb/artifacts/cost_report.hpp"
#include "colcomb/artifacts/layer_report.hpp"
#include "colcomb/artifacts/run_identity.hpp"
#include "colcomb/artifacts/simulation_result.hpp"

namespace colcomb {

/// Hits of one network on one split.
struct Accuracy {
  std::uint64_t images = 0;  // that were evaluated
  std::uint64_t top1 = 0;    // label has the largest logit
  std::uint64_t top5 = 0;    // label is among the five largest

  /// Share of the images whose label has the largest logit, 0 to 1.
  [[nodiscard]] double top1_share() const {
    return images > 0 ? static_cast<double>(top1) / static_cast<double>(images) : 0;
  }
  /// Share of the images whose label is among the five largest.
  [[nodiscard]] double top5_share() const {
    return images > 0 ? static_cast<double>(top5) / static_cast<double>(images) : 0;
  }
};

/// What wrote a report; empty where nobody said.
struct MadeBy {
  std::string version;  // of the program
  std::string command;  // the line that was given

  bool operator==(const MadeBy&) const = default;
};

/// What a whole run gained: the combined network beside itself before combining.
struct RunReport {
  RunIdentity identity;                        // what decided the run's numbers
  MadeBy made_by;                              // the program that ran
  std::string dataset;                         // name of the data set
  CombiningReport combining;                   // what combining did to each layer
  std::optional<AllocationReport> allocation;  // absent: combined without regard to the array
  Accuracy float_accuracy;                     // test split
  Accuracy fake_quantized_accuracy;            // test split
  Accuracy integer_accuracy;                   // test split
  std::optional<Accuracy> dense_accuracy;      // float, test split, the same network never pruned
  std::uint64_t identical_logits = 0;    // images whose integer and fake-quantized logits agree
  std::vector<std::uint64_t> saturated;  // activations clamped at 255 on the test split, per layer
  double train_seconds = 0;              // sum over the epochs
  /// One image on the array (clocks in closed form), and what it is compared with, the first being
  /// the network without combining. Absent and empty: not simulated.
  std::optional<SimulationResult> simulation;
  std::vector<NamedSimulation> baselines;  // what the simulated network is compared with
  /// What the network costs on the array, and the baselines. Absent: not asked for.
  std::optional<CostReport> cost;
  std::optional<CostComparison> cost_comparison;  // of the baselines, where costs were asked for
};

}  // namespace colcomb
