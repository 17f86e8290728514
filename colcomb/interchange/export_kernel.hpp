#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/interchange/export_steps.hpp"
#include "colcomb/interchange/export_windows.hpp"

namespace colcomb::interchange {

// Layers as ordinary convolutions, for the QDQ and float forms.

/// Whether every input channel has exactly one column, as in shift, pointwise and linear layers.
[[nodiscard]] bool reads_each_channel_once(const LayerDescription& layer);
/// Whether every column has the offset (0, 0).
[[nodiscard]] bool all_at_center(const LayerDescription& layer);

/// Where a convolution's taps lie: output (y, x) reads the input (y * stride + ky * dilation_height
/// - pad_top, x * stride + kx * dilation_width - pad_left).
struct Taps {
  std::size_t height = 1;
  std::size_t width = 1;
  std::size_t dilation_height = 1;
  std::size_t dilation_width = 1;
  std::size_t pad_top = 0;
  std::size_t pad_left = 0;
};
/// Of the layer's window, or of k x k taps with padding k / 2.
[[nodiscard]] Taps taps_of(const LayerDescription& layer);
/// Index of a column's tap among them; 0 if there is one alone.
[[nodiscard]] std::size_t tap_of(const Column& column, const Taps& taps);
/// The pixels around the map that the layer's outputs read, and no fewer than `taps` pads before
/// it.
[[nodiscard]] Border border_of(const LayerDescription& layer, const Taps& taps);

/// `map`, a Conv's output with this border, without the outputs beyond the layer's.
[[nodiscard]] std::string first_outputs(OnnxWriter& writer, const std::string& name,
                                        const std::string& map, const LayerDescription& layer,
                                        const Taps& taps, const Border& border);

/// Channels x kernel x kernel: a 1 at each channel's offset.
/// Requires: reads_each_channel_once(layer).
[[nodiscard]] std::vector<std::int8_t> shift_kernel(const LayerDescription& layer);

/// Out channels x in channels / conv_groups x height x width. With one tap offsets are left out: a
/// shift before it has applied them, or the padding does.
/// Errors: UserError (file `where`) if weights of a column that occurs twice sum to more than 8
/// bits.
[[nodiscard]] std::vector<std::int8_t> dense_kernel(const QuantizedLayer& layer,
                                                    const LayerDescription& description,
                                                    const Taps& taps, const std::string& where);

}  // namespace colcomb::interchange
