#include "colcomb/cli/command_line.hpp"
#include "colcomb/cli/training/command.hpp"

/// What `colcomb` becomes for the commands that need LibTorch.
int main(int argc, char** argv) {
  using namespace colcomb::cli;
  return run_command_line(argc, argv,
                          [](CLI::App& app) {
                            add_run(app);
                            add_train(app);
                            add_experiment(app);
                            add_comparison(app);
                          },
                          {});
}
