// In place of explore.cpp where COLCOMB_WITH_EXPLORATION is OFF: the command says so.
#include "colcomb/base/error.hpp"
#include "colcomb/cli/command.hpp"

namespace colcomb::cli {

void add_explore(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("explore", "Not in this build, which was made without SQLite");
  command->allow_extras();
  command->callback([] {
    throw usage_error("command", "explore",
                      "is not in this build of colcomb (COLCOMB_WITH_EXPLORATION is OFF): use a "
                      "build with SQLite");
  });
}

}  // namespace colcomb::cli
