#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/rtl/bundle.hpp"
#include "colcomb/rtl/memory_images.hpp"

namespace colcomb::rtl {

/// A word that sa_machine takes through its load port before it starts.
struct ProgramLoad {
  std::uint32_t memory = 0;  // load_memory_i
  std::size_t place = 0;     // load_place_i: column, row or bank
  std::size_t index = 0;     // load_index_i
  Bits word;                 // the lowest bits of load_word_i
};

/// All that sa_machine is loaded with, memory by memory.
[[nodiscard]] std::vector<ProgramLoad> program_loads(const MemoryImages& images);

}  // namespace colcomb::rtl
