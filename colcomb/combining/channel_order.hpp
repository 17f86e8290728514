#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace colcomb::combining {

/// Sets of channels that want to lie next to each other.
using ChannelSets = std::vector<std::vector<std::uint32_t>>;

/// Whether the set's channels are consecutive if channel c lies at place[c].
[[nodiscard]] bool is_contiguous(const std::vector<std::uint32_t>& set,
                                 const std::vector<std::uint32_t>& place);

/// An order of the channels 0 .. channels - 1 that makes sets contiguous, the first ones first: a
/// set is placed if its channels are free, or continue one end of what is placed already. All
/// disjoint sets become contiguous, in their order; whatever is in no set comes last.
/// Requires: no set is empty or holds a channel twice.
[[nodiscard]] std::vector<std::uint32_t> order_channels(const ChannelSets& sets,
                                                        std::size_t channels);

}  // namespace colcomb::combining
