#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "colcomb/rtl/machine_parameters.hpp"
#include "colcomb/rtl/memory_images.hpp"
#include "colcomb/rtl/program_loads.hpp"

namespace colcomb::rtl {

/// Sizes in the SystemVerilog files of one folder.
struct FolderNumbers {
  std::vector<std::pair<std::string, std::uint64_t>> parameters;  // of sa_machine
  std::size_t place_bits = 1;
  std::size_t index_bits = 1;
  std::size_t word_bits = 1;  // of the widest load
  std::size_t restart_bits = 1;
  std::size_t batch_bits = 1;  // that hold the number of batches

  /// Of sa_machine. Requires: it has a parameter of this name.
  [[nodiscard]] std::uint64_t value_of(std::string_view name) const;
};

[[nodiscard]] FolderNumbers folder_numbers(const MachineParameters& parameters,
                                           const std::vector<ProgramLoad>& loads,
                                           std::uint64_t batches);

/// An instance of sa_machine named u_machine up to its constant ports, without the closing
/// parenthesis: further ports may follow. `batches`: what stands for the number of batches.
[[nodiscard]] std::string machine_instance(const FolderNumbers& numbers, const MemoryImages& images,
                                           const std::string& batches);

}  // namespace colcomb::rtl
