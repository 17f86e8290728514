#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>

#include "colcomb/training/options.hpp"
#include "colcomb/training/workers/workers.hpp"

namespace colcomb::cli {

/// The flags of training by several processes; how many there are is said by the launcher's
/// environment variables.
struct WorkerFlags {
  std::string sync_batch_norm = "+";
  std::size_t timeout_seconds = 300;

  void add_to(CLI::App& command);
  /// Connects this process with the others, if there are any, and sets what they change in
  /// `options` and `run`: batch norm, and the threads where none were asked for, which the workers
  /// of one machine share. Errors: UserError.
  [[nodiscard]] std::unique_ptr<training::Workers> connect(training::TrainOptions& options,
                                                           training::RunOptions& run) const;
};

/// Errors: UserError if a launcher started several processes of a command that works in one.
void require_one_process(const std::string& command);

}  // namespace colcomb::cli
