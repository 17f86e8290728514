#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "colcomb/base/error.hpp"
#include "colcomb/cli/run_training.hpp"
#include "colcomb/cli/training/command.hpp"
#include "colcomb/cli/version.hpp"
#include "colcomb/experiments/run_experiments.hpp"

namespace colcomb::cli {
namespace {

struct PaperFlags {
  experiments::RunExperimentsOptions options;
  std::vector<std::string> networks;
  bool json = false;

  PaperFlags() {
    for (const auto& network : options.plan.networks) networks.push_back(network.shown());
  }

  void add_to(CLI::App& command);
  void run(const std::vector<std::string>& names);
};

void PaperFlags::add_to(CLI::App& command) {
  experiments::Plan& plan = options.plan;
  command
      .add_option("--out", options.out,
                  "Folder for NAME.txt, .csv, .json and .svg, and what all experiments share; "
                  "one that was cut short goes on from it")
      ->required();
  command.add_option("--dataset", plan.dataset, "Data set")->capture_default_str();
  command.add_option("--dataset-root,--root", plan.root, "Folder the data set is in");
  command
      .add_option("--networks", networks,
                  "Networks, NAME or NAME:WIDTH; where one is enough, the last is taken")
      ->capture_default_str();
  command.add_option("--epochs", plan.epochs, "Epochs of each training")->capture_default_str();
  command
      .add_option("--sample-ratio", plan.sample_ratio,
                  "Use the first part of each class of the training split, 0 to 1")
      ->capture_default_str();
  command.add_option("--batch-size", plan.batch_size, "Images in a batch")->capture_default_str();
  command.add_option("--lr", plan.learning_rate, "Learning rate at the start")
      ->capture_default_str();
  command
      .add_option("--density", plan.density,
                  "Part of the weights at which pruning stops (rho of the paper's Algorithm 1)")
      ->capture_default_str();
  command.add_option("--alphas", plan.alphas, "Of alpha-sweep")->capture_default_str();
  command.add_option("--gammas", plan.gammas, "Of gamma-sweep")->capture_default_str();
  command.add_option("--seed", plan.seed, "Seed of every training")->capture_default_str();
  command.add_option("--array", plan.array, "Systolic array: a TOML file or ROWSxCOLUMNS")
      ->capture_default_str();
  command
      .add_option("--technologies", plan.technologies,
                  "What energies are taken from, by name or file")
      ->capture_default_str();
  command
      .add_option("--check-images", plan.check_images,
                  "As for `colcomb run`: images whose logits are compared with the fake-quantized "
                  "network's; 0: all")
      ->capture_default_str();
  command.add_option("--threads", options.threads, "Processor threads [all available]");
  command.add_flag("--json", json, "Print the results as JSON instead of tables");
}

/// Files are looked for in the exploration's folder otherwise.
std::string absolute_if_file(const std::string& named) {
  return std::filesystem::is_regular_file(named) ? std::filesystem::absolute(named).string()
                                                 : named;
}

void PaperFlags::run(const std::vector<std::string>& names) {
  experiments::Plan& plan = options.plan;
  plan.networks.clear();
  for (const std::string& network : networks)
    plan.networks.push_back(experiments::parse_network(network));
  plan.array = absolute_if_file(plan.array);
  for (std::string& technology : plan.technologies) technology = absolute_if_file(technology);
  if (!plan.root.empty()) plan.root = std::filesystem::absolute(plan.root).string();
  options.version = version_number();
  std::vector<std::string> more;
  if (options.threads > 0) more = {"--threads", fmt::to_string(options.threads)};
  options.trainer = [more](const exploration::Settings& settings,
                           const std::filesystem::path& folder) {
    run_training(settings, folder, more);
  };
  options.program = [more](const std::string& name, std::vector<std::string> arguments,
                           const std::filesystem::path& folder) {
    arguments.insert(arguments.end(), more.begin(), more.end());
    run_experiment(name, arguments, folder);
  };
  std::FILE* const stream = json ? stderr : stdout;
  options.stage = [stream](const std::string& line) {
    fmt::print(stream, "{}\n", line);
    std::fflush(stream);
  };
  if (!json) {
    options.finished = [](const experiments::Result& result) {
      fmt::print("\n{}\n", experiments::to_text(result));
      std::fflush(stdout);
    };
  }
  const auto results = experiments::run_experiments(names, options);
  nlohmann::ordered_json all = nlohmann::ordered_json::array();
  std::size_t failed = 0;
  for (const experiments::Result& result : results) {
    all.push_back(experiments::to_json(result));
    failed += result.failed;
  }
  if (json) {
    fmt::print("{}\n", all.dump(2));
  } else {
    fmt::print("results are in {}\n", options.out.string());
  }
  if (failed > 0) throw failure(options.out.string(), fmt::format("{} points failed", failed));
}

void add_one(CLI::App& experiment, const std::string& name, const std::string& summary,
             const std::vector<std::string>& names) {
  auto flags = std::make_shared<PaperFlags>();
  CLI::App* command = experiment.add_subcommand(name, summary);
  flags->add_to(*command);
  command->callback([flags, names] { flags->run(names); });
}

}  // namespace

void add_paper_experiments(CLI::App& experiment) {
  std::vector<std::string> names;
  for (const experiments::Experiment& one : experiments::all_experiments()) {
    names.push_back(one.name);
    // Those with a program of its own have a command already.
    if (one.arguments) continue;
    add_one(experiment, one.name, "The paper: " + one.stands_for, {one.name});
  }
  add_one(experiment, "all", "All experiments, each network trained once", names);
}

}  // namespace colcomb::cli
