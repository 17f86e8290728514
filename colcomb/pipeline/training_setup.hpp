#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/artifacts/run_identity.hpp"
#include "colcomb/dataset/splits.hpp"
#include "colcomb/models/block_network.hpp"
#include "colcomb/models/presets.hpp"
#include "colcomb/training/trainer.hpp"

namespace colcomb::pipeline {

/// The network to train. Its input's shape and classes, and the seed of its shifts, come from the
/// data and the training options; of `input` only reshape_stride is read.
struct NetworkOptions {
  models::BlockNetworkOptions blocks;  // a network in blocks
  /// A published network's name or a description file, FILE.toml, in place of the blocks. Empty:
  /// the blocks.
  models::PresetOptions model;
  /// Every combined layer's alpha is that of TrainOptions::allocation's array, whatever blocks or
  /// model say; the blocks need not have one.
  bool alpha_of_array = false;
  /// Train the network of TrainOptions::load_path, as it is, in place of both.
  bool as_loaded = false;
};

/// The largest alpha that blocks or model ask for; 1 for the network of a checkpoint.
[[nodiscard]] std::size_t largest_alpha(const NetworkOptions& options);

/// The default of `colcomb run`: a small shift network for 28 x 28 grey images.
[[nodiscard]] NetworkOptions small_network();
/// The network of the reference's CIFAR-10 command.
[[nodiscard]] NetworkOptions reference_network();

/// The network of blocks or model for images of this shape. `input`: of the options' own only
/// reshape_stride counts. Errors: UserError naming the field that breaks a rule.
[[nodiscard]] NetworkDescription describe_network(const NetworkOptions& options,
                                                  const InputDescription& input,
                                                  std::size_t classes, std::uint64_t seed);

/// A data set and a network that reads its images.
struct TrainingSetup {
  dataset::Splits data;               // opened and split
  NetworkDescription network;         // with the data set's name and classes
  std::vector<IdentityField> source;  // what was asked of the data, for the run's identity

  /// Requires: this object outlives the result.
  [[nodiscard]] training::TrainData train_data() const;
  /// One line for people: how many images of each split there are, and where; files of an image
  /// folder that are no pictures, where there are some.
  [[nodiscard]] std::string summary() const;
};

/// Opens the data set and describes the network that training with these options takes. A data set
/// without a name is the one that the network of TrainOptions::load_path was trained on; the
/// result's network has the name.
/// With a budget the classifier may be combined too, so its alpha is the array's.
/// Errors: UserError (option_error) for options that do not fit the data set or each other, or
/// where a layer's alpha is more than an array to combine for has data lines in a column; about
/// the files of the data set, the network or the checkpoint to load.
[[nodiscard]] TrainingSetup set_up(const dataset::DataOptions& data, const NetworkOptions& network,
                                   const training::TrainOptions& options);

}  // namespace colcomb::pipeline
