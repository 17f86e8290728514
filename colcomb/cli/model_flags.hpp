#pragma once

#include <CLI/CLI.hpp>

#include "colcomb/network/network_file.hpp"

namespace colcomb::cli {

/// The flags of a network by its name.
struct ModelFlags {
  network::PresetOptions options;  // name, width and alpha

  /// Gives --model, for others to exclude.
  CLI::Option* add_to(CLI::App& command);
  [[nodiscard]] bool given() const { return !options.name.empty(); }
};

}  // namespace colcomb::cli
