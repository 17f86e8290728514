#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

#include "colcomb/artifacts/limited_data_report.hpp"
#include "colcomb/pipeline/observer.hpp"
#include "colcomb/pipeline/training_setup.hpp"

namespace colcomb::pipeline {

/// What a pretrained network is worth where training images are few (paper, section 6): column
/// combining with part of the images, from a dense network pretrained on all of them and from new
/// weights.
struct LimitedDataOptions {
  dataset::DataOptions data;                     // what networks are trained on
  NetworkOptions network = reference_network();  // which network
  /// Of every run. load_path: the pretrained network, in place of training a dense one.
  training::TrainOptions training;
  /// save_path and resume are set for each run; `force` clears an earlier experiment first.
  training::RunOptions run;
  /// Parts of the training split to train on: percent of each class, above 0, at most 100.
  std::vector<double> percentages = {2.5, 5, 10, 15, 25, 35, 50, 100};
  std::size_t pretrain_epochs = 0;  // of the dense network; 0: training.epochs
  std::filesystem::path out;        // folder for checkpoints (runs/), results.csv and results.json
};

/// Trains what is not trained yet, writing the results after each run. A killed experiment goes on
/// when it is called again with the same options. Requires: training::prepare_libtorch has been
/// called.
/// Errors: UserError for options, data and files; if the folder was begun with other options,
/// naming the first one.
[[nodiscard]] LimitedDataReport run_limited_data(const LimitedDataOptions& options,
                                                 const Observer& observer);

}  // namespace colcomb::pipeline
