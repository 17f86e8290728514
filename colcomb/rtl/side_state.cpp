#include "colcomb/rtl/side_state.hpp"

#include <utility>

namespace colcomb::rtl {
namespace {

WordSide side_of(const std::optional<PoolingSide>& pooling, std::size_t words, std::size_t out) {
  if (pooling) return {*pooling, words, true};
  return {{1, 1, 0, out}, words, false};
}

/// One bit, of window o's slot; none without pooling.
Bits slot_of(const WordSide& side, std::size_t o, std::size_t slots) {
  Bits bits(slots);
  bits[o % slots] = side.pooled;
  return bits;
}

}  // namespace

WordSide vertical_side(const WordGrid& grid) {
  return side_of(grid.pooling ? std::optional(grid.pooling->vertical()) : std::nullopt,
                 grid.height(), grid.out_height());
}

WordSide horizontal_side(const WordGrid& grid) {
  return side_of(grid.pooling ? std::optional(grid.pooling->horizontal()) : std::nullopt,
                 grid.width(), grid.out_width());
}

SideSlots slots_at(const WordSide& side, std::size_t word, std::size_t slots) {
  SideSlots found = {Bits(slots), Bits(slots), Bits(slots)};
  if (!side.pooled) return found;
  for (std::size_t o = side.windows.first_with(word); o < side.windows.end_with(word); ++o) {
    found.holds[o % slots] = true;
    found.begins[o % slots] = side.windows.begin(o) == word;
    found.ends[o % slots] = side.windows.last(o) == word;
  }
  return found;
}

std::vector<Field> side_fields(const MachineParameters& parameters, const std::string& prefix) {
  const std::size_t side = parameters.SideBits;
  const std::size_t slots = parameters.Windows;
  return {{prefix + "word", side},         // its number
          {prefix + "left", side},         // words behind it
          {prefix + "to_end", side},       // from it to the next word that ends a window
          {prefix + "end_left", side},     // windows that have not ended before it
          {prefix + "window", side},       // those that have
          {prefix + "to_begin", side},     // from the word behind it to the next first one
          {prefix + "begin_left", side},   // windows that begin behind it
          {prefix + "holds", slots},       // SideSlots
          {prefix + "begins", slots},      // SideSlots
          {prefix + "begin_slot", slots},  // of the window that begins next
          {prefix + "end_slot", slots}};   // of the window that ends next
}

void set_side(Values& values, const std::string& prefix, const WordSide& side, std::size_t word) {
  const PoolingSide& windows = side.windows;
  const std::size_t slots = values.bundle().fields()[values.bundle().index(prefix + "holds")].bits;
  const std::size_t ended = windows.complete_before(word);
  const std::size_t begun = windows.end_with(word);
  // Where no window is left, a counter to it says nothing.
  const std::size_t to_end = ended < windows.out ? windows.last(ended) - word : 0;
  const std::size_t to_begin = begun < windows.out ? windows.begin(begun) - word - 1 : 0;
  SideSlots at = slots_at(side, word, slots);
  values.set(prefix + "word", word);
  values.set(prefix + "left", side.words - 1 - word);
  values.set(prefix + "to_end", to_end);
  values.set(prefix + "end_left", windows.out - ended);
  values.set(prefix + "window", ended);
  values.set(prefix + "to_begin", to_begin);
  values.set(prefix + "begin_left", windows.out - begun);
  values.set_bits(prefix + "holds", std::move(at.holds));
  values.set_bits(prefix + "begins", std::move(at.begins));
  values.set_bits(prefix + "begin_slot", slot_of(side, begun, slots));
  values.set_bits(prefix + "end_slot", slot_of(side, ended, slots));
}

}  // namespace colcomb::rtl
