// Loops over the rows of maps, float or bf16-packed.
#pragma once

#include "colcomb/backprop/kernels/bf16.inl"

namespace colcomb::backprop {
namespace {

/// Calls body(channel, row) for every row of every channel, in the order in which they lie.
template <class Body>
inline void each_channel_row(const Extent& extent, Body body) {
  for (std::size_t row = 0; row < extent.rows; ++row)
    for (std::size_t channel = 0; channel < extent.channels; ++channel) body(channel, row);
}
/// Float offset of a channel's row.
inline std::size_t map_offset(const MapStrides& strides, std::size_t channel, std::size_t row) {
  return row * strides.row + channel * strides.channel;
}

/// How one channel of a map is read: as floats, or from the lower or upper halves of a packed pair.
struct ReadFloat {
  static Vector read(const float* at) { return load(at); }
};
struct ReadLowBf16 {
  static Vector read(const float* at) { return lower_half(load(at)); }
};
struct ReadHighBf16 {
  static Vector read(const float* at) { return upper_half(load(at)); }
};
/// Calls body(at, reader): the float offset of a channel's row in a map, and one of the readers
/// above.
template <class Body>
inline void with_channel(const MapStrides& strides, bool bf16, std::size_t channel, std::size_t row,
                         Body body) {
  const std::size_t at = map_offset(strides, bf16 ? channel / 2 : channel, row);
  if (!bf16) {
    body(at, ReadFloat{});
  } else if (channel % 2 == 0) {
    body(at, ReadLowBf16{});
  } else {
    body(at, ReadHighBf16{});
  }
}

}  // namespace
}  // namespace colcomb::backprop
