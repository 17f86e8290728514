#pragma once

#include "colcomb/backprop/pass.hpp"
#include "colcomb/training/runner.hpp"

namespace colcomb::training {

/// A runner that computes by backprop::Pass; `sum` as for make_runner. Requires: the network's
/// tensors lie on the CPU.
[[nodiscard]] std::unique_ptr<Runner> make_lanes_runner(network::Cnn network, std::size_t threads,
                                                        network::SumOverShares sum,
                                                        backprop::Precision precision);

/// The same on the integers: see make_quantized_runner.
[[nodiscard]] std::unique_ptr<Runner> make_quantized_lanes_runner(
    network::Cnn network, const quantization::QuantizeOptions& options, std::size_t threads);

}  // namespace colcomb::training
