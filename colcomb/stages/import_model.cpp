#include "colcomb/stages/import_model.hpp"

#include <fmt/format.h>

#include "colcomb/base/error.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/dataset/dataset.hpp"
#include "colcomb/evaluation/calibration.hpp"
#include "colcomb/evaluation/evaluation_data.hpp"

namespace colcomb::stages {
namespace {

using interchange::ActivationLimit;
using interchange::ImportedModel;
using interchange::NodeVerdict;

interchange::ImportOptions import_options(const ImportModelOptions& options) {
  interchange::ImportOptions result;
  if (!options.data.name.empty()) {
    const dataset::Normalization usual = dataset::normalization_of(options.data.name);
    result.mean.assign(usual.mean.begin(), usual.mean.end());
    result.std.assign(usual.deviation.begin(), usual.deviation.end());
  } else if (options.nodes_alone) {
    result.mean = {0};  // what becomes of the nodes does not depend on it
    result.std = {1};
  } else if (options.mean.empty() || options.std.empty()) {
    throw option_error("data.name", "",
                       "must name the model's data set, or `import.mean` and `import.std` say how "
                       "its images are normalized");
  }
  if (!options.mean.empty()) result.mean = options.mean;
  if (!options.std.empty()) result.std = options.std;
  for (const double std : result.std) {
    if (!(std > 0)) throw option_error("import.std", fmt::to_string(std), "must be above 0");
  }
  result.input_height = options.input_height;
  result.input_width = options.input_width;
  result.alpha = options.alpha;
  return result;
}

/// The data set's usual normalization is no part of a model that has one of its own.
void require_stated(const ImportedModel& model, const ImportModelOptions& options) {
  if (!model.normalizes || (!options.mean.empty() && !options.std.empty())) return;
  throw option_error("import.mean", "",
                     "must be given, and `import.std`: the model's first nodes normalize its "
                     "image, so say what they read: 0 and 1 if pixel / 255, 0 and 0.00392156863 if "
                     "0 to 255");
}

std::vector<std::uint8_t> limit_images(const NetworkDescription& network,
                                       const ImportModelOptions& options,
                                       CompletedImport& completed) {
  if (!options.raw_images.empty()) {
    if (options.raw_images.size() % network.input.size() != 0) {
      throw option_error("calibration.images", fmt::format("{} bytes", options.raw_images.size()),
                         fmt::format("must be whole images of {} x {} x {}", network.input.channels,
                                     network.input.height, network.input.width));
    }
    return options.raw_images;
  }
  if (options.calibration_folder.empty()) {
    return evaluation::calibration_images(network, options.data, options.calibration_images).pixels;
  }
  evaluation::CalibrationPictures pictures = evaluation::calibration_pictures(
      network, options.calibration_folder, options.calibration_images);
  completed.ignored_files = pictures.ignored_files;
  return std::move(pictures.pixels);
}

std::vector<ActivationLimit> limits_of(const ImportedModel& model,
                                       const ImportModelOptions& options,
                                       CompletedImport& completed) {
  if (options.activation_limit) return interchange::given_limits(model, *options.activation_limit);
  interchange::LimitOptions limits;
  limits.choice = options.choice;
  limits.saturated_fraction = options.saturated_fraction;
  limits.threads = available_threads();
  limits.progress = options.progress;
  return interchange::measure_limits(
      model, limit_images(model.network.description, options, completed), limits);
}

/// Whether limits are measured on the data set's own images: an import that reads none of them
/// needs no data set on disk.
bool reads_data_set(const ImportModelOptions& options) {
  return !options.activation_limit && options.calibration_folder.empty() &&
         options.raw_images.empty();
}

/// The data set's name; the names of its classes where it is read anyway.
/// Errors: UserError if its classes or channels are not the model's.
DataDescription data_of(const NetworkDescription& network, const ImportModelOptions& options) {
  if (!reads_data_set(options)) return {options.data.name, {}};
  const auto data = evaluation::open_for_evaluation(options.data, dataset::Split::kTrain, network);
  return {options.data.name, data.set->class_names()};
}

}  // namespace

/// A mean that was not given is the data set's: where it does not fit, the data set is what is
/// wrong, unless it has grey pictures for a model of one channel.
ImportedModel read_model(const std::filesystem::path& path, const ImportModelOptions& options) {
  interchange::ImportOptions import = import_options(options);
  try {
    return interchange::import_onnx(path, import);
  } catch (const UserError& error) {
    const bool given = error.parts().field == "import.mean"  ? !options.mean.empty()
                       : error.parts().field == "import.std" ? !options.std.empty()
                                                             : true;
    if (given) throw;
    const dataset::Normalization grey = dataset::normalization_of(options.data.name, 1);
    if (grey.mean.size() == 1 && import.mean.size() == 3) {
      import.mean.assign(grey.mean.begin(), grey.mean.end());
      import.std.assign(grey.deviation.begin(), grey.deviation.end());
      return interchange::import_onnx(path, import);
    }
    throw option_error("data.name", options.data.name,
                       "its images have other channels than the model's input: " +
                           error.parts().value + " for mean or deviation " + error.parts().rule);
  }
}

void require_supported(const ImportedModel& model, const std::filesystem::path& path) {
  for (const NodeVerdict& node : model.nodes) {
    if (node.status != NodeVerdict::Status::kUnsupported) continue;
    throw file_error(path.string(), fmt::format("node {} ({})", node.node, node.op), "",
                     node.text + (node.advice.empty() ? "" : "; " + node.advice));
  }
}

CompletedImport complete_import(const ImportedModel& model, const std::filesystem::path& path,
                                const ImportModelOptions& options) {
  require_stated(model, options);
  CompletedImport completed;
  completed.limits = limits_of(model, options, completed);
  completed.logit_divisor = interchange::logit_divisor(model, completed.limits);
  completed.checkpoint.network = interchange::rescaled(model, completed.limits);
  NetworkDescription& description = completed.checkpoint.network.description;
  if (!options.data.name.empty()) description.data = data_of(description, options);
  completed.checkpoint.origin = "imported from " + path.string();
  return completed;
}

}  // namespace colcomb::stages
