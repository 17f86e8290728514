#pragma once

#include <torch/torch.h>

#include "colcomb/artifacts/activation_table.hpp"

// Internal to the room.
namespace colcomb::network {

/// value_at(table, x) of each number of `x`, clamped to 0..`most`: both in units of 6 / 256. The
/// gradient is the slope of the straight line that x is on, 0 where either clamp holds.
[[nodiscard]] torch::Tensor on_lines(const ActivationTable& table, const torch::Tensor& x,
                                     double most);

/// bytes_of(table) looked up for each number of `bytes`, 0 to 255; without gradient.
[[nodiscard]] torch::Tensor looked_up(const ActivationTable& table, const torch::Tensor& bytes);

}  // namespace colcomb::network
