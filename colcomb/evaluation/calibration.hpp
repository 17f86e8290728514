#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <vector>

#include "colcomb/artifacts/float_network.hpp"
#include "colcomb/artifacts/weight_code.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/evaluation/evaluation_data.hpp"
#include "colcomb/quantization/pooling.hpp"

namespace colcomb::evaluation {

/// How many training images calibration looks at by default, here as in training.
using quantization::kCalibrationImages;

/// `count` images of the training split, evenly spaced over it (all, if it has fewer), as raw bytes
/// count x C x H x W, with labels. Errors: as open_for_evaluation.
[[nodiscard]] RawImages calibration_images(const NetworkDescription& network,
                                           const dataset::DataSource& source, std::size_t count);

/// Pictures without labels.
struct CalibrationPictures {
  std::vector<std::uint8_t> pixels;  // count x C x H x W, raw
  std::size_t ignored_files = 0;     // files of the folder that are no pictures
};

/// `count` pictures, evenly spaced over those anywhere below `folder` in byte order (all, if it has
/// fewer), as the network reads them, without labels: those of its input's size as they are, others
/// scaled and cropped in the middle (dataset/transform.hpp, kCenterCrop); in grey for a network of
/// one channel. Errors: UserError about the folder, a picture, or a network of other channels.
[[nodiscard]] CalibrationPictures calibration_pictures(const NetworkDescription& network,
                                                       const std::filesystem::path& folder,
                                                       std::size_t count);

/// The fraction bits k of the global average pooling, 0 to 8, chosen on these raw images
/// (quantization/pooling.hpp); `progress` counts them. Requires: at least one image.
[[nodiscard]] std::uint32_t calibrate_pooling(const FloatNetwork& network,
                                              const std::vector<std::uint8_t>& images,
                                              WeightCode weights,
                                              const ProgressFunction& progress = nullptr,
                                              WeightScales scales = WeightScales::kLayer);

}  // namespace colcomb::evaluation
