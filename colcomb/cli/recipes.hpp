#pragma once

#include <CLI/CLI.hpp>

namespace colcomb::cli {

/// Adds --recipe: a set of values for flags of data and training that are not given themselves.
/// `reference` leaves every default, `best` is the best we found (docs/results/recipe.md).
void add_recipe_flag(CLI::App& command);

/// Gives the flags those values. To be called when the command line has been read, before it is
/// used.
void apply_recipe(CLI::App& command);

}  // namespace colcomb::cli
