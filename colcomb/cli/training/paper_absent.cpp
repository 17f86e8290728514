#include "colcomb/base/error.hpp"
#include "colcomb/cli/training/command.hpp"

namespace colcomb::cli {

void add_paper_experiments(CLI::App& experiment) {
  CLI::App* command = experiment.add_subcommand(
      "all", "The paper's experiments (left out of this build: COLCOMB_WITH_EXPLORATION=OFF)");
  command->allow_extras();
  command->callback([] {
    throw usage_error("experiment", "all", "was left out of this build: COLCOMB_WITH_EXPLORATION");
  });
}

}  // namespace colcomb::cli
