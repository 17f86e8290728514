#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "colcomb/artifacts/weight_code.hpp"

namespace colcomb::cli {

/// --weights, which chooses what a layer's integers may be.
void add_weights_flag(CLI::App& command, WeightCode& weights, const std::string& purpose);

/// --weight-scales, which chooses what has a scale of its own.
void add_weight_scales_flag(CLI::App& command, WeightScales& scales, const std::string& purpose);

}  // namespace colcomb::cli
