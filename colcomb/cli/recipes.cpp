#include "colcomb/cli/recipes.hpp"

#include <string>
#include <utility>
#include <vector>

namespace colcomb::cli {
namespace {

/// Runs of this many epochs or more see so many versions of an image that crops and flips help;
/// shorter ones have yet to learn the images as they are.
constexpr std::size_t kEpochsForAugmentation = 30;

std::vector<std::pair<std::string, std::string>> best(std::size_t epochs) {
  return {{"--batch-size", "64"},
          {"--nesterov", "+"},
          {"--warm-up", "0.5"},
          {"--aug", epochs < kEpochsForAugmentation ? "-" : "+"}};
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
