#include "colcomb/pipeline/limited_data.hpp"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "colcomb/cli/data_flags.hpp"
#include "colcomb/cli/training/command.hpp"
#include "colcomb/cli/training/observers.hpp"
#include "colcomb/cli/training/recipe_flag.hpp"
#include "colcomb/cli/training/training_flags.hpp"
#include "colcomb/cli/training/worker_flags.hpp"
#include "colcomb/report/limited_data.hpp"

namespace colcomb::cli {
namespace {

struct LimitedDataFlags {
  pipeline::LimitedDataOptions options;
  TrainingDataFlags data;
  NetworkFlags network;
  TrainingFlags training;
  bool json = false;

  [[nodiscard]] pipeline::LimitedDataOptions parsed() const {
    pipeline::LimitedDataOptions result = options;
    result.training = training.parsed();
    result.data = data.parsed(result.training.load_path.has_value());
    result.network = network.parsed(result.training.load_path.has_value());
    result.run = training.run;
    return result;
  }
};

void print(const LimitedDataReport& report, const LimitedDataFlags& flags) {
  if (flags.json) {
    fmt::print("{}\n", report::to_json(report).dump(2));
    return;
  }
  fmt::print("\n{}\nresults are in {}: results.csv, results.json, runs/\n",
             report::limited_data_table(report), flags.options.out.string());
}

}  // namespace

void add_limited_data(CLI::App& experiment) {
  auto flags = std::make_shared<LimitedDataFlags>();
  flags->network.options = flags->options.network;
  CLI::App* command = experiment.add_subcommand(
      "limited-data",
      "Combine columns with part of the training images: from a dense network pretrained on all "
      "of them, and from new weights. A killed experiment goes on when the command is repeated");
  flags->data.add_to(*command);
  flags->network.add_to(*command);
  flags->training.add_to(*command);
  add_recipe_flag(*command);
  command
      ->add_option("--fractions", flags->options.percentages,
                   "Parts of the training split to train on, percent of each class")
      ->capture_default_str();
  command
      ->add_option(
          "--pretrain-epochs", flags->options.pretrain_epochs,
          "Epochs of the dense network [as --epochs]; with --load-path, that checkpoint is "
          "the pretrained network and none is trained")
      ->check(CLI::PositiveNumber)
      ->excludes(command->get_option("--load-path"));
  command
      ->add_option("--out", flags->options.out,
                   "Folder for checkpoints, results.csv and results.json")
      ->required();
  command->add_flag("--json", flags->json, "Print the results as JSON instead of a table");
  command->callback([flags, command] {
    apply_recipe(*command, flags->data.options, flags->training.options);
    require_one_process("experiment");
    training::prepare_libtorch(flags->training.run.threads);
    print(pipeline::run_limited_data(flags->parsed(), text_observer(flags->json)), *flags);
  });
}

}  // namespace colcomb::cli
