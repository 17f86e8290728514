#pragma once

#include <string>

#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/artifacts/run_identity.hpp"
#include "colcomb/training/options.hpp"
#include "colcomb/training/train_data.hpp"

namespace colcomb::training {

/// What the values auto of TrainOptions::backend and RunOptions::device stand for in a run.
struct Resolved {
  std::string backend;  // native or autograd
  std::string device;   // kind without index: cpu, cuda, ...
};

/// Everything that decides the numbers of training a network of this description with these options
/// on these images, in the order: what was asked of the data and the seed, the
/// images, the network, the options. Images are known by the digest of all
/// labels and of 64 evenly spaced images of each split, networks by every layer's shape and a
/// digest of its columns, files that training reads by the digest of their bytes. Errors: UserError
/// if load_path or the teacher cannot be read.
[[nodiscard]] RunIdentity identity_of(const TrainOptions& options, const Resolved& resolved,
                                      const NetworkDescription& network, const TrainData& data);

/// The same with the values that auto stands for here. Errors: also UserError if the device or
/// backend asked for is absent.
[[nodiscard]] RunIdentity identity_of(const TrainOptions& options, const RunOptions& run,
                                      const NetworkDescription& network, const TrainData& data);

}  // namespace colcomb::training
