#pragma once

#include <cstdint>
#include <string>

#include "colcomb/dataset/splits.hpp"
#include "colcomb/training/options.hpp"

namespace colcomb::pipeline {

/// Named sets of option values.
enum class Recipe : std::uint8_t {
  kReference,  // the defaults, which are the reference's
  kBest,       // the best accuracy we found for the same number of weights (docs/results/recipe.md)
};

/// "reference" or "best". Errors: UserError (option_error) naming both.
[[nodiscard]] Recipe parse_recipe(const std::string& name);

/// What a recipe may set.
struct RecipeTarget {
  dataset::DataOptions data;        // augmentation
  training::TrainOptions training;  // options of training
};

/// The options with the recipe's values in place of those it sets; what it sets depends on
/// training.epochs, the length of the run.
[[nodiscard]] RecipeTarget apply(Recipe recipe, RecipeTarget options);

}  // namespace colcomb::pipeline
