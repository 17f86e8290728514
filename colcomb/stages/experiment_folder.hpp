#pragma once

#include <filesystem>

#include "colcomb/artifacts/run_identity.hpp"

namespace colcomb::stages {

/// Where an experiment keeps its runs, its results and what it was begun with.
struct ExperimentFolder {
  std::filesystem::path out;  // the folder

  /// Checkpoints and histories of its runs.
  [[nodiscard]] std::filesystem::path runs() const { return out / "runs"; }
  /// Identity of the experiment.
  [[nodiscard]] std::filesystem::path record() const { return out / "experiment.json"; }
  /// A line for each finished run.
  [[nodiscard]] std::filesystem::path csv() const { return out / "results.csv"; }
  /// The same with everything else.
  [[nodiscard]] std::filesystem::path json() const { return out / "results.json"; }

  /// Errors: UserError (option_error naming `out`) if the folder cannot be written or holds a
  /// folder runs/ that is no experiment's.
  void require_usable() const;
  /// Makes sure that what lies in the folder was begun with the same identity; `force` clears it
  /// first, so that no run of an earlier experiment can pass for one of this.
  /// Errors: UserError naming the first difference.
  void begin(const RunIdentity& identity, bool force) const;
};

}  // namespace colcomb::stages
