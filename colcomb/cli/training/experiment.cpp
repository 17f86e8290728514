#include "colcomb/cli/training/command.hpp"
#include "colcomb/cli/training_program.hpp"

namespace colcomb::cli {

void add_experiment(CLI::App& app) {
  CLI::App* command = app.add_subcommand("experiment", summary_of_training("experiment"));
  command->require_subcommand(1);
  add_frontier(*command);
  add_limited_data(*command);
  add_paper_experiments(*command);
}

}  // namespace colcomb::cli
