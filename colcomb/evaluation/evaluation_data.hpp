#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/dataset/batch_loader.hpp"
#include "colcomb/dataset/splits.hpp"

namespace colcomb::evaluation {

/// Called as work proceeds with the images done so far and their total.
using ProgressObserver = std::function<void(std::size_t done, std::size_t total)>;

/// One split with every image brought to a network's input size, without augmentation.
struct EvaluationData {
  std::unique_ptr<dataset::Dataset> set;  // the images
  dataset::TransformOptions transform;    // what fits them to the network
};

/// The data set that is meant: `source` itself, or, where its name is empty, the one that the
/// network was trained on, in the same root.
/// Errors: UserError (option_error) naming data.name if neither names one.
[[nodiscard]] dataset::DataSource source_for(const dataset::DataSource& source,
                                             const NetworkDescription& network);

/// Opens a split of source_for(source, network).
/// Errors: UserError (option_error) if its classes or channels are not the network's, or about its
/// files.
[[nodiscard]] EvaluationData open_for_evaluation(const dataset::DataSource& source,
                                                 dataset::Split split,
                                                 const NetworkDescription& network);

/// 0, 1, ...: the first `limit` images of the split, or all (limit 0, or fewer images).
[[nodiscard]] std::vector<std::size_t> first_indices(const EvaluationData& data, std::size_t limit);

/// Loads these images in their order, in batches.
[[nodiscard]] dataset::BatchLoader load(const EvaluationData& data,
                                        const std::vector<std::size_t>& indices);

/// Images as the network reads them, raw bytes count x C x H x W, with labels.
struct RawImages {
  std::vector<std::uint8_t> pixels;  // count x C x H x W, raw
  std::vector<std::int32_t> labels;  // one for each image, or none
};
[[nodiscard]] RawImages read_images(const EvaluationData& data,
                                    const std::vector<std::size_t>& indices);

}  // namespace colcomb::evaluation
