#include "colcomb/cli/training/recipe_flag.hpp"

#include <string>

namespace colcomb::cli {

void add_recipe_flag(CLI::App& command) {
  command
      .add_option(
          "--recipe",
          "Values of flags that are not given: reference, the defaults, or best, the best we "
          "found; what it sets depends on --epochs")
      ->check(CLI::IsMember({"reference", "best"}))
      ->default_str("reference");
}

void apply_recipe(CLI::App& command, dataset::DataOptions& data, training::TrainOptions& training) {
  const CLI::Option& recipe = *command.get_option("--recipe");
  if (recipe.count() == 0) return;
  const pipeline::RecipeTarget target =
      pipeline::apply(pipeline::parse_recipe(recipe.as<std::string>()), {data, training});
  data = target.data;
  training = target.training;
  // Flags that were given write their values again, over the recipe's.
  for (CLI::Option* const option : command.get_options()) {
    if (option->count() > 0 && option->get_callback_run()) option->run_callback();
  }
}

}  // namespace colcomb::cli
