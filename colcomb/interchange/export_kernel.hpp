#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/interchange/export_windows.hpp"

namespace colcomb::interchange {

// Layers as ordinary convolutions, for the QDQ and float forms.

/// Whether every input channel has exactly one column, as in shift, pointwise and linear layers.
[[nodiscard]] bool reads_each_channel_once(const LayerDescription& layer);
/// Whether every column has the offset (0, 0).
[[nodiscard]] bool all_at_center(const LayerDescription& layer);

/// Channels x kernel x kernel: a 1 at each channel's offset.
/// Requires: reads_each_channel_once(layer).
[[nodiscard]] std::vector<std::int8_t> shift_kernel(const LayerDescription& layer);

/// Out channels x in channels / conv_groups x kernel x kernel. With kernel 1 offsets are left out:
/// a shift before it has applied them.
/// Errors: UserError (file `where`) if weights of a column that occurs twice sum to more than 8
/// bits.
[[nodiscard]] std::vector<std::int8_t> dense_kernel(const QuantizedLayer& layer,
                                                    const LayerDescription& description,
                                                    std::size_t kernel, const std::string& where);

}  // namespace colcomb::interchange
