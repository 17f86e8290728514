#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "colcomb/training/recipe.hpp"

namespace colcomb::cli {

/// The flags of training's recipe.
struct RecipeFlags {
  training::RecipeOptions options;
  std::string nesterov = "-";

  void add_to(CLI::App& command);
  [[nodiscard]] training::RecipeOptions parsed() const;
};

}  // namespace colcomb::cli
