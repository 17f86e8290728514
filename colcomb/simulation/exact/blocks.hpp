#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/simulation/exact/stores.hpp"
#include "colcomb/simulation/exact/unit.hpp"
#include "colcomb/simulation/simulate.hpp"

namespace colcomb::simulation {

/// The ReLU and quantization block: 0 if negative, 255 if a bit above f + 7 but the sign is set,
/// else bits f to f + 7.
[[nodiscard]] std::uint8_t quantize_serial(std::int32_t accumulation, std::uint32_t f);

/// Everything one image leaves in the buffers on its way.
class ImageStores {
 public:
  /// `image`: raw, before the checkerboard reshape.
  ImageStores(const QuantizedNetwork& network, std::span<const std::uint8_t> image);

  /// The image's pixel (all channels) can be read by an array in clock `clock`.
  void image_arrives(std::size_t pixel, std::uint64_t clock);
  void image_arrives(std::uint64_t clock);

  /// The shift block: what a column delivers for an output pixel of the layer.
  [[nodiscard]] std::uint8_t shifted(std::size_t layer, std::uint32_t column, std::size_t pixel,
                                     std::uint64_t clock) const;
  /// Bias and residual of a layer's row at an output pixel. `residual_reads` counts bytes.
  [[nodiscard]] std::uint32_t initial(std::size_t layer, std::size_t row, std::size_t pixel,
                                      std::uint64_t clock, std::uint64_t& residual_reads) const;
  /// A finished accumulation: quantized into the layer's map and the pooling block, or a logit.
  void finish(std::size_t layer, std::size_t row, std::size_t pixel, std::int32_t accumulation,
              std::uint64_t clock);

  /// First clock in which an array can read all channels of the pixels that `offsets` and the
  /// residual source deliver for an output pixel of the layer; the far future if one is not written
  /// yet.
  [[nodiscard]] std::uint64_t readable(std::size_t layer, std::span<const Column> offsets,
                                       std::size_t pixel) const;

  [[nodiscard]] ImageValues values() const;

 private:
  /// A map and, of each pixel, how much of it has been written.
  struct PixelMap {
    PixelMap(std::size_t channels, std::size_t pixels);
    void write(std::size_t channel, std::size_t pixel, std::uint8_t value, std::uint64_t clock);
    /// First clock in which an array can take in the pixel's last channel.
    [[nodiscard]] std::uint64_t readable(std::size_t pixel) const {
      return left[pixel] > 0 ? Store<std::uint8_t>::kNever : ready[pixel];
    }

    std::size_t pixels;
    Store<std::uint8_t> values;     // channels x pixels
    std::vector<std::size_t> left;  // channels not yet written
    std::vector<std::uint64_t> ready;
  };

  [[nodiscard]] const PixelMap& input(std::size_t layer) const;
  /// The input map's pixel that a column reads, if it is inside.
  [[nodiscard]] std::optional<std::size_t> source_pixel(std::size_t layer, const Column& column,
                                                        std::size_t pixel) const;
  [[nodiscard]] std::size_t residual_pixel(std::size_t layer, std::size_t pixel) const;
  void pool(std::size_t channel, std::uint8_t value, std::uint64_t clock);

  const QuantizedNetwork& network_;
  quantization::Map image_map_;
  PixelMap image_;
  std::vector<PixelMap> maps_;  // per hidden layer
  PixelMap pooled_;             // one pixel
  std::vector<std::uint64_t> pool_sums_;
  std::vector<std::size_t> pool_left_;
  std::vector<std::int32_t> logits_;
};

/// The packed weights of some rows and groups as a column of the array loads them.
[[nodiscard]] ArrayUnit::WeightWords weight_words(const QuantizedLayer& layer,
                                                  std::size_t row_begin, std::size_t rows,
                                                  std::size_t group_begin, std::size_t groups,
                                                  CellKind kind);

}  // namespace colcomb::simulation
