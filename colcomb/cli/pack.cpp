#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/artifacts/filter_matrix.hpp"
#include "colcomb/artifacts/npy.hpp"
#include "colcomb/artifacts/packed_matrix.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/cli/array_flags.hpp"
#include "colcomb/cli/command.hpp"
#include "colcomb/cli/network_report.hpp"
#include "colcomb/combining/analysis.hpp"
#include "colcomb/combining/bound.hpp"
#include "colcomb/combining/combine.hpp"
#include "colcomb/combining/magnitude.hpp"
#include "colcomb/report/combining_table.hpp"
#include "colcomb/report/json.hpp"

namespace colcomb::cli {
namespace {

namespace fs = std::filesystem;

struct Flags {
  fs::path input;
  std::size_t conv_groups = 1;
  std::optional<std::size_t> alpha;
  double gamma = combining::GroupingOptions{}.gamma;
  std::string policy = combining::name_of(combining::GroupingOptions{}.policy);
  double prune = 0;
  std::string fill_empty_cells = "-";
  std::uint64_t seed = 1;
  std::size_t threads = 0;
  std::string objective = "magnitude";
  std::optional<fs::path> importance;
  std::size_t groups_target = 0;
  std::size_t tiles_target = 0;
  std::uint64_t steps = 0;
  double time_budget = 0;
  ArrayFlags array;
  bool json = false;
  std::optional<fs::path> out;
  std::optional<fs::path> groups_out;

