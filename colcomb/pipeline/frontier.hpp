#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "colcomb/artifacts/frontier_report.hpp"
#include "colcomb/pipeline/observer.hpp"
#include "colcomb/pipeline/run.hpp"

namespace colcomb::pipeline {

/// Accuracy against an array's clocks, by four ways to spend as many:
/// - uniform: the paper's combining, with one alpha in every layer;
/// - budget: the groups of all layers chosen together (allocation), within the same clocks;
/// - thin: a dense network made thinner until it costs as many;
/// - magnitude: as many weights pruned as in `budget`, the smallest of each layer, and not
/// combined:
///   the array then saves next to nothing.
struct FrontierOptions {
  dataset::DataOptions data;        // what networks are trained on
  NetworkOptions network;           // which network
  training::TrainOptions training;  // its seed is the first run's; allocation's importance counts
  training::RunOptions run;         // save_path and resume play no role
  std::string array = "32x32";      // as WholeRunOptions::array
  /// The budgets: what uniform combining with each of these alphas costs, in clocks from batch to
  /// batch by the closed form. Where two cost the same, the larger one is left out.
  std::vector<std::size_t> alphas = {2, 3, 4, 8};
  /// Ways of spending the clocks.
  std::vector<std::string> arms = {"uniform", "budget", "thin", "magnitude"};
  std::size_t check_images = 0;  // of each run: WholeRunOptions::check_images
  std::size_t seeds = 3;         // runs of each arm at each budget
  std::filesystem::path out;     // folder for the runs, results.csv, results.json, frontier.svg
};

/// Every run trains, quantizes, evaluates on the test split and simulates (pipeline::run). A killed
/// experiment goes on when it is called again. Requires: training::prepare_libtorch has been
/// called. Errors: UserError for options and files; if the folder holds an experiment of another
/// identity.
[[nodiscard]] FrontierReport run_frontier(const FrontierOptions& options, const Observer& observer);

}  // namespace colcomb::pipeline
