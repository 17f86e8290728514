#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "colcomb/allocation/combine_for_array.hpp"
#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/cli/array_flag.hpp"
#include "colcomb/cli/budget_flag.hpp"
#include "colcomb/cli/command.hpp"
#include "colcomb/cli/technology_flag.hpp"
#include "colcomb/combining/combine_network.hpp"
#include "colcomb/report/allocation_table.hpp"
#include "colcomb/report/combining_table.hpp"
#include "colcomb/report/json.hpp"
#include "colcomb/stages/pack_matrices.hpp"

namespace colcomb::cli {
namespace {

namespace fs = std::filesystem;

struct PackFlags {
  fs::path input;
  std::size_t conv_groups = 1;
  std::optional<std::size_t> alpha;
  combining::GroupingOptions grouping;
  std::string policy = combining::name_of(combining::GroupingOptions{}.policy);
  double prune = 0;
  std::optional<double> prune_rate;
  double prune_rate_alpha_one = 0;
  std::string fill_empty_cells = "-";
  std::size_t threads = 0;
  std::string objective = "magnitude";
  std::optional<fs::path> importance;
  std::size_t tiles_target = 0;
  std::string array = "32x32";
  bool fit = false;
  std::optional<std::string> budget;
  std::string technology = allocation::kDefaultTechnology;
  bool json = false;
  std::optional<fs::path> out;
  std::optional<fs::path> groups_out;

  [[nodiscard]] combining::GroupingOptions grouping_options() const {
    combining::GroupingOptions options = grouping;
    options.alpha = alpha.value_or(options.alpha);
    options.policy = combining::parse_policy(policy);
    options.objective =
        objective == "square" ? combining::Objective::kSquare : combining::Objective::kMagnitude;
    combining::check(options);
    return options;
  }

