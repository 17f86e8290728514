#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "colcomb/artifacts/checkpoint.hpp"

namespace colcomb {

/// One training run of the limited-data experiment (paper, section 6).
struct LimitedDataRun {
  double percent = 100;      // of each class of the training split, above 0, at most 100
  std::uint64_t images = 0;  // trained on; validation images are not among them
  std::string start;         // dense, pretrained or scratch
  EpochRecord last;          // what the last epoch recorded
  double seconds = 0;        // wall time, summed over the epochs

  bool operator==(const LimitedDataRun&) const = default;
};

/// The runs that are finished, in the order in which they were trained: the dense network on all
/// images, then the combined network from it and from new weights, fraction by fraction.
struct LimitedDataReport {
  std::string dataset;        // name of the data set
  RunIdentity identity;       // of the experiment
  std::uint64_t planned = 0;  // runs in all; the experiment is complete when this many are listed
  std::vector<LimitedDataRun> runs;  // in the order of their fractions
};

}  // namespace colcomb
