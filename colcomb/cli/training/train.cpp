#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <optional>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/cli/data_flags.hpp"
#include "colcomb/cli/technology_flag.hpp"
#include "colcomb/cli/training/allocation_flags.hpp"
#include "colcomb/cli/training/command.hpp"
#include "colcomb/cli/training/observers.hpp"
#include "colcomb/cli/training/recipe_flag.hpp"
#include "colcomb/cli/training/training_flags.hpp"
#include "colcomb/cli/training/worker_flags.hpp"
#include "colcomb/cli/training_program.hpp"
#include "colcomb/training/trainer.hpp"

namespace colcomb::cli {
namespace {

struct TrainFlags {
  TrainingDataFlags data;
  NetworkFlags network;
  TrainingFlags training;
  AllocationFlags allocation;
  std::optional<std::string> array;
  WorkerFlags workers;
  std::filesystem::path save_path;
};

void train(const TrainFlags& flags) {
  training::TrainOptions options = flags.training.parsed();
  const pipeline::NetworkOptions network =
      flags.network.parsed(options.load_path.has_value(), flags.array.has_value());
  options.allocation = flags.allocation.parsed();
  if (flags.array) {
    options.allocation.array =
        describe_array(*flags.array, network.alpha_of_array ? 1 : pipeline::largest_alpha(network));
  }
  training::RunOptions run = flags.training.run;
  run.save_path = flags.save_path;
  const auto workers = flags.workers.connect(options, run);
  training::prepare_libtorch(run.threads);
  const pipeline::TrainingSetup setup =
      pipeline::set_up(flags.data.parsed(options.load_path.has_value()), network, options);
  const pipeline::Observer observer = text_observer(false);
  if (workers->leads()) {
    if (workers->size() > 1) observer.stage(fmt::format("{} workers", workers->size()));
    observer.stage(setup.summary());
  }
  training::train(options, run, setup.network, setup.train_data(), *workers,
                  {observer.epoch, observer.batch, observer.allocation});
  if (!workers->leads()) return;
  auto history = run.save_path;
  fmt::print("checkpoint {}, history {}\n", run.save_path.string(),
             history.replace_extension(".history.csv").string());
}

}  // namespace

void add_train(CLI::App& app) {
  auto flags = std::make_shared<TrainFlags>();
  flags->network.options = pipeline::reference_network();
  CLI::App* command = app.add_subcommand("train", summary_of_training("train"));
  flags->data.add_to(*command);
  flags->network.add_to(*command);
  flags->training.add_to(*command);
  add_recipe_flag(*command);
  flags->allocation.add_to(*command);
  add_technology_flag(*command, flags->allocation.technology)
      ->capture_default_str()
      ->needs(command->get_option("--budget"));
  command->add_option("--array", flags->array,
                      "Combine for this systolic array, FILE.toml (see configs/) or ROWSxCOLUMNS: "
                      "each layer into as "
                      "many groups as cost nothing more, or by --budget; --gamma and --prune-rate "
                      "then play no role "
                      "[by gamma and each layer's alpha alone]");
  flags->workers.add_to(*command);
  command
      ->add_option("--save-path", flags->save_path,
                   "Checkpoint to write after each epoch; the history goes beside it")
      ->required();
  command->callback([flags, command] {
    apply_recipe(*command, flags->data.options, flags->training.options);
    train(*flags);
  });
}

}  // namespace colcomb::cli
