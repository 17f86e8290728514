#include "colcomb/cli/command.hpp"
#include "colcomb/cli/command_line.hpp"
#include "colcomb/cli/first_steps.hpp"
#include "colcomb/cli/training_program.hpp"

int main(int argc, char** argv) {
  using namespace colcomb::cli;
  if (argc == 1) {
    print_first_steps();
    return 0;
  }
  const TrainingProgram training(argv);
  return run_command_line(
      argc, argv,
      [&training](CLI::App& app) {
        TrainingProgram::list(app);
        add_pack(app);
        add_quantize(app);
        add_eval(app, training);
        add_compile(app);
        add_simulate(app);
        add_cost(app);
        add_rtl(app);
        add_suggest(app);
        add_explore(app);
        add_report(app);
        add_import(app);
        add_export(app);
        add_inspect(app);
        add_doctor(app);
      },
      [&training](const std::string& command) {
        if (TrainingProgram::has(command)) training.take_over();
      });
}
