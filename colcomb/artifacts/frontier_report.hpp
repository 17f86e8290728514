#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "colcomb/artifacts/run_identity.hpp"

namespace colcomb {

/// One training run of the frontier experiment: accuracy against the array's clocks.
struct FrontierRun {
  std::string arm;             // uniform, budget, thin or magnitude
  std::uint64_t alpha = 1;     // whose clocks, in every layer, are the budget
  std::uint64_t budget = 0;    // clocks from image to image
  std::uint64_t seed = 1;      // of the run
  std::string network;         // what was trained, e.g. its blocks' widths
  std::uint64_t interval = 0;  // clocks from batch to batch of the packed network, simulated
  std::uint64_t tiles = 0;     // of the whole network
  std::uint64_t nonzeros = 0;  // of the hidden layers
  double float_top1 = 0;       // fraction of the test split, 0 to 1
  double integer_top1 = 0;     // the same of the integer network
  double train_seconds = 0;    // wall time of training

  bool operator==(const FrontierRun&) const = default;
};

/// The runs that are finished, budget by budget, arm by arm, seed by seed.
struct FrontierReport {
  std::string dataset;             // name of the data set
  std::string array;               // its name
  std::uint64_t dense_clocks = 0;  // interval of the network without combining
  RunIdentity identity;            // of the experiment
  std::uint64_t planned = 0;       // runs in all
  std::vector<FrontierRun> runs;   // in the order they were asked for
};

}  // namespace colcomb
