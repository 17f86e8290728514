#include "colcomb/pipeline/run.hpp"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "colcomb/base/progress.hpp"
#include "colcomb/cli/array_flag.hpp"
#include "colcomb/cli/command_line.hpp"
#include "colcomb/cli/data_flags.hpp"
#include "colcomb/cli/technology_flag.hpp"
#include "colcomb/cli/training/allocation_flags.hpp"
#include "colcomb/cli/training/command.hpp"
#include "colcomb/cli/training/observers.hpp"
#include "colcomb/cli/training/recipe_flag.hpp"
#include "colcomb/cli/training/training_flags.hpp"
#include "colcomb/cli/training/worker_flags.hpp"
#include "colcomb/cli/training_program.hpp"
#include "colcomb/cli/version.hpp"
#include "colcomb/page/html.hpp"
#include "colcomb/report/allocation_table.hpp"
#include "colcomb/report/combining_table.hpp"
#include "colcomb/report/cost_table.hpp"
#include "colcomb/report/json.hpp"
#include "colcomb/report/simulation_table.hpp"

namespace colcomb::cli {
namespace {

struct RunFlags {
  pipeline::WholeRunOptions defaults = pipeline::fashion_mnist_run();
  TrainingDataFlags data;
  NetworkFlags network;
  TrainingFlags training;
  AllocationFlags allocation;
  std::string array;
  std::string fit = "+";
  std::filesystem::path out;
  std::string technology;
  std::size_t check_images = 0;
  bool dense_baseline = false;
  bool json = false;

  RunFlags() : array(defaults.array), out(defaults.out), technology(defaults.technology) {
    data.options = defaults.data;
    data.augment = defaults.data.augment ? "+" : "-";
    network.options = defaults.network;
    training.options = defaults.training;
  }

  [[nodiscard]] pipeline::WholeRunOptions parsed() const {
    pipeline::WholeRunOptions options = defaults;
    options.training = training.parsed();
    options.data = data.parsed(options.training.load_path.has_value());
    AllocationFlags within = allocation;
    within.technology = technology;
    options.training.allocation = within.parsed();
    options.fit = fit == "+";
    options.network = network.parsed(options.training.load_path.has_value(), options.fit);
    options.run = training.run;
    options.array = array;
    options.out = out;
    options.technology = technology;
    options.check_images = check_images;
    options.dense_baseline = dense_baseline;
    options.made_by = {version_number(), given_command()};
    return options;
  }
};

void print(const RunReport& report, const RunFlags& flags) {
  const auto percent = [](const Accuracy& a) {
    return fmt::format("{:.2f}%", 100 * a.top1_share());
  };
  const LayerReport& total = report.combining.total;
  if (report.allocation) fmt::print("\n{}", report::allocation_table(*report.allocation));
  fmt::print("\n{}\n", report::combining_table(report.combining));
  fmt::print(
      "test top-1 accuracy: float {}, fake-quantized {}, integer {}{}\n",
      percent(report.float_accuracy), percent(report.fake_quantized_accuracy),
      percent(report.integer_accuracy),
      report.dense_accuracy ? ", dense float baseline " + percent(*report.dense_accuracy) : "");
  fmt::print("integer and fake-quantized logits identical for {} of {} images\n",
             report.identical_logits, report.fake_quantized_accuracy.images);
  fmt::print("multiply-accumulates per image: {} dense, {} packed, {:.2f}x fewer\n",
             total.macs_before, total.macs,
             static_cast<double>(total.macs_before) / static_cast<double>(total.macs));
  fmt::print("tiles of a {} x {} array: {} before, {} after; utilization efficiency {:.1f}%\n\n",
             report.combining.array_rows, report.combining.array_cols, total.tiles_before,
             total.tiles, 100 * total.utilization);
  fmt::print("{}\n{}\n", report::simulation_table(report.simulation.value()),
             report::comparison_table(report.baselines));
  fmt::print("{}\n{}\n", report::cost_table(report.cost.value()),
             report::cost_comparison_table(report.cost_comparison.value()));
  const pipeline::WholeRunFiles files = pipeline::files_of(flags.out);
  fmt::print("training took {}; files are in {}:\n  {} (weights), {} (integers), {}, {}\n",
             format_duration(report.train_seconds), flags.out.string(),
             files.checkpoint.filename().string(), files.packed.filename().string(),
             files.csv.filename().string(), files.report.filename().string());
  if (page::has_template()) fmt::print("{} shows all of it in a browser\n", files.page.string());
}

}  // namespace

void add_run(CLI::App& app) {
  auto flags = std::make_shared<RunFlags>();
  CLI::App* command = app.add_subcommand("run", summary_of_training("run"));
  flags->data.add_to(*command);
  flags->network.add_to(*command);
  flags->training.add_to(*command);
  add_recipe_flag(*command);
  flags->allocation.add_to(*command);
  add_array_flag(*command, flags->array);
  command
      ->add_option(
          "--fit", flags->fit,
          "+: combine for --array, each layer into as many groups as cost nothing more, or "
          "by --budget; -: by --gamma, --prune-rate and each layer's alpha alone, as the "
          "paper does")
      ->check(CLI::IsMember({"+", "-"}))
      ->capture_default_str();
  command
      ->add_option(
          "--out", flags->out,
          "Folder for all files; a run cut short goes on from it, and one of other options "
          "is refused")
      ->capture_default_str();
  add_technology_flag(*command, flags->technology)->capture_default_str();
  command
      ->add_option("--check-images", flags->check_images,
                   "Test images whose logits are compared with the fake-quantized network's, which "
                   "is slow; 0: all")
      ->capture_default_str();
  command->add_flag("--dense-baseline", flags->dense_baseline,
                    "Also train the same network without pruning, to compare");
  command->add_flag("--json", flags->json, "Print the report as JSON instead of text");
  command->callback([flags, command] {
    apply_recipe(*command, flags->data.options, flags->training.options);
    require_one_process("run");
    training::prepare_libtorch(flags->training.run.threads);
    const RunReport report = pipeline::run(flags->parsed(), text_observer(flags->json));
    if (flags->json) {
      fmt::print("{}\n", report::to_json(report).dump(2));
    } else {
      print(report, *flags);
    }
  });
}

}  // namespace colcomb::cli
