#pragma once

#include "colcomb/backprop/pass.hpp"
#include "colcomb/training/runner.hpp"

namespace colcomb::training {

/// A runner of the native CPU backend, backprop::Pass; `sum` as for make_runner. Requires: the
/// network's tensors are on the CPU.
[[nodiscard]] std::unique_ptr<Runner> make_native_runner(network::Cnn network, std::size_t threads,
                                                         network::AllReduce sum,
                                                         backprop::Precision precision);

/// The same for the integer-valued network: see make_quantized_runner.
[[nodiscard]] std::unique_ptr<Runner> make_quantized_native_runner(
    network::Cnn network, const quantization::QuantizeOptions& options, std::size_t threads);

}  // namespace colcomb::training
