#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>
#include <optional>

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/cli/choice_flag.hpp"
#include "colcomb/cli/command.hpp"
#include "colcomb/cli/data_flags.hpp"
#include "colcomb/cli/import_output.hpp"
#include "colcomb/stages/import_model.hpp"

namespace colcomb::cli {
namespace {

using interchange::ActivationLimit;
using interchange::ImportedModel;

struct ImportFlags {
  std::filesystem::path input;
  std::optional<std::filesystem::path> out;
  std::vector<std::size_t> input_size;
  stages::ImportModelOptions options;  // nodes_alone: --dry-run
  bool json = false;
};

void run(ImportFlags& flags) {
  stages::ImportModelOptions& options = flags.options;
  const bool dry_run = options.nodes_alone;
  if (!flags.out && !dry_run) throw usage_error("--out", "", "must be given, or --dry-run");
  if (flags.out) require_writable(*flags.out, "--out");
  if (!flags.input_size.empty()) {
    options.input_height = flags.input_size.front();
    options.input_width = flags.input_size.back();
  }
  const ImportedModel model = stages::read_model(flags.input, options);
  if (!flags.json) print_nodes(model);
  std::vector<ActivationLimit> limits;
  if (model.supported() && !dry_run) {
    const stages::CompletedImport completed = stages::complete_import(model, flags.input, options);
    limits = completed.limits;
    save_checkpoint(completed.checkpoint, *flags.out);
    if (!flags.json && completed.ignored_files > 0)
      fmt::print("{} files are no pictures and were ignored\n", completed.ignored_files);
    if (!flags.json) print_layers(model, limits);
  }
  if (flags.json) fmt::print("{}\n", to_json(model, limits).dump(2));
  stages::require_supported(model, flags.input);
}

}  // namespace

void add_import(CLI::App& app) {
  auto flags = std::make_shared<ImportFlags>();
  CLI::App* command = app.add_subcommand(
      "import", "Turn an ONNX model into a checkpoint that pack, train and quantize read");
  command->add_option("input", flags->input, "ONNX model of one image input and one output")
      ->required();
  command->add_option("--out", flags->out, "Checkpoint to write");
  command->add_flag("--dry-run", flags->options.nodes_alone,
                    "Only say what becomes of each node; exit status 1 if one is not supported");
  command->add_option("--input-mean", flags->options.mean,
                      "Mean of pixel / 255 that the model's input was normalized by, for all "
                      "channels or each [the data set's]");
  command->add_option("--input-std", flags->options.std,
                      "Standard deviation of pixel / 255, likewise [the data set's]");
  command
      ->add_option("--input-size", flags->input_size,
                   "Height and width of the input, pixels, where the model leaves them open")
      ->expected(1, 2)
      ->check(CLI::Range(1, 16384));
  command
      ->add_option("--alpha", flags->options.alpha,
                   "Most columns in a group of each layer behind the first, 1 to 64")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command
      ->add_option("--activation-limit", flags->options.activation_limit,
                   "Where every layer's outputs end, in the model's numbers [measured]")
      ->check(CLI::PositiveNumber);
  add_choice_flag(*command, "--calibration", flags->options.choice, interchange::limit_choices(),
                  "How a layer's limit follows from its outputs: min-max (the largest), "
                  "percentile (all but --saturated-fraction) or mse (least squared error of "
                  "rounding) [percentile]");
  command
      ->add_option("--saturated-fraction", flags->options.saturated_fraction,
                   "With percentile: largest fraction of a layer's outputs that may lie beyond its "
                   "limit, 0 to 1")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command->add_option("--dataset-root", flags->options.data.root, "Folder the data set is in")
      ->capture_default_str();
  command->add_option("--dataset", flags->options.data.name,
                      "Data set of the model's images, on which limits are measured: " +
                          fmt::format("{}", fmt::join(dataset::dataset_names(), ", ")));
  command
      ->add_option("--calibration-images", flags->options.calibration_images,
                   "Training images on which the limits are measured")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("--calibration-folder", flags->options.calibration_folder,
                      "Folder of pictures, without labels, to measure on in place of the data "
                      "set's; grey for models of one channel");
  command->add_flag("--json", flags->json, "Print JSON instead of text");
  command->callback([flags] { run(*flags); });
}

}  // namespace colcomb::cli
