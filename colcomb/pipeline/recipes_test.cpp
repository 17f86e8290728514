#include "colcomb/pipeline/recipes.hpp"

#include <gtest/gtest.h>

#include "colcomb/base/error.hpp"

namespace colcomb::pipeline {
namespace {

RecipeTarget run_of(std::size_t epochs) {
  RecipeTarget options;
  options.training.epochs = epochs;
  options.training.batch_size = 128;
  options.data.crop_padding = 4;
  return options;
}

TEST(Recipes, BestMovesNoImageInAShortRun) {
  const RecipeTarget shorter = apply(Recipe::kBest, run_of(29));
  EXPECT_EQ(shorter.training.batch_size, 64U);
  EXPECT_EQ(shorter.data.crop_padding, 0U);
  EXPECT_TRUE(shorter.data.augment);  // flips stay
  const RecipeTarget longer = apply(Recipe::kBest, run_of(30));
  EXPECT_EQ(longer.training.batch_size, 64U);
  EXPECT_EQ(longer.data.crop_padding, 4U);
}

TEST(Recipes, ReferenceLeavesEverything) {
  const RecipeTarget options = apply(Recipe::kReference, run_of(5));
  EXPECT_EQ(options.training.batch_size, 128U);
  EXPECT_EQ(options.data.crop_padding, 4U);
}

TEST(Recipes, NamesAreKnown) {
  EXPECT_EQ(parse_recipe("best"), Recipe::kBest);
  EXPECT_EQ(parse_recipe("reference"), Recipe::kReference);
  EXPECT_THROW((void)parse_recipe("worst"), UserError);
}

}  // namespace
}  // namespace colcomb::pipeline
