#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "colcomb/artifacts/quantized_network.hpp"

namespace colcomb {

/// A packed network's weights in floating point and compressed sparse rows, multiplied plainly: for
/// each nonzero a plane of pixels, which the compiler turns into the processor's widest vectors.
/// Its numbers are those of the integer network without roundings and clamps. Layers without
/// residual additions and with map sides that strides divide.
class SparseFloatNetwork {
 public:
  explicit SparseFloatNetwork(const QuantizedNetwork& network);
  /// Images are shared among threads. Returns the sum of all logits, so that nothing is left out.
  double run(std::span<const std::uint8_t> images, std::size_t threads) const;

 private:
  struct Layer {
    LayerDescription description;
    std::vector<std::size_t> row_ends;
    std::vector<std::uint32_t> columns;
    std::vector<float> values;
    std::vector<float> bias;
    float scale = 1;
  };
  [[nodiscard]] double run_one(std::span<const std::uint8_t> image) const;

  InputDescription input_;
  std::vector<Layer> layers_;
};

}  // namespace colcomb
