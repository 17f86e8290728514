#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/inference/plan.hpp"

namespace colcomb::inference {

/// One vector load of a gather: the bytes from `offset` on hold what `lanes` (bit l: lane l) want.
struct Load {
  std::ptrdiff_t offset = 0;
  std::uint64_t lanes = 0;
};

/// How to bring bytes of any offsets into the lanes of one vector.
struct Gather {
  std::vector<Load> loads;
  std::vector<std::uint8_t> index;  // of each lane, in the load that serves it; 0 for unused ones
};

/// Few loads of `size` bytes that reach every offset; lane l is to hold offsets[l], and
/// nothing for kNothing. Requires: offsets.size() <= size <= 64.
[[nodiscard]] inline Gather plan_gather(const std::vector<std::ptrdiff_t>& offsets,
                                        std::size_t size) {
  Gather gather;
  gather.index.resize(size);
  std::vector<std::size_t> lanes;
  for (std::size_t l = 0; l < offsets.size(); ++l) {
    if (offsets[l] != kNothing) lanes.push_back(l);
  }
  std::ranges::sort(lanes, {}, [&](std::size_t l) { return offsets[l]; });
  for (const std::size_t l : lanes) {
    if (gather.loads.empty() ||
        offsets[l] >= gather.loads.back().offset + static_cast<std::ptrdiff_t>(size)) {
      gather.loads.push_back({offsets[l], 0});
    }
    Load& load = gather.loads.back();
    load.lanes |= std::uint64_t{1} << l;
    gather.index[l] = static_cast<std::uint8_t>(offsets[l] - load.offset);
  }
  // Loads that keep within one cache line cost half.
  for (Load& load : gather.loads) {
    const auto line = static_cast<std::ptrdiff_t>(size);
    const std::ptrdiff_t early = ((load.offset % line) + line) % line;
    std::ptrdiff_t last = 0;
    for (const std::size_t l : lanes) {
      if ((load.lanes >> l & 1) != 0) last = std::max<std::ptrdiff_t>(last, gather.index[l]);
    }
    if (last + early >= line) continue;
    load.offset -= early;
    for (const std::size_t l : lanes) {
      if ((load.lanes >> l & 1) != 0)
        gather.index[l] = static_cast<std::uint8_t>(gather.index[l] + early);
    }
  }
  return gather;
}

}  // namespace colcomb::inference
