#pragma once

#include <filesystem>
#include <string>

#include "colcomb/artifacts/run_report.hpp"
#include "colcomb/pipeline/observer.hpp"
#include "colcomb/pipeline/training_setup.hpp"

namespace colcomb::pipeline {

/// The whole way: train, combine, quantize, evaluate, simulate.
struct WholeRunOptions {
  dataset::DataOptions data;        // what is trained on
  NetworkOptions network;           // which network
  training::TrainOptions training;  // how it is trained
  /// save_path is `out`/network.ckpt whatever it says here, and a run that was cut short goes on
  /// from there, unless `force` begins anew.
  training::RunOptions run;
  std::filesystem::path out = "colcomb-run";  // folder for all files
  /// The systolic array that is simulated: a TOML file or ROWSxCOLUMNS (describe_array).
  std::string array = "32x32";
  /// Combine for this array, so that training.allocation.array is it. Off: by gamma and each
  /// layer's alpha, as the paper does; training.allocation is then left as it is.
  bool fit = true;
  /// What the array's energy and area are taken from: cost::technology_names() or a file.
  std::string technology = "sg13g2";
  /// Images of the test split, the first ones, whose logits the fake-quantized network computes
  /// too, to be compared with the integers; 0: all. It is many times slower than the integer
  /// network.
  std::size_t check_images = 0;
  bool dense_baseline = false;  // also train the same network without pruning
  MadeBy made_by;               // what the report says wrote it; decides nothing
};

/// The options of `colcomb run`: a small shift network on Fashion-MNIST for seven epochs.
[[nodiscard]] WholeRunOptions fashion_mnist_run();

/// The files of a run, in WholeRunOptions::out.
struct WholeRunFiles {
  std::filesystem::path checkpoint;  // the combined network
  std::filesystem::path dense;       // the dense baseline's
  std::filesystem::path packed;      // the packed network
  std::filesystem::path csv;         // what combining did to each layer
  std::filesystem::path report;      // everything, JSON
  std::filesystem::path timeline;    // when what happened on the array: trace events
  std::filesystem::path page;        // the report to look at: one HTML file
};
[[nodiscard]] WholeRunFiles files_of(const std::filesystem::path& out);

/// Trains, or goes on training, packs and quantizes the network, evaluates it as floats,
/// fake-quantized and in integers on the test split, simulates one image on the array in closed
/// form, says what the array costs and writes the files, the page last (where the program has it).
/// Requires: training::prepare_libtorch has been called. Errors: UserError for options, data and
/// files; if the folder holds a run of another identity. InternalError if integer and
/// fake-quantized logits differ.
[[nodiscard]] RunReport run(const WholeRunOptions& options, const Observer& observer);

}  // namespace colcomb::pipeline
