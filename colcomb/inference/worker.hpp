#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "colcomb/inference/kernel.hpp"

namespace colcomb::inference {

struct alignas(64) CacheLine {
  std::uint8_t bytes[64] = {};
};

/// Zeroed memory, aligned for vector loads and apart from other threads' cache lines.
class Memory {
 public:
  explicit Memory(std::size_t bytes)
      : lines_((bytes + sizeof(CacheLine) - 1) / sizeof(CacheLine)) {}
  [[nodiscard]] std::uint8_t* data() { return reinterpret_cast<std::uint8_t*>(lines_.data()); }

 private:
  std::vector<CacheLine> lines_;
};

/// A prepared network, the same for all threads.
struct Prepared {
  InputDescription input;
  std::size_t classes = 0;
  std::uint32_t pooling_fraction_bits = 0;
  Geometry geometry;
  NetworkPlan plan;
  std::vector<std::size_t> residual_sources;  // per layer: the map; 0 (the image) for none
  std::vector<std::unique_ptr<LayerKernel>> kernels;

  Prepared(const QuantizedNetwork& network, const Kernel& kernel);
  [[nodiscard]] std::size_t image_size() const { return input.size(); }
};

/// The maps of one image on its way.
class Maps {
 public:
  explicit Maps(const Prepared& prepared);

  /// Reshapes and lays out an image as map 0. Requires: image.size() == image_size().
  void load(const Prepared& prepared, std::span<const std::uint8_t> image);
  /// What the columns of layer i, which has several parts, read: rows [begin, end) of its sums.
  void join(const Prepared& prepared, std::size_t i, std::size_t begin, std::size_t end);
  /// Pixel (0, 0) of what layer i's kernel reads.
  [[nodiscard]] std::uint8_t* input(const Prepared& prepared, std::size_t i);
  /// Looks up what layer i's kernel has written for `part` in the layer's activation table.
  void look_up(const Prepared& prepared, std::size_t i, const Part& part);
  /// What layer i's pooling windows make of its activations: rows [begin, end) of its output.
  void pool_windows(const Prepared& prepared, std::size_t i, std::size_t begin, std::size_t end);
  /// Global average pooling of the last map.
  void pool(const Prepared& prepared);
  /// The sums of the latest pool(), by channel.
  void copy_pool_sums(const Prepared& prepared, std::span<std::uint64_t> sums) const;
  [[nodiscard]] std::uint8_t* map(const Prepared& prepared, std::size_t i);  // its pixel (0, 0)
  /// Pixel (0, 0) of what layer i's kernel writes: its output, or what its pooling reads.
  [[nodiscard]] std::uint8_t* activations(const Prepared& prepared, std::size_t i);
  /// Pixel (0, 0) of what the classifier reads.
  [[nodiscard]] std::uint8_t* classifier_input(const Prepared& prepared) {
    return prepared.plan.global_pooling ? pooled_.data() + prepared.plan.pooled.origin()
                                        : map(prepared, prepared.plan.maps.size() - 1);
  }
  [[nodiscard]] std::int32_t* logits() { return reinterpret_cast<std::int32_t*>(logits_.data()); }

 private:
  std::vector<Memory> buffers_;
  Memory activations_;
  Memory joined_;
  Memory pooled_;
  Memory logits_;                    // with room for whole chunks
  std::vector<std::uint16_t> some_;  // sums over a part of the pixels, by position
  std::vector<std::uint64_t> sums_;  // by position
};

/// Into how many parts layer i can be cut, at most `wanted`: bands of pixels, and of rows too where
/// there are few pixels.
[[nodiscard]] std::size_t most_parts(const Prepared& prepared, std::size_t i, std::size_t wanted);

/// The part-th of `parts` parts of layer i. Requires: parts is a result of most_parts for layer i.
[[nodiscard]] Part share(const Prepared& prepared, std::size_t i, std::size_t part,
                         std::size_t parts);

}  // namespace colcomb::inference
