#pragma once

#include <CLI/CLI.hpp>

#include "colcomb/models/presets.hpp"

namespace colcomb::cli {

/// Adds --model, --width and --alpha: a published network or a description file. Gives --model, for
/// others to exclude.
CLI::Option* add_model_flags(CLI::App& command, models::PresetOptions& options);

}  // namespace colcomb::cli
