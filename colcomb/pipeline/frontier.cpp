#include "colcomb/pipeline/frontier.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "colcomb/allocation/candidates.hpp"
#include "colcomb/artifacts/packed_matrix.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/base/suggestion.hpp"
#include "colcomb/pipeline/thin_network.hpp"
#include "colcomb/report/frontier.hpp"
#include "colcomb/stages/experiment_folder.hpp"
#include "colcomb/training/run_identity.hpp"

namespace colcomb::pipeline {
namespace {

constexpr const char* kUniform = "uniform";
constexpr const char* kBudget = "budget";
constexpr const char* kThin = "thin";
constexpr const char* kMagnitude = "magnitude";

void check(const FrontierOptions& options) {
  if (options.alphas.empty()) throw option_error("alphas", "", "must name at least one");
  for (const std::size_t alpha : options.alphas) {
    if (alpha < 1 || alpha > kMaxAlpha)
      throw option_error("alphas", fmt::to_string(alpha),
                         fmt::format("must be 1 to {}", kMaxAlpha));
  }
  if (options.seeds < 1) throw option_error("seeds", "0", "must be at least 1");
  const std::vector<std::string> known = {kUniform, kBudget, kThin, kMagnitude};
  for (const std::string& arm : options.arms) {
    if (std::ranges::find(known, arm) == known.end())
      throw option_error("arms", arm, must_be_one_of(arm, known));
  }
  const bool budget = std::ranges::find(options.arms, kBudget) != options.arms.end();
  if (!budget && std::ranges::find(options.arms, kMagnitude) != options.arms.end())
    throw option_error("arms", kMagnitude,
                       "prunes as many weights as `budget`, which must be there");
  if (options.training.pruning.schedule != training::Schedule::kCubic) {
    throw option_error("pruning.schedule", training::name_of(options.training.pruning.schedule),
                       "must be cubic: each arm has its own way to prune");
  }
  if (options.training.load_path || options.training.keep_combined)
    throw option_error("load_path", "", "is for one run: every run here trains a new network");
}

/// Clocks that uniform combining with `alpha` costs.
struct BudgetPoint {
  std::size_t alpha = 1;
  std::uint64_t clocks = 0;
};

class Frontier {
 public:
  Frontier(const FrontierOptions& options, const Observer& observer)
      : options_(options), observer_(observer), folder_{options.out} {
    check(options);
    const std::size_t most = std::ranges::max(options.alphas);
    array_ = describe_array(options.array, 1);
    if (array_.alpha < most) {
      throw option_error("array", options.array,
                         fmt::format("has {} data lines a column; an alpha of {} needs as many",
                                     array_.alpha, most));
    }
    setup_ = set_up(options.data, without_combining(options.network), options.training);
    choose_budgets();
    report_.dataset = options.data.name;
    report_.array = array_.name;
    report_.dense_clocks = clocks_of(without_combining(options.network));
    report_.planned = budgets_.size() * options.arms.size() * options.seeds;
  }

  FrontierReport run() {
    folder_.require_usable();
    report_.identity = identity();
    folder_.begin(report_.identity, options_.run.force);
    stage("{}; {} runs into {}", setup_.summary(), report_.planned, options_.out.string());
    for (const BudgetPoint& budget : budgets_) {
      for (const char* arm : {kUniform, kBudget, kThin, kMagnitude}) {
        if (std::ranges::find(options_.arms, arm) == options_.arms.end()) continue;
        for (std::size_t i = 0; i < options_.seeds; ++i)
          add(arm, budget, options_.training.seed + i);
      }
    }
    write();
    return report_;
  }

 private:
  template <class... Args>
  void stage(fmt::format_string<Args...> format, Args&&... args) const {
    if (observer_.stage) observer_.stage(fmt::format(format, std::forward<Args>(args)...));
  }

  /// Clocks of a network whose layers have the fewest groups that their alpha allows.
  [[nodiscard]] std::uint64_t clocks_of(const NetworkOptions& network) const {
    const NetworkDescription description = describe_network(
        network, setup_.network.input, setup_.network.classes, options_.training.seed);
    return allocation::cost_of(description, array_, allocation::Quantity::kInterval,
                               allocation::least_groups(description));
  }

  void choose_budgets() {
    std::map<std::uint64_t, std::size_t> alpha_of;  // by clocks: the smallest alpha
    for (const std::size_t alpha : options_.alphas) {
      const std::uint64_t clocks = clocks_of(with_alpha(options_.network, alpha));
      const auto [at, inserted] = alpha_of.try_emplace(clocks, alpha);
      if (!inserted) at->second = std::min(at->second, alpha);
    }
    for (const auto& [clocks, alpha] : alpha_of) budgets_.push_back({alpha, clocks});
    std::ranges::reverse(budgets_);
  }

  [[nodiscard]] RunIdentity identity() const {
    RunIdentity identity =
        training::identity_of(options_.training, options_.run, setup_.network, setup_.train_data());
    identity.add("allocation.array", describe(array_));
    identity.add("allocation.importance",
                 allocation::name_of(options_.training.allocation.importance));
    identity.add("alphas", fmt::format("{}", fmt::join(options_.alphas, " ")));
    identity.add("arms", fmt::format("{}", fmt::join(options_.arms, " ")));
    identity.add("seeds", static_cast<double>(options_.seeds));
    return identity;
  }

