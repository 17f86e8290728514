#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "colcomb/dataset/splits.hpp"

namespace colcomb::cli {

/// --dataset-root and --dataset, which say where a network's images are. Without --dataset it is
/// the data set that the network was trained on.
void add_data_flags(CLI::App& command, dataset::DataSource& source);

/// The flags that say which images training uses, and how.
struct TrainingDataFlags {
  dataset::DataOptions options;
  std::string augment = "+";

  TrainingDataFlags() { options.name = "cifar10"; }
  void add_to(CLI::App& command);
  /// `load_path`: training starts from a checkpoint, whose data set it is without --dataset.
  [[nodiscard]] dataset::DataOptions parsed(bool load_path) const;

 private:
  const CLI::Option* name_ = nullptr;  // --dataset
};

}  // namespace colcomb::cli
