#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

#include "colcomb/cli/training/recipe_flags.hpp"
#include "colcomb/pipeline/training_setup.hpp"
#include "colcomb/training/options.hpp"

namespace colcomb::cli {

/// The flags of a network: described in blocks, or a published one by its name.
struct NetworkFlags {
  pipeline::NetworkOptions options;
  std::string layer_type = "shift";

  void add_to(CLI::App& command);
  /// `load_path`: the checkpoint whose network is trained if none of these flags was given.
  [[nodiscard]] pipeline::NetworkOptions parsed(bool load_path) const;
  /// As parsed, for training that combines for an array if `for_array`: where neither flag nor file
  /// gives an alpha, it is the array's.
  [[nodiscard]] pipeline::NetworkOptions parsed(bool load_path, bool for_array) const;

 private:
  std::vector<const CLI::Option*> described_by_;  // any of them given: a network is described
  std::vector<const CLI::Option*> gives_alpha_;   // any of them given: alpha is not the array's
  const CLI::Option* reshape_stride_ = nullptr;
};

/// The flags of training itself, but for where it writes.
struct TrainingFlags {
  training::TrainOptions options;
  training::RunOptions run;
  std::string schedule = "cubic";
  std::string policy;
  std::string fill_empty_cells = "+";
  std::string gamma_ramp = "+";
  double beta_percent = 20;
  RecipeFlags recipe;

  TrainingFlags();
  void add_to(CLI::App& command);
  [[nodiscard]] training::TrainOptions parsed() const;
};

}  // namespace colcomb::cli