  [[nodiscard]] WholeRunOptions plan(const std::string& arm, const BudgetPoint& budget,
                                     std::uint64_t seed) const {
    WholeRunOptions run;
    run.data = options_.data;
    run.training = options_.training;
    run.training.seed = seed;
    run.run = options_.run;
    run.run.force = false;  // the folder has been cleared if it was to be
    run.array = options_.array;
    run.check_images = options_.check_images;
    run.out = folder_.runs() / fmt::format("{}-alpha{}-seed{}", arm, budget.alpha, seed);
    run.fit = arm == kBudget;
    if (arm == kBudget) {
      run.network = options_.network;
      run.network.alpha_of_array = true;
      run.training.allocation.budget =
          allocation::Budget{allocation::Quantity::kInterval, static_cast<double>(budget.clocks)};
      return run;
    }
    run.training.allocation = {};
    if (arm == kUniform) {
      run.network = with_alpha(options_.network, budget.alpha);
    } else if (arm == kThin) {
      run.network = thinned(
          without_combining(options_.network),
          [this](const NetworkOptions& network) { return clocks_of(network); }, budget.clocks);
      run.training.pruning.schedule = training::Schedule::kNone;
    } else {
      run.network = without_combining(options_.network);
      run.training.pruning.rate_alpha_one = pruned_share(budget, seed);
      // Every weight has a cell of its own, which would bring it back.
      run.training.combining.fill_empty_cells = false;
    }
    return run;
  }

  /// The part of the hidden layers' weights that the budget's run of this seed pruned.
  [[nodiscard]] double pruned_share(const BudgetPoint& budget, std::uint64_t seed) const {
    const auto same = std::ranges::find_if(report_.runs, [&](const FrontierRun& run) {
      return run.arm == kBudget && run.budget == budget.clocks && run.seed == seed;
    });
    COLCOMB_CHECK(same != report_.runs.end(), "the budget's run comes first");
    std::uint64_t weights = 0;
    for (const LayerDescription& layer : setup_.network.hidden)
      weights += layer.out_channels * layer.columns.size() / layer.conv_groups;
    return 1 - static_cast<double>(same->nonzeros) / static_cast<double>(weights);
  }

  void add(const std::string& arm, const BudgetPoint& budget, std::uint64_t seed) {
    const WholeRunOptions options = plan(arm, budget, seed);
    const std::filesystem::path file = options.out / "point.json";
    FrontierRun run;
    run.arm = arm;
    run.alpha = budget.alpha;
    run.budget = budget.clocks;
    run.seed = seed;
    run.network = describe_widths(options.network);
    stage("run {} of {}: {}, {} clocks, seed {}, {}", report_.runs.size() + 1, report_.planned, arm,
          budget.clocks, seed, run.network);
    if (const auto finished = read_point(file, run)) {
      stage("finished before");
      report_.runs.push_back(*finished);
      return;
    }
    take_results(pipeline::run(options, observer_), run);
    write_file_atomically(file, std::string_view(point_json(run).dump() + '\n'));
    report_.runs.push_back(run);
    write();
  }

  static void take_results(const RunReport& report, FrontierRun& run) {
    run.interval = report.simulation.value().interval;
    run.tiles = report.combining.total.tiles;
    for (std::size_t i = 0; i + 1 < report.combining.layers.size(); ++i)
      run.nonzeros += report.combining.layers[i].nonzeros;
    run.float_top1 = report.float_accuracy.top1_share();
    run.integer_top1 = report.integer_accuracy.top1_share();
    run.train_seconds = report.train_seconds;
  }

  [[nodiscard]] static nlohmann::ordered_json point_json(const FrontierRun& run) {
    return {{"network", run.network},
            {"interval", run.interval},
            {"tiles", run.tiles},
            {"nonzeros", run.nonzeros},
            {"float_top1", run.float_top1},
            {"integer_top1", run.integer_top1},
            {"train_seconds", run.train_seconds}};
  }

  /// What an earlier call found, if it got so far. The folder is this experiment's, so the file is
  /// of the same options.
  [[nodiscard]] static std::optional<FrontierRun> read_point(const std::filesystem::path& file,
                                                             FrontierRun run) {
    if (!std::filesystem::exists(file)) return {};
    const auto json = nlohmann::json::parse(read_text_file(file), nullptr, false);
    try {
      run.network = json.at("network").get<std::string>();
      run.interval = json.at("interval").get<std::uint64_t>();
      run.tiles = json.at("tiles").get<std::uint64_t>();
      run.nonzeros = json.at("nonzeros").get<std::uint64_t>();
      run.float_top1 = json.at("float_top1").get<double>();
      run.integer_top1 = json.at("integer_top1").get<double>();
      run.train_seconds = json.at("train_seconds").get<double>();
    } catch (const nlohmann::json::exception&) {
      throw file_error(file.string(), "", "", "is not what the experiment wrote: remove it");
    }
    return run;
  }

  void write() const {
    write_file_atomically(folder_.csv(), std::string_view(report::frontier_csv(report_)));
    write_file_atomically(folder_.json(),
                          std::string_view(report::to_json(report_).dump(2) + '\n'));
    write_file_atomically(options_.out / "frontier.svg",
                          std::string_view(report::frontier_svg(report_)));
  }

  const FrontierOptions& options_;
  const Observer& observer_;
  stages::ExperimentFolder folder_;
  ArrayConfig array_;
  TrainingSetup setup_;
  std::vector<BudgetPoint> budgets_;  // the largest first
  FrontierReport report_;
};

}  // namespace

FrontierReport run_frontier(const FrontierOptions& options, const Observer& observer) {
  return Frontier(options, observer).run();
}

}  // namespace colcomb::pipeline
