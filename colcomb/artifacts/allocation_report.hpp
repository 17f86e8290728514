#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace colcomb {

/// How many groups one layer was given, and why.
struct LayerAllocation {
  std::string name;         // the layer's
  std::size_t rows = 0;     // N filters
  std::size_t columns = 0;  // M columns before combining
  std::size_t least = 1;    // fewest groups the layer can have: ceil(M / alpha)
  std::size_t groups = 0;   // most groups it was given; M: dense
  std::size_t tiles = 0;    // weight tiles of the array: ceil(N / R) * ceil(groups / C)
  std::uint64_t cost = 0;   // what it adds to the budget's quantity above its least cost
  double retained = 1;      // importance that so many groups keep, part of the layer's, 0 to 1
  std::string reason;       // one sentence

  bool operator==(const LayerAllocation&) const = default;
};

/// The groups of a whole network on an array, and what they cost by the closed form.
struct AllocationReport {
  std::string array;                    // its name
  std::string target;                   // what was asked, e.g. "interval at most 20000 clocks"
  std::vector<LayerAllocation> layers;  // the classifier last
  std::uint64_t tiles = 0;              // of all layers
  std::uint64_t latency = 0;            // clocks of the first batch
  std::uint64_t interval = 0;           // clocks from batch to batch
  std::uint64_t macs = 0;               // cells that work for one image: N * groups * pixels
  // With a budget alone:
  std::optional<std::uint64_t> limit;  // of its quantity
  std::optional<std::uint64_t> least;  // least that is possible
  std::optional<std::uint64_t> spent;  // what these groups need of it
  std::optional<double> retained;      // importance kept, part of all, 0 to 1
  std::optional<double> bound;  // what no allocation within the budget can exceed, of the same

  bool operator==(const AllocationReport&) const = default;
};

}  // namespace colcomb
