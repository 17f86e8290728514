#pragma once

#include <CLI/CLI.hpp>

#include "colcomb/cli/training_program.hpp"

namespace colcomb::cli {

/// Each adds one subcommand; it runs from CLI11's callback once the whole line has been parsed.
void add_pack(CLI::App& app);
void add_quantize(CLI::App& app);
/// With --packed, `training` does it.
void add_eval(CLI::App& app, const TrainingProgram& training);
void add_import(CLI::App& app);
void add_export(CLI::App& app);
void add_inspect(CLI::App& app);
void add_compile(CLI::App& app);
void add_simulate(CLI::App& app);
void add_cost(CLI::App& app);
void add_suggest(CLI::App& app);
void add_explore(CLI::App& app);
void add_rtl(CLI::App& app);
void add_report(CLI::App& app);
void add_doctor(CLI::App& app);

}  // namespace colcomb::cli
