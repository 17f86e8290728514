#include "colcomb/cli/command.hpp"

namespace colcomb::cli {

void add_experiment(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("experiment", "Several training runs that answer one question");
  command->require_subcommand(1);
  add_frontier(*command);
  add_limited_data(*command);
}

}  // namespace colcomb::cli