  /// Options for a matrix of `rows` rows whose layer has this alpha and so many convolution groups.
  [[nodiscard]] combining::CombineOptions combine_options(std::size_t layer_alpha, std::size_t rows,
                                                          std::size_t layer_conv_groups) const {
    combining::CombineOptions options;
    options.prune_fraction = prune;
    options.fill_empty_cells = fill_empty_cells == "+";
    options.grouping.alpha = alpha.value_or(layer_alpha);
    options.grouping.gamma =
        combining::gamma_of_grouped(gamma, options.grouping.alpha, layer_conv_groups);
    options.grouping.policy = combining::parse_policy(policy);
    options.grouping.seed = seed;
    options.grouping.objective =
        objective == "square" ? combining::Objective::kSquare : combining::Objective::kMagnitude;
    options.grouping.search_steps = steps;
    options.grouping.search_seconds = time_budget;
    options.grouping.groups_target =
        tiles_target > 0
            ? combining::groups_for_tiles(tiles_target, rows, array.rows(), array.cols())
            : groups_target;
    combining::check(options.grouping);
    return options;
  }
};

/// One filter matrix on its way through combining.
struct Item {
  std::string name;
  std::size_t layer = 0;  // of the network it comes from
  Matrix<float> weights;
  std::size_t alpha = combining::GroupingOptions{}.alpha;
  std::uint64_t pixels = 1;
  std::size_t conv_groups = 1;
  combining::Combined combined;
  double gap = 0;  // to the bound on retained magnitude for as many groups
};

Matrix<float> load_filters(const fs::path& file, std::size_t conv_groups) {
  const Matrix<float> weights = load_npy(file);
  if (weights.rows() % conv_groups != 0) {
    throw usage_error(
        "--conv-groups", fmt::to_string(conv_groups),
        fmt::format("must divide the {} filters of {}", weights.rows(), file.string()));
  }
  return expand_grouped_convolution(weights, conv_groups);
}

std::vector<Item> items_of_matrices(const fs::path& input, std::size_t conv_groups) {
  std::vector<fs::path> files;
  if (fs::is_directory(input)) {
    for (const auto& entry : fs::directory_iterator(input)) {
      if (entry.path().extension() == ".npy") files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
    if (files.empty()) throw file_error(input.string(), "", "", "holds no .npy file");
  } else {
    files.push_back(input);
  }
  std::vector<Item> items;
  for (const fs::path& file : files) {
    Item item;
    item.name = file.stem().string();
    item.weights = load_filters(file, conv_groups);
    item.conv_groups = conv_groups;
    items.push_back(std::move(item));
  }
  return items;
}

/// The layers to combine are all but the linear one and those of fixed weights, which stay as they
/// are.
std::vector<Item> items_of_network(const FloatNetwork& network) {
  std::vector<Item> items;
  for (std::size_t i = 0; i + 1 < network.layers.size(); ++i) {
    const LayerDescription& layer = network.description.layers[i];
    if (layer.fixed) continue;
    Item item;
    item.name = layer.name;
    item.layer = i;
    item.weights = effective_filter(network, i).weights;
    item.alpha = layer.alpha;
    item.pixels = layer.out_height() * layer.out_width();
    item.conv_groups = layer.conv_groups;
    items.push_back(std::move(item));
  }
  return items;
}

/// The --importance matrix, which must have the one input matrix's shape; empty without the flag.
Matrix<float> importance_of(const std::vector<Item>& items, const Flags& flags) {
  if (!flags.importance) return {};
  Matrix<float> importance = load_npy(*flags.importance);
  if (items.size() != 1 || importance.rows() != items[0].weights.rows() ||
      importance.cols() != items[0].weights.cols()) {
    throw usage_error("--importance", flags.importance->string(),
                      fmt::format("is {} x {}: the input must be one matrix of that shape",
                                  importance.rows(), importance.cols()));
  }
  return importance;
}

void combine(std::vector<Item>& items, const Flags& flags) {
  const std::size_t threads = flags.threads > 0 ? flags.threads : available_threads();
  const Matrix<float> importance = importance_of(items, flags);
  for (Item& item : items) item.alpha = flags.alpha.value_or(item.alpha);
  parallel_for(items.size(), threads, [&](std::size_t i) {
    Item& item = items[i];
    auto options = flags.combine_options(item.alpha, item.weights.rows(), item.conv_groups);
    if (flags.importance) options.grouping.importance = &importance;
    item.combined = combining::combine_columns(item.weights, options);
    const auto pruned = combining::masked(
        item.weights, combining::magnitude_mask(item.weights, options.prune_fraction));
    item.gap = combining::gap_to_bound(pruned, item.combined.groups, item.alpha);
  });
}

nlohmann::ordered_json groups_json(const std::vector<Item>& items) {
  nlohmann::ordered_json json;
  for (const Item& item : items) json[item.name] = item.combined.groups.groups;
  return json;
}

void write_matrices(const std::vector<Item>& items, const fs::path& folder) {
  for (const Item& item : items) {
    Matrix<float> kept = item.weights;
    for (std::size_t k = 0; k < kept.size(); ++k) {
      if (item.combined.mask.values()[k] == 0) kept.values()[k] = 0;
    }
    const PackedMatrix<float> packed = pack(kept, item.combined.groups);
    nlohmann::ordered_json selects = nlohmann::ordered_json::array();
    for (std::size_t row = 0; row < packed.rows(); ++row) {
      const auto cells = packed.selects.row(row);
      selects.push_back(std::vector<int>(cells.begin(), cells.end()));
    }
    const nlohmann::ordered_json json = {
        {"columns", packed.columns}, {"groups", packed.groups.groups}, {"selects", selects}};
    require_writable(folder / (item.name + ".packed.npy"), "--out");
    save_npy(packed.values, folder / (item.name + ".packed.npy"));
    write_file_atomically(folder / (item.name + ".packed.json"),
                          std::string_view(json.dump() + '\n'));
  }
}

Checkpoint recombined(Checkpoint checkpoint, const std::vector<Item>& items) {
  for (const Item& item : items) {
    FloatLayer& layer = checkpoint.network.layers[item.layer];
    layer.mask = item.combined.mask;
    layer.groups = item.combined.groups;
    checkpoint.network.description.layers[item.layer].alpha = item.alpha;
  }
  return checkpoint;
}

CombiningReport report_items(const std::vector<Item>& items, const ArrayFlags& array) {
  std::vector<combining::CombinedLayer> layers;
  for (const Item& item : items) {
    layers.push_back({item.name, item.weights, item.combined.mask, item.combined.groups, item.alpha,
                      item.pixels, item.conv_groups});
  }
  return combining::report_layers(layers, array.rows(), array.cols());
}

void print(const CombiningReport& report, const std::vector<Item>& items, const Flags& flags) {
  if (flags.json) {
    auto json = report::to_json(report);
    for (std::size_t i = 0; i < items.size(); ++i) {
      json["layers"][i]["gap_to_bound"] = items[i].gap;
    }
    fmt::print("{}\n", json.dump(2));
    return;
  }
  fmt::print("{}", report::combining_table(report));
  const auto widest = std::max_element(items.begin(), items.end(),
                                       [](const Item& a, const Item& b) { return a.gap < b.gap; });
  if (widest == items.end()) return;
  fmt::print("no grouping into as many groups retains more than {:.1f}% above this one ({})\n",
             100 * widest->gap / (1 - std::min(widest->gap, 0.999)), widest->name);
}

void run(const Flags& flags) {
  const bool matrices = fs::is_directory(flags.input) || flags.input.extension() == ".npy";
  Checkpoint checkpoint;
  if (!matrices && flags.conv_groups > 1) {
    throw usage_error("--conv-groups", fmt::to_string(flags.conv_groups),
                      "is for .npy weights; a checkpoint knows its layers");
  }
  if (!matrices) checkpoint = load_checkpoint(flags.input);
  auto items = matrices ? items_of_matrices(flags.input, flags.conv_groups)
                        : items_of_network(checkpoint.network);
  combine(items, flags);
  if (flags.out) {
    if (matrices) {
      write_matrices(items, *flags.out);
    } else {
      require_writable(*flags.out, "--out");
      save_checkpoint(recombined(std::move(checkpoint), items), *flags.out);
    }
  }
  if (flags.groups_out) {
    require_writable(*flags.groups_out, "--groups-out");
    write_file_atomically(*flags.groups_out, std::string_view(groups_json(items).dump() + '\n'));
  }
  print(report_items(items, flags.array), items, flags);
}

}  // namespace

void add_pack(CLI::App& app) {
  auto flags = std::make_shared<Flags>();
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
  command->add_option("--gamma", flags->gamma, "Most conflicts per row of a group, on average")
      ->capture_default_str();
  command
      ->add_option(
          "--policy", flags->policy,
          fmt::format("How columns are grouped: {}", fmt::join(combining::policy_names(), ", ")))
      ->capture_default_str();
  command
      ->add_option("--prune", flags->prune, "Fraction of weights pruned by magnitude first, 0 to 1")
      ->capture_default_str();
  command
      ->add_option("--fill-empty-cells", flags->fill_empty_cells,
                   "Bring the largest pruned weight back into a cell left empty: + or -")
      ->check(CLI::IsMember({"+", "-"}))
      ->capture_default_str();
  command->add_option("--seed", flags->seed, "Seed of policies that draw random numbers")
      ->capture_default_str();
  command->add_option("--threads", flags->threads, "Processor threads [all available]");
  command
      ->add_option("--objective", flags->objective,
                   "What search retains most of: magnitude |w| or square w^2")
      ->check(CLI::IsMember({"magnitude", "square"}))
      ->capture_default_str();
  command->add_option("--importance", flags->importance,
                      "Search by these importances of the weights instead: .npy of the input's shape");
  auto* groups = command->add_option("--groups-target", flags->groups_target,
                                     "Search: at most this many groups, gamma giving way");
  command
      ->add_option("--tiles-target", flags->tiles_target,
                   "Search: at most this many tiles of --array per matrix, gamma giving way")
      ->excludes(groups);
  command->add_option("--steps", flags->steps,
                      "Search: swaps and moves to look at [1200 per column]");
  command->add_option("--time-budget", flags->time_budget,
                      "Search: seconds per matrix instead of steps; not repeatable");
  flags->array.add_to(*command);
  command->add_flag("--json", flags->json, "Print JSON instead of a table");
  command->add_option("--out", flags->out,
                      "Write the combined checkpoint here; for matrices a folder of packed ones");
  command->add_option("--groups-out", flags->groups_out,
                      "Write each matrix's groups, as column indices, to this JSON file");
  command->callback([flags] { run(*flags); });
}

}  // namespace colcomb::cli
