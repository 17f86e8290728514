#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "colcomb/experiments/experiment.hpp"
#include "colcomb/exploration/explore.hpp"

namespace colcomb::experiments {

/// What is made, and where.
struct RunExperimentsOptions {
  /// Folder of NAME.txt, NAME.csv, NAME.json and NAME.svg of each experiment, and of what they
  /// share: runs/ (trained networks), points/ (journals), and a folder for each that has a program
  /// of its own.
  std::filesystem::path out;
  Plan plan;                     // networks, settings, data
  std::size_t threads = 0;       // 0: all available
  std::string version;           // recorded with each point
  exploration::Trainer trainer;  // how a network is trained
  /// Runs `colcomb experiment NAME` with these arguments and --out `folder`. Errors: UserError.
  std::function<void(const std::string& name, const std::vector<std::string>& arguments,
                     const std::filesystem::path& folder)>
      program;
  /// A piece of work begins, in one line: how much there is, and how much time it may take.
  std::function<void(const std::string& line)> stage;
  /// An experiment's files are written.
  std::function<void(const Result& result)> finished;
};

/// Runs the named experiments, of which each network is trained once. What was killed goes on when
/// it is repeated, with the same results. Errors: UserError for options, unknown names, files, or
/// if the folder holds experiments of another plan.
[[nodiscard]] std::vector<Result> run_experiments(const std::vector<std::string>& names,
                                                  const RunExperimentsOptions& options);

/// The exploration's specification of these points, which all have the same settings.
[[nodiscard]] std::string specification(const std::string& name,
                                        const std::vector<Settings>& points);

}  // namespace colcomb::experiments
