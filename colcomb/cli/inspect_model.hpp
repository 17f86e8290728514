#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>

#include "colcomb/cli/model_flags.hpp"

namespace colcomb::cli {

/// `inspect --model`: a preset's layers and sizes, before any training.
struct ModelInspection {
  models::PresetOptions model;
  std::size_t input_size = 32;
  std::size_t input_channels = 3;
  std::size_t classes = 10;

  /// Gives --model, for others to exclude.
  CLI::Option* add_to(CLI::App& command);
  /// Errors: UserError naming the flag.
  void print(bool as_json) const;
};

}  // namespace colcomb::cli