  [[nodiscard]] combining::LayerPruning pruning() const {
    combining::LayerPruning result;
    result.rate = prune_rate.value_or(prune);
    result.less_for_small_alpha = prune_rate.has_value();
    result.rate_alpha_one = prune_rate_alpha_one;
    return result;
  }
};

/// What the command prints and writes of a combined checkpoint or of combined matrices.
struct Outcome {
  CombiningReport report;
  std::vector<std::optional<double>> gaps;     // to the bound, per line of the report
  nlohmann::ordered_json groups;               // by the lines' names
  std::optional<AllocationReport> allocation;  // of a checkpoint combined for the array
};

Outcome pack_matrices(const PackFlags& flags, const ArrayConfig& array) {
  if (flags.fit || flags.budget) {
    throw usage_error(flags.fit ? "--fit" : "--budget", flags.budget.value_or(""),
                      "is for a checkpoint, which knows its layers' pixels");
  }
  stages::PackMatricesOptions options;
  options.combine.grouping = flags.grouping_options();
  options.combine.prune_fraction =
      flags.pruning().fraction(options.combine.grouping.alpha, flags.conv_groups);
  options.combine.fill_empty_cells = flags.fill_empty_cells == "+";
  options.combine.bound = true;
  options.conv_groups = flags.conv_groups;
  options.tiles_target = flags.tiles_target;
  options.array_rows = array.rows;
  options.array_columns = array.columns;
  options.importance = flags.importance;
  options.threads = flags.threads;
  const auto matrices = stages::load_matrices(flags.input, flags.conv_groups);
  const auto combined = stages::pack_matrices(matrices, options);
  Outcome outcome{stages::report_matrices(matrices, combined, options), {}, {}, {}};
  for (std::size_t i = 0; i < matrices.size(); ++i) {
    outcome.gaps.push_back(combined[i].gap_to_bound);
    outcome.groups[matrices[i].name] = combined[i].groups.groups;
  }
  if (flags.out) stages::save_packed_matrices(matrices, combined, *flags.out);
  return outcome;
}

/// As flags and array ask; `allocation` is set where it is for the array.
combining::NetworkCombined combine(const PackFlags& flags, const ArrayConfig& array,
                                   FloatNetwork& network,
                                   std::optional<AllocationReport>& allocation) {
  const std::size_t threads = flags.threads > 0 ? flags.threads : available_threads();
  if (flags.fit || flags.budget) {
    const combining::GroupingOptions grouping = flags.grouping_options();
    allocation::CombineForArrayOptions options;
    options.alpha = flags.alpha;
    if (flags.budget) options.budget = allocation::parse_budget(*flags.budget, flags.technology);
    options.policy = grouping.policy;
    options.objective = grouping.objective;
    options.seed = grouping.seed;
    options.bound = true;
    options.threads = threads;
    auto result = allocation::combine_for_array(network, array, options);
    allocation = std::move(result.allocation);
    return std::move(result.combined);
  }
  combining::NetworkCombineOptions options;
  options.pruning = flags.pruning();
  options.grouping = flags.grouping_options();
  options.alpha = flags.alpha;
  options.fill_empty_cells = flags.fill_empty_cells == "+";
  options.tiles_target = flags.tiles_target;
  options.array_rows = array.rows;
  options.array_cols = array.columns;
  options.bound = true;
  options.threads = threads;
  return combining::combine_network(network, options);
}

Outcome pack_checkpoint(const PackFlags& flags, const ArrayConfig& array) {
  if (flags.conv_groups > 1) {
    throw usage_error("--conv-groups", fmt::to_string(flags.conv_groups),
                      "is for .npy weights; a checkpoint knows its layers");
  }
  if (flags.importance) {
    throw usage_error("--importance", flags.importance->string(),
                      "is for one .npy matrix, not for a checkpoint");
  }
  Checkpoint packed;
  packed.network = load_checkpoint(flags.input).network;
  packed.origin = "packed from " + flags.input.string();
  std::optional<AllocationReport> allocation;
  const combining::NetworkCombined combined = combine(flags, array, packed.network, allocation);
  Outcome outcome{combining::report_network(packed.network, array.rows, array.columns), {}, {}, {}};
  outcome.allocation = allocation;
  packed.training.allocation = allocation;
  outcome.gaps.resize(outcome.report.layers.size());
  for (const combining::LayerCombined& layer : combined.layers) {
    outcome.gaps[layer.layer] = layer.gap_to_bound;
    outcome.groups[packed.network.description.layer(layer.layer).name] =
        packed.network.layer(layer.layer).groups->groups;
  }
  if (flags.out) {
    require_writable(*flags.out, "--out");
    save_checkpoint(packed, *flags.out);
  }
  return outcome;
}

void print(const Outcome& outcome, const PackFlags& flags) {
  if (flags.json) {
    auto json = report::to_json(outcome.report);
    if (outcome.allocation) json["allocation"] = report::to_json(*outcome.allocation);
    for (std::size_t i = 0; i < outcome.gaps.size(); ++i) {
      auto& gap = json["layers"][i]["gap_to_bound"];
      if (outcome.gaps[i]) gap = *outcome.gaps[i];
    }
    fmt::print("{}\n", json.dump(2));
    return;
  }
  if (outcome.allocation) fmt::print("{}\n", report::allocation_table(*outcome.allocation));
  fmt::print("{}", report::combining_table(outcome.report));
  const auto widest = std::ranges::max_element(outcome.gaps);  // an absent one is the least
  if (widest == outcome.gaps.end() || !*widest) return;
  const auto index = static_cast<std::size_t>(widest - outcome.gaps.begin());
  fmt::print(
      "largest gap to the upper bound on what a grouping can keep: {:.1f}% of the bound ({})\n",
      100 * **widest, outcome.report.layers[index].name);
}

void run(const PackFlags& flags) {
  const ArrayConfig array = describe_array(flags.array, flags.alpha.value_or(1));
  const bool matrices = fs::is_directory(flags.input) || flags.input.extension() == ".npy";
  const Outcome outcome = matrices ? pack_matrices(flags, array) : pack_checkpoint(flags, array);
  if (flags.groups_out) {
    require_writable(*flags.groups_out, "--groups-out");
    write_file_atomically(*flags.groups_out, std::string_view(outcome.groups.dump() + '\n'));
  }
  print(outcome, flags);
}

}  // namespace

void add_pack(CLI::App& app) {
  auto flags = std::make_shared<PackFlags>();
  CLI::App* command = app.add_subcommand(
      "pack", "Combine the columns of a checkpoint's layers or of .npy filter matrices");
  command
      ->add_option("input", flags->input,
                   "Checkpoint, .npy matrix (N x M or N x C x k x k) or folder of .npy files")
      ->required();
  command
      ->add_option("--conv-groups", flags->conv_groups,
                   "The .npy weights are of a convolution in so many groups, N x C/groups x k x k; "
                   "N: depthwise")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("--alpha", flags->alpha,
                      "Most columns in a group, 1 to 64 [each layer's own; 8 for matrices]");
  command
      ->add_option("--gamma", flags->grouping.gamma,
                   "Most conflicts per row of a group, on average")
      ->capture_default_str();
  command
      ->add_option(
          "--policy", flags->policy,
          fmt::format("How columns are grouped: {}", fmt::join(combining::policy_names(), ", ")))
      ->capture_default_str();
  CLI::Option* const prune =
      command
          ->add_option("--prune", flags->prune,
                       "Fraction of each layer's weights pruned by magnitude first, 0 to 1")
          ->capture_default_str();
  CLI::Option* const rate =
      command
          ->add_option("--prune-rate", flags->prune_rate,
                       "The same as training's last step does it: this fraction times "
                       "(1 - 1/alpha), 0 to 1")
          ->excludes(prune);
  command
      ->add_option("--prune-rate-alpha1", flags->prune_rate_alpha_one,
                   "With --prune-rate: the fraction in layers with alpha 1, and in depthwise ones")
      ->needs(rate)
      ->capture_default_str();
  command
      ->add_option("--fill-empty-cells", flags->fill_empty_cells,
                   "Bring the largest pruned weight back into a cell left empty: + or -")
      ->check(CLI::IsMember({"+", "-"}))
      ->capture_default_str();
  command->add_option("--seed", flags->grouping.seed, "Seed of policies that draw random numbers")
      ->capture_default_str();
  command->add_option("--threads", flags->threads, "Processor threads [all available]");
  command
      ->add_option("--objective", flags->objective,
                   "What search retains most of: magnitude |w| or square w^2")
      ->check(CLI::IsMember({"magnitude", "square"}))
      ->capture_default_str();
  command->add_option("--importance", flags->importance,
                      "Search by these importances of each weight instead: .npy of the input's "
                      "shape");
  auto* groups = command->add_option("--groups-target", flags->grouping.groups_target,
                                     "Search: at most this many groups, gamma giving way");
  command
      ->add_option("--tiles-target", flags->tiles_target,
                   "Search: at most this many tiles of --array per matrix, gamma giving way")
      ->excludes(groups);
  command->add_option("--steps", flags->grouping.search_steps,
                      "Search: swaps and moves to look at [1200 per column]");
  command->add_option("--time-budget", flags->grouping.search_seconds,
                      "Search: seconds per matrix instead of steps; not repeatable");
  add_array_flag(*command, flags->array);
  command
      ->add_flag("--fit", flags->fit,
                 "Combine a checkpoint for --array: each layer into as many groups as cost nothing "
                 "more than the fewest that --alpha [the array's] allows; gamma plays no role")
      ->excludes(groups)
      ->excludes(prune)
      ->excludes(rate);
  add_budget_flag(*command, flags->budget);
  add_technology_flag(*command, flags->technology)
      ->capture_default_str()
      ->needs(command->get_option("--budget"));
  command->get_option("--budget")->excludes(groups)->excludes(prune)->excludes(rate);
  command->add_flag("--json", flags->json, "Print JSON instead of a table");
  command->add_option("--out", flags->out,
                      "Write the combined checkpoint here; for matrices a folder of packed ones");
  command->add_option("--groups-out", flags->groups_out,
                      "Write each matrix's groups, as column indices, to this JSON file");
  command->callback([flags] { run(*flags); });
}

}  // namespace colcomb::cli
