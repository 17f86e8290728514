#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace colcomb {

/// What a network costs on an array.
struct ArrayCost {
  std::uint64_t tiles = 0;       // weight tiles of all layers
  std::uint64_t interval = 0;    // clocks from batch to batch
  double frames_per_second = 0;  // at the array's clock

  bool operator==(const ArrayCost&) const = default;
};

/// A change and what the network would cost with it, all else the same.
struct Suggestion {
  std::string kind;    // groups, width, alpha or array
  std::string change;  // e.g. "block2.layer1: 12 -> 32 groups"
  ArrayCost cost;      // with the suggestion followed

  bool operator==(const Suggestion&) const = default;
};

/// What would be free or cheap on an array.
struct SuggestionReport {
  std::string array;  // its name
  ArrayCost now;      // with the groups that the network has
  ArrayCost fitted;   // with the most that cost no more; width, alpha and array are compared to it
  std::vector<Suggestion> suggestions;  // what could be changed
};

}  // namespace colcomb
