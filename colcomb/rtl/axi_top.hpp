#pragma once

#include <cstddef>
#include <string>

#include "colcomb/rtl/folder_numbers.hpp"

namespace colcomb::rtl {

/// machine_axi.sv: the machine with an external memory of `dram_words` words on the chip, registers
/// behind AXI4-Lite, program and memory behind AXI4-Stream (docs/reference/rtl-machine.md,
/// "Streams"). `name`: of the program, for people.
[[nodiscard]] std::string axi_top(const FolderNumbers& numbers, const MemoryImages& images,
                                  std::size_t dram_words, const std::string& name);

}  // namespace colcomb::rtl
