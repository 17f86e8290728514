#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace colcomb {

/// Something that took the clocks [begin, end) on one track.
struct TimelineSlice {
  std::size_t track = 0;
  std::string name;
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::vector<std::pair<std::string, std::uint64_t>> details;

  bool operator==(const TimelineSlice&) const = default;
};

/// A run as it looks on a time axis: slices of one track never overlap.
struct Timeline {
  double clock_mhz = 0;
  std::vector<std::string> tracks;
  std::vector<TimelineSlice> slices;  // track by track, each in the order of time
};

}  // namespace colcomb
