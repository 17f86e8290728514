#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "colcomb/artifacts/float_network.hpp"
#include "colcomb/artifacts/quantization_check.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/combining/permutation.hpp"
#include "colcomb/dataset/splits.hpp"
#include "colcomb/evaluation/calibration.hpp"
#include "colcomb/evaluation/evaluation_data.hpp"

namespace colcomb::stages {

/// Images of the training split, evenly spaced, that a packed network carries.
inline constexpr std::size_t kSampleImages = 16;

/// How a network is rounded, and what is measured.
struct QuantizeOptions {
  /// Where the calibration images are; an empty name: the data set the network was trained on.
  dataset::DataSource data;
  /// What weights may be, but for layers of fixed weights.
  WeightCode weights = WeightCode::kInt8;
  /// Whether the rows of a hidden layer have scales of their own.
  WeightScales scales = WeightScales::kLayer;
  /// Fraction bits k of the global average pooling, 0 to 8. Absent: calibrated, so that hardly a
  /// pooled value saturates (evaluation/calibration.hpp).
  std::optional<std::uint32_t> pooling_fraction_bits;
  /// Pictures for the calibration and the check in place of the data set's: any folder, without
  /// labels. The packed network then carries no samples. Empty: none.
  std::filesystem::path calibration_folder;
  /// In place of both: raw images in the calibration and the check, with their labels or without;
  /// without, the packed network carries no samples. No pixels: none.
  evaluation::RawImages raw_images;
  std::size_t calibration_images = evaluation::kCalibrationImages;  // of the training split
  /// Reorder filters so that the next layer's groups read neighbouring channels (paper, 3.5).
  bool permute_rows = false;
  /// Training images on which float, fake-quantized and integer network are compared; 0: none.
  std::size_t check_images = 0;
  /// Counts the images of the calibration and, behind them, those of the check.
  ProgressFunction progress = nullptr;
};

/// A network as integers.
struct Quantized {
  QuantizedNetwork network;                      // what is written to a file
  std::vector<combining::LayerRouting> routing;  // per layer; empty without permute_rows
  std::optional<QuantizationCheck> check;        // with check_images
};

/// Turns a trained network into integers: calibrates the pooling, folds, rounds and packs. The
/// packed network carries the first kSampleImages of the calibration images with their labels, none
/// where no calibration is needed, and `origin` (QuantizedNetwork::origin).
/// Errors: UserError (option_error) naming calibration.images where raw_images are not whole or
/// have other labels; if the data set cannot be read or is not the network's, if a weight does not
/// fit, or if, with check_images, permuting rows changes a logit.
[[nodiscard]] Quantized quantize(const FloatNetwork& network, const QuantizeOptions& options,
                                 const std::string& origin);

}  // namespace colcomb::stages
