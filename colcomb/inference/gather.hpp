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

/// The fewest loads of `size` bytes that reach every offset; lane l is to hold offsets[l], and
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
  return gather;
}

}  // namespace colcomb::inference
