#include <fmt/format.h>

#include <cstdio>
#include <memory>
#include <optional>
#include <utility>

#include "colcomb/cli/command.hpp"
#include "colcomb/cli/epoch_bar.hpp"
#include "colcomb/cli/epoch_line.hpp"
#include "colcomb/cli/recipes.hpp"
#include "colcomb/cli/training_flags.hpp"
#include "colcomb/cli/worker_flags.hpp"
#include "colcomb/training/trainer.hpp"

namespace colcomb::cli {
namespace {

struct Flags {
  TrainingDataFlags data;
  NetworkFlags network;
  TrainingFlags training;
  WorkerFlags workers;
  std::filesystem::path save_path;
};

void train(const Flags& flags) {
  training::TrainOptions options = flags.training.parsed();
  training::RunOptions run = flags.training.run;
  run.save_path = flags.save_path;
  const auto workers = flags.workers.connect(options, run);
  training::prepare_libtorch(run.threads);
  TrainingDataFlags data_flags = flags.data;
  std::optional<NetworkDescription> loaded = loaded_network(options, flags.network, data_flags);
  const OpenedData data = open_data(data_flags, options.seed);
  const NetworkDescription network =
      loaded ? std::move(*loaded) : flags.network.describe(data, options.seed);
  if (workers->leads()) {
    if (workers->size() > 1) fmt::print("{} workers\n", workers->size());
    fmt::print("{} training, {} validation and {} test images from {}\n", data.train.size(),
               data.validation.size(), data.test.size(), data.train_set->source().string());
    std::fflush(stdout);
  }
  training::train(options, run, network, training_data(data), *workers, {print_epoch, epoch_bar()});
  if (!workers->leads()) return;
  auto history = run.save_path;
  fmt::print("checkpoint {}, history {}\n", run.save_path.string(),
             history.replace_extension(".history.csv").string());
}

}  // namespace

void add_train(CLI::App& app) {
  auto flags = std::make_shared<Flags>();
  flags->network.describe_reference();
  CLI::App* command =
      app.add_subcommand("train", "Train a network while pruning it and combining its columns");
  flags->data.add_to(*command);
  flags->network.add_to(*command);
  flags->training.add_to(*command);
  add_recipe_flag(*command);
  flags->workers.add_to(*command);
  command
      ->add_option("--save-path", flags->save_path,
                   "Checkpoint to write after each epoch; the history goes beside it")
      ->required();
  command->callback([flags, command] {
    apply_recipe(*command);
    train(*flags);
  });
}

}  // namespace colcomb::cli
