#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <vector>

#include "colcomb/cli/data_flags.hpp"
#include "colcomb/cli/model_flags.hpp"
#include "colcomb/cli/recipe_flags.hpp"
#include "colcomb/network/block_network.hpp"
#include "colcomb/training/options.hpp"

namespace colcomb::cli {

/// The flags of a network: described in blocks, or a preset by its name.
struct NetworkFlags {
  network::BlockNetworkOptions options;
  std::string layer_type = "shift";
  ModelFlags model;
  /// Whether --reshape-stride was given: a preset reads the image as it is unless it was.
  const CLI::Option* reshape_stride = nullptr;
  std::vector<const CLI::Option*> described_by;  // any of them given: a network is described

  /// Makes the network of the reference's CIFAR-10 command the default.
  void describe_reference();
  void add_to(CLI::App& command);
  /// Whether any of the flags was given.
  [[nodiscard]] bool given() const;
  /// The network for these images. Errors: UserError naming the flag.
  [[nodiscard]] NetworkDescription describe(const OpenedData& data, std::uint64_t seed) const;
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

/// The network of --load-path, to be trained where no flag describes another; `data` then reads
/// images as it wants them. Absent: the flags describe a network.
[[nodiscard]] std::optional<NetworkDescription> loaded_network(
    const training::TrainOptions& options, const NetworkFlags& network, TrainingDataFlags& data);

}  // namespace colcomb::cli
