#include "colcomb/cli/recipes.hpp"

#include <string>
#include <utility>
#include <vector>

namespace colcomb::cli {
namespace {

/// Shorter runs have yet to learn the images as they are: moved ones cost them accuracy, mirrored
/// ones do not.
constexpr std::size_t kEpochsForCrops = 30;

using Values = std::vector<std::pair<std::string, std::string>>;

Values best(std::size_t epochs) {
  Values values = {{"--batch-size", "64"}};
  if (epochs < kEpochsForCrops) values.emplace_back("--crop-padding", "0");
  return values;
}

}  // namespace

void add_recipe_flag(CLI::App& command) {
  command
      .add_option(
          "--recipe",
          "Values of flags that are not given: reference, the defaults, or best, the best we "
          "found; what it sets depends on --epochs")
      ->check(CLI::IsMember({"reference", "best"}))
      ->default_str("reference");
}

void apply_recipe(CLI::App& command) {
  const CLI::Option& recipe = *command.get_option("--recipe");
  if (recipe.count() == 0 || recipe.as<std::string>() != "best") return;
  const CLI::Option& epochs = *command.get_option("--epochs");
  for (const auto& [flag, value] :
       best(std::stoul(epochs.count() > 0 ? epochs.as<std::string>() : epochs.get_default_str()))) {
    CLI::Option& option = *command.get_option(flag);
    if (option.count() > 0) continue;
    option.add_result(value);
    option.run_callback();
  }
}

}  // namespace colcomb::cli
