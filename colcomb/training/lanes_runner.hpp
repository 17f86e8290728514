#pragma once

#include "colcomb/training/runner.hpp"

namespace colcomb::training {

/// A runner that computes by backprop::Pass. Requires: the network's tensors lie on the CPU.
[[nodiscard]] std::unique_ptr<Runner> make_lanes_runner(network::Cnn network, std::size_t threads);

}  // namespace colcomb::training
