#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace colcomb {

/// Something that took the clocks [begin, end) on one track.
struct TimelineSlice {
  std::size_t track = 0;                                       // which of the tracks
  std::string name;                                            // what happens
  std::uint64_t begin = 0;                                     // clock of its begin
  std::uint64_t end = 0;                                       // clock behind its end
  std::vector<std::pair<std::string, std::uint64_t>> details;  // names and numbers to show with it

  bool operator==(const TimelineSlice&) const = default;
};

/// A run as it looks on a time axis: slices of one track never overlap.
struct Timeline {
  double clock_mhz = 0;               // of the array
  std::vector<std::string> tracks;    // names of the blocks, from top to bottom
  std::vector<TimelineSlice> slices;  // track by track, each in the order of time
};

}  // namespace colcomb
