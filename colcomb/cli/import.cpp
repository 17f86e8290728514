#include "colcomb/interchange/import.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/cli/choice_flag.hpp"
#include "colcomb/cli/command.hpp"
#include "colcomb/cli/data_flags.hpp"
#include "colcomb/cli/import_output.hpp"
#include "colcomb/evaluation/calibration.hpp"

namespace colcomb::cli {
namespace {

using interchange::ActivationLimit;
using interchange::ImportedModel;
using interchange::LimitChoice;
using interchange::NodeVerdict;

struct ImportFlags {
  std::filesystem::path input;
  std::optional<std::filesystem::path> out;
  bool dry_run = false;
  std::vector<double> mean;
  std::vector<double> std;
  std::vector<std::size_t> input_size;
  std::size_t alpha = interchange::ImportOptions{}.alpha;
  std::optional<double> limit;
  LimitChoice choice = interchange::LimitOptions{}.choice;
  double saturated_fraction = interchange::LimitOptions{}.saturated_fraction;
  dataset::DataSource data;
  std::filesystem::path calibration_folder;
  std::size_t calibration_images = 256;
  bool json = false;
};

interchange::ImportOptions import_options(const ImportFlags& flags) {
  interchange::ImportOptions options;
  if (!flags.data.name.empty()) {
    const dataset::Normalization usual = dataset::normalization_of(flags.data.name);
    options.mean.assign(usual.mean.begin(), usual.mean.end());
    options.std.assign(usual.deviation.begin(), usual.deviation.end());
  } else if (flags.dry_run) {
    options.mean = {0};  // what becomes of the nodes does not depend on it
    options.std = {1};
  } else if (flags.mean.empty() || flags.std.empty()) {
    throw usage_error("--dataset", "",
                      "must name the model's data set, or --input-mean and --input-std say how its "
                      "images are normalized");
  }
  if (!flags.mean.empty()) options.mean = flags.mean;
  if (!flags.std.empty()) options.std = flags.std;
  for (const double std : options.std) {
    if (!(std > 0)) throw usage_error("--input-std", fmt::to_string(std), "must be above 0");
  }
  if (!flags.input_size.empty()) {
    options.input_height = flags.input_size.front();
    options.input_width = flags.input_size.back();
  }
  options.alpha = flags.alpha;
  return options;
}

std::vector<std::uint8_t> images_for(const NetworkDescription& network, const ImportFlags& flags) {
  if (flags.calibration_folder.empty())
    return evaluation::calibration_images(network, flags.data, flags.calibration_images).pixels;
  evaluation::CalibrationPictures pictures =
      evaluation::calibration_pictures(network, flags.calibration_folder, flags.calibration_images);
  if (!flags.json && pictures.ignored_files > 0)
    fmt::print("{} files are no pictures and were ignored\n", pictures.ignored_files);
  return std::move(pictures.pixels);
}

std::vector<ActivationLimit> limits_of(const ImportedModel& model, const ImportFlags& flags) {
  if (flags.limit) return interchange::given_limits(model, *flags.limit);
  interchange::LimitOptions options;
  options.choice = flags.choice;
  options.saturated_fraction = flags.saturated_fraction;
  options.threads = available_threads();
  return interchange::measure_limits(model, images_for(model.network.description, flags), options);
}

/// A mean that was not given is the data set's: where it does not fit, the data set is what is
/// wrong, unless it has grey pictures for a model of one channel.
ImportedModel imported(const ImportFlags& flags) {
  interchange::ImportOptions options = import_options(flags);
  try {
    return interchange::import_onnx(flags.input, options);
  } catch (const UserError& error) {
    const bool given = error.parts().field == "import.mean"  ? !flags.mean.empty()
                       : error.parts().field == "import.std" ? !flags.std.empty()
                                                             : true;
    if (given) throw;
    const dataset::Normalization grey = dataset::normalization_of(flags.data.name, 1);
    if (grey.mean.size() == 1 && options.mean.size() == 3) {
      options.mean.assign(grey.mean.begin(), grey.mean.end());
      options.std.assign(grey.deviation.begin(), grey.deviation.end());
      return interchange::import_onnx(flags.input, options);
    }
    throw option_error("data.name", flags.data.name,
                       "its images have other channels than the model's input: " +
                           error.parts().value + " for mean or deviation " + error.parts().rule);
  }
}

/// The data set's usual normalization is no part of a model that has one of its own.
void require_stated(const ImportedModel& model, const ImportFlags& flags) {
  if (!model.normalizes || (!flags.mean.empty() && !flags.std.empty())) return;
  throw usage_error("--input-mean", "",
                    "must be given, and --input-std: the model's first nodes normalize its image, "
                    "so say what they read: 0 and 1 if pixel / 255, 0 and 0.00392156863 if 0 to "
                    "255");
}

/// Errors: UserError if the data set's classes or channels are not the model's.
DataDescription data_of(const NetworkDescription& network, const dataset::DataSource& source) {
  const auto data = evaluation::open_for_evaluation(source, dataset::Split::kTrain, network);
  return {source.name, data.set->class_names()};
}

void run(const ImportFlags& flags) {
  if (!flags.out && !flags.dry_run) throw usage_error("--out", "", "must be given, or --dry-run");
  if (flags.out) require_writable(*flags.out, "--out");
  const ImportedModel model = imported(flags);
  if (!flags.json) print_nodes(model);
  if (!flags.dry_run) require_stated(model, flags);
  std::vector<ActivationLimit> limits;
  if (model.supported() && !flags.dry_run) {
    limits = limits_of(model, flags);
    Checkpoint checkpoint;
    checkpoint.network = interchange::rescaled(model, limits);
    if (!flags.data.name.empty())
      checkpoint.network.description.data = data_of(checkpoint.network.description, flags.data);
    checkpoint.origin = "imported from " + flags.input.string();
    save_checkpoint(checkpoint, *flags.out);
    if (!flags.json) print_layers(model, limits);
  }
  if (flags.json) fmt::print("{}\n", to_json(model, limits).dump(2));
  for (const NodeVerdict& node : model.nodes) {
    if (node.status != NodeVerdict::Status::kUnsupported) continue;
    throw file_error(flags.input.string(), fmt::format("node {} ({})", node.node, node.op), "",
                     node.text + (node.advice.empty() ? "" : "; " + node.advice));
  }
}

}  // namespace

void add_import(CLI::App& app) {
  auto flags = std::make_shared<ImportFlags>();
  CLI::App* command = app.add_subcommand(
      "import", "Turn an ONNX model into a checkpoint that pack, train and quantize read");
  command->add_option("input", flags->input, "ONNX model of one image input and one output")
      ->required();
  command->add_option("--out", flags->out, "Checkpoint to write");
  command->add_flag("--dry-run", flags->dry_run,
                    "Only say what becomes of each node; exit status 1 if one is not supported");
  command->add_option("--input-mean", flags->mean,
                      "Mean of pixel / 255 that the model's input was normalized by, for all "
                      "channels or each [the data set's]");
  command->add_option("--input-std", flags->std,
                      "Standard deviation of pixel / 255, likewise [the data set's]");
  command
      ->add_option("--input-size", flags->input_size,
                   "Height and width of the input, pixels, where the model leaves them open")
      ->expected(1, 2)
      ->check(CLI::Range(1, 16384));
  command
      ->add_option("--alpha", flags->alpha,
                   "Most columns in a group of each layer behind the first, 1 to 64")
      ->check(CLI::Range(1, 64))
      ->capture_default_str();
  command
      ->add_option("--activation-limit", flags->limit,
                   "Where every layer's outputs end, in the model's numbers [measured]")
      ->check(CLI::PositiveNumber);
  const std::vector<std::pair<std::string, LimitChoice>> choices = {
      {"min-max", LimitChoice::kMinMax},
      {"percentile", LimitChoice::kPercentile},
      {"mse", LimitChoice::kLeastError}};
  add_choice_flag(*command, "--calibration", flags->choice, choices,
                  "How a layer's limit follows from its outputs: min-max (the largest), "
                  "percentile (all but --saturated-fraction) or mse (least squared error of "
                  "rounding) [percentile]");
  command
      ->add_option("--saturated-fraction", flags->saturated_fraction,
                   "With percentile: largest fraction of a layer's outputs that may lie beyond its "
                   "limit, 0 to 1")
      ->check(CLI::Range(0.0, 1.0))
      ->capture_default_str();
  command->add_option("--dataset-root", flags->data.root, "Folder the data set is in")
      ->capture_default_str();
  command->add_option("--dataset", flags->data.name,
                      "Data set of the model's images, on which limits are measured: " +
                          fmt::format("{}", fmt::join(dataset::dataset_names(), ", ")));
  command
      ->add_option("--calibration-images", flags->calibration_images,
                   "Training images on which the limits are measured")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  command->add_option("--calibration-folder", flags->calibration_folder,
                      "Folder of pictures, without labels, to measure on in place of the data "
                      "set's; grey for models of one channel");
  command->add_flag("--json", flags->json, "Print JSON instead of text");
  command->callback([flags] { run(*flags); });
}

}  // namespace colcomb::cli
