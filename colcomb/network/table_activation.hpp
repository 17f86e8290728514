#pragma once

#include <torch/torch.h>

#include "colcomb/artifacts/activation_table.hpp"

// Internal to the room.
namespace colcomb::network {

/// value_at(table, row, x) of each number of `x`, whose dimension 1 are the rows, clamped to
/// 0..`most`: both in units of 6 / 256. The gradient is the slope of the straight line that x is
/// on, 0 where either clamp holds.
[[nodiscard]] torch::Tensor on_lines(const ActivationTable& table, const torch::Tensor& x,
                                     double most);

/// bytes_of(table, row) looked up for each number of `bytes`, 0 to 255, whose dimension 1 are the
/// rows; without gradient.
[[nodiscard]] torch::Tensor looked_up(const ActivationTable& table, const torch::Tensor& bytes);

}  // namespace colcomb::network
