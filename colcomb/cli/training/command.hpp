#pragma once

#include <CLI/CLI.hpp>

namespace colcomb::cli {

/// Each adds one subcommand that needs LibTorch, as those of cli/command.hpp.
void add_train(CLI::App& app);
void add_run(CLI::App& app);
void add_experiment(CLI::App& app);
/// `eval --packed`: a checkpoint beside the packed network made of it.
void add_comparison(CLI::App& app);

/// Experiments of add_experiment's: subcommands of it.
void add_frontier(CLI::App& experiment);
void add_limited_data(CLI::App& experiment);
/// Those of the room `experiments`, and `all`.
void add_paper_experiments(CLI::App& experiment);

}  // namespace colcomb::cli
