#pragma once

namespace colcomb::tiling {

/// E: clocks from a write to the first bit that depends on it.
inline constexpr int kEdgeLatency = 4;
/// Clocks from the write of a map's last byte to that of its pooled means.
inline constexpr int kPoolingLatency = 18;

}  // namespace colcomb::tiling
