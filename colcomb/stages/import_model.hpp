#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/dataset/splits.hpp"
#include "colcomb/interchange/import.hpp"

namespace colcomb::stages {

/// What the model does not say, and how limits are measured.
struct ImportModelOptions {
  /// Mean and standard deviation of pixel / 255 that the model's input was normalized by, one per
  /// channel or one for all. Empty: the usual ones of `data`.
  std::vector<double> mean;
  std::vector<double> std;  // by channel, or one for all; empty: the data set's
  /// Input height and width, pixels, of a model that leaves them open; 0: none given.
  std::size_t input_height = 0;
  std::size_t input_width = 0;                             // likewise
  std::size_t alpha = interchange::ImportOptions{}.alpha;  // see ImportOptions
  /// Only say what becomes of the nodes: no normalization is needed.
  bool nodes_alone = false;

  // Where the layers' outputs end.

  /// In the model's numbers, for every layer without an end of its own. Absent: measured.
  std::optional<double> activation_limit;
  interchange::LimitChoice choice = interchange::LimitOptions{}.choice;  // how limits are chosen
  /// By percentile: the fraction above the limit.
  double saturated_fraction = interchange::LimitOptions{}.saturated_fraction;
  /// The data set of the model's images. An empty name: none is known. It is opened only where
  /// limits are measured on its images; then the network also has the names of its classes.
  dataset::DataSource data;
  std::size_t calibration_images = 256;  // of its training split, evenly spaced
  /// In place of the data set's: a folder of pictures, or raw images (count x C x H x W). Empty:
  /// none.
  std::filesystem::path calibration_folder;
  std::vector<std::uint8_t> raw_images;  // in place of the data set's: count x C x H x W
  ProgressFunction progress = nullptr;   // counts the images that limits are measured on
};

/// What becomes of a model's nodes (interchange::import_onnx), normalized as the options or their
/// data set say.
/// Errors: UserError as import_onnx; option_error naming data.name, import.mean or import.std where
/// no normalization is given or it does not fit.
[[nodiscard]] interchange::ImportedModel read_model(const std::filesystem::path& path,
                                                    const ImportModelOptions& options);

/// Errors: UserError (file `path`) naming the first node that is not supported.
void require_supported(const interchange::ImportedModel& model, const std::filesystem::path& path);

/// An imported model, ready to be combined or quantized.
struct CompletedImport {
  Checkpoint checkpoint;                             // weights, and limits of activations
  std::vector<interchange::ActivationLimit> limits;  // per hidden layer
  double logit_divisor = 1;                          // interchange::logit_divisor
  std::size_t ignored_files = 0;                     // of the calibration folder: no pictures
};

/// The network of a model that read_model has read, its layers ended at measured or given limits.
/// Requires: model.supported(), and `options` are those it was read with.
/// Errors: UserError for a normalization that must be stated, for images that are missing or do not
/// fit, for a data set of other classes or channels.
[[nodiscard]] CompletedImport complete_import(const interchange::ImportedModel& model,
                                              const std::filesystem::path& path,
                                              const ImportModelOptions& options);

}  // namespace colcomb::stages
