#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/interchange/onnx_writer.hpp"

namespace colcomb::interchange {

// Steps that the integer and the float forms share.

/// Axes of a map's channels, rows and columns; axis 0 is the batch.
struct Layout {
  std::int64_t channel = 1;
  std::int64_t y = 2;
  std::int64_t x = 3;
};
inline constexpr Layout kChannelsFirst{1, 2, 3};
inline constexpr Layout kChannelsLast{3, 1, 2};

/// Pixels to add on each side of a map.
struct Border {
  std::int64_t top = 0, bottom = 0, left = 0, right = 0;
};

/// The checkerboard reshape of the image (see InputDescription::reshape_stride) into `layout`.
[[nodiscard]] std::string reshaped_image(OnnxWriter& writer, const std::string& image,
                                         const InputDescription& input, const Layout& layout);

/// A map of T (uint8 or float) with a border that holds each channel's padding value, values[place]
/// for the channel in that place.
template <class T>
[[nodiscard]] std::string bordered(OnnxWriter& writer, const std::string& name,
                                   const std::string& map, const Layout& layout,
                                   const Border& border, const std::vector<T>& values);

/// What layer `reader` adds of a map, the output of layer `source`: every `stride`-th row and
/// column, as many as the reader has.
[[nodiscard]] std::string strided(OnnxWriter& writer, const std::string& name,
                                  const std::string& map, const Layout& layout, std::size_t stride,
                                  const LayerDescription& source, const LayerDescription& reader);

/// Attributes of the pooling nodes that stand for a layer's pooling windows: kernel_shape, strides,
/// and pads without which the last windows would not be there.
struct WindowPads {
  Dimensions kernel;
  Dimensions strides;
  Dimensions pads;
};
[[nodiscard]] WindowPads window_pads(const LayerDescription& layer);

/// `map`, channels first, without the windows that such a node gives beyond the layer's.
[[nodiscard]] std::string first_windows(OnnxWriter& writer, const std::string& name,
                                        const std::string& map, const LayerDescription& layer);

/// Channels, rows and columns that the linear layer's global average pooling reads.
struct PooledMap {
  std::size_t channels = 0;
  std::size_t pixels = 0;
};
[[nodiscard]] PooledMap pooled_map(const NetworkDescription& network);

/// `map`, of bytes, looked up in the layer's activation table. Its channel p is row rows[p], or p
/// without `rows`: the channels are the last dimension with them, else there are two behind.
/// Requires: the layer has a table.
[[nodiscard]] std::string looked_up(OnnxWriter& writer, const LayerDescription& layer,
                                    const std::string& map, std::span<const std::size_t> rows = {});

/// What the layer's activation table makes of the real sums `sum`: on straight lines between its
/// values, clamped as ReLU6 is. The constants activation.step, .low and .high must be there.
[[nodiscard]] std::string on_lines(OnnxWriter& writer, const LayerDescription& layer,
                                   const std::string& name, const std::string& sum);

}  // namespace colcomb::interchange
