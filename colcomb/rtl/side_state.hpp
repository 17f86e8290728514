#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "colcomb/artifacts/pooling_window.hpp"
#include "colcomb/rtl/bundle.hpp"
#include "colcomb/rtl/machine_parameters.hpp"

namespace colcomb::rtl {

/// Words along one side of a map (WordGrid), and the windows that end there: without pooling each
/// word is a window of its own, which has no slot.
struct WordSide {
  PoolingSide windows;
  std::size_t words = 1;
  bool pooled = false;
};
[[nodiscard]] WordSide vertical_side(const WordGrid& grid);
[[nodiscard]] WordSide horizontal_side(const WordGrid& grid);

/// Slots of windows, a bit each: window o has slot o modulo the number of slots.
struct SideSlots {
  Bits holds;   // its windows hold the word's pixel
  Bits begins;  // it is their first one in the map
  Bits ends;    // it is their last one
};
[[nodiscard]] SideSlots slots_at(const WordSide& side, std::size_t word, std::size_t slots);

/// sa_word_side's registers at a word; names begin with `prefix`.
[[nodiscard]] std::vector<Field> side_fields(const MachineParameters& parameters,
                                             const std::string& prefix);
void set_side(Values& values, const std::string& prefix, const WordSide& side, std::size_t word);

}  // namespace colcomb::rtl
