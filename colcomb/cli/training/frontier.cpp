#include "colcomb/pipeline/frontier.hpp"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "colcomb/cli/array_flag.hpp"
#include "colcomb/cli/data_flags.hpp"
#include "colcomb/cli/training/allocation_flags.hpp"
#include "colcomb/cli/training/command.hpp"
#include "colcomb/cli/training/observers.hpp"
#include "colcomb/cli/training/recipe_flag.hpp"
#include "colcomb/cli/training/training_flags.hpp"
#include "colcomb/cli/training/worker_flags.hpp"
#include "colcomb/report/frontier.hpp"

namespace colcomb::cli {
namespace {

struct FrontierFlags {
  pipeline::FrontierOptions options;
  TrainingDataFlags data;
  NetworkFlags network;
  TrainingFlags training;
  AllocationFlags allocation;
  bool json = false;

  [[nodiscard]] pipeline::FrontierOptions parsed() const {
    pipeline::FrontierOptions result = options;
    result.data = data.parsed(false);
    result.training = training.parsed();
    result.training.allocation = allocation.parsed();
    result.network = network.parsed(false);
    result.run = training.run;
    return result;
  }
};

void print(const FrontierReport& report, const FrontierFlags& flags) {
  if (flags.json) {
    fmt::print("{}\n", report::to_json(report).dump(2));
    return;
  }
  fmt::print("\n{}\nresults are in {}: results.csv, results.json, frontier.svg, runs/\n",
             report::frontier_table(report), flags.options.out.string());
}

}  // namespace

void add_frontier(CLI::App& experiment) {
  auto flags = std::make_shared<FrontierFlags>();
  flags->network.options = pipeline::small_network();
  CLI::App* command = experiment.add_subcommand(
      "frontier",
      "Accuracy against an array's clocks, each budget spent in four ways. uniform: one alpha in "
      "every layer, the paper's combining; budget: all layers' groups chosen together; thin: a "
      "dense "
      "network made thinner; magnitude: pruned as far as budget, not combined. A killed experiment "
      "goes on when the command is repeated");
  flags->data.add_to(*command);
  flags->network.add_to(*command);
  flags->training.add_to(*command);
  flags->allocation.add_importance_to(*command);
  add_recipe_flag(*command);
  add_array_flag(*command, flags->options.array);
  command
      ->add_option("--alphas", flags->options.alphas,
                   "The budgets: the clocks that uniform combining with each of these alphas costs")
      ->capture_default_str();
  command->add_option("--arms", flags->options.arms, "Which ways to spend a budget are run")
      ->capture_default_str();
  command->add_option("--seeds", flags->options.seeds, "Runs of each arm, from --seed on")
      ->capture_default_str();
  command
      ->add_option("--check-images", flags->options.check_images,
                   "Test images whose logits are compared with the fake-quantized network's, which "
                   "is slow; 0: all")
      ->capture_default_str();
  command
      ->add_option("--out", flags->options.out,
                   "Folder for runs/, results.csv, results.json and frontier.svg")
      ->required();
  command->add_flag("--json", flags->json, "Print the results as JSON instead of a table");
  command->callback([flags, command] {
    apply_recipe(*command, flags->data.options, flags->training.options);
    require_one_process("experiment");
    training::prepare_libtorch(flags->training.run.threads);
    print(pipeline::run_frontier(flags->parsed(), text_observer(flags->json)), *flags);
  });
}

}  // namespace colcomb::cli
