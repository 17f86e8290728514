#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/base/random.hpp"
#include "colcomb/dataset/dataset.hpp"
#include "colcomb/dataset/transform.hpp"

namespace colcomb::tests {

/// NAME.images and NAME.logits, which check_logits.js compares with NAME.onnx's logits.
inline void write_expectation(const std::string& name, std::span<const std::uint8_t> images,
                              std::span<const std::int32_t> logits) {
  write_file_atomically(name + ".images", std::as_bytes(images));
  write_file_atomically(name + ".logits", std::as_bytes(logits));
}

/// The first `limit` test images (0: all) as the network reads them, one after the other.
inline std::vector<std::uint8_t> test_images(const std::string& dataset,
                                             const std::filesystem::path& root,
                                             const InputDescription& input, std::size_t limit) {
  const auto data = dataset::open_dataset(dataset, root, dataset::Split::kTest);
  const auto options = dataset::transform_for(dataset, {input.height, input.width}, false, false);
  std::vector<std::uint8_t> images;
  const std::size_t count = limit == 0 ? data->size() : std::min(limit, data->size());
  for (std::size_t i = 0; i < count; ++i) {
    Random unused(1);
    const dataset::Image image = dataset::transformed(data->read(i), options, unused);
    images.insert(images.end(), image.pixels.begin(), image.pixels.end());
  }
  return images;
}

}  // namespace colcomb::tests
