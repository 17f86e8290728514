#pragma once

#include <CLI/CLI.hpp>

#include "colcomb/pipeline/recipes.hpp"

namespace colcomb::cli {

/// Adds --recipe: a set of values for flags of data and training that are not given themselves.
void add_recipe_flag(CLI::App& command);

/// Puts the values of --recipe into the options that `command`'s flags fill, but for those given on
/// the command line. To be called when the line has been read, before the options are used.
void apply_recipe(CLI::App& command, dataset::DataOptions& data, training::TrainOptions& training);

}  // namespace colcomb::cli
