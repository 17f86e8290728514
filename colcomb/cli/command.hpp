#pragma once

#include <CLI/CLI.hpp>

namespace colcomb::cli {

/// Each adds one subcommand; it runs from CLI11's callback once the whole line has been parsed.
void add_pack(CLI::App& app);
void add_quantize(CLI::App& app);
void add_eval(CLI::App& app);
void add_import(CLI::App& app);
void add_export(CLI::App& app);
void add_inspect(CLI::App& app);
void add_compile(CLI::App& app);
void add_simulate(CLI::App& app);
void add_cost(CLI::App& app);
void add_suggest(CLI::App& app);
#ifdef COLCOMB_WITH_TORCH
void add_train(CLI::App& app);
void add_run(CLI::App& app);
void add_experiment(CLI::App& app);

/// Experiments of add_experiment's: subcommands of it.
void add_frontier(CLI::App& experiment);
void add_limited_data(CLI::App& experiment);
#endif

}  // namespace colcomb::cli
