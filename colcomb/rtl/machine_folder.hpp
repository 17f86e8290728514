#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "colcomb/artifacts/tile_program.hpp"

namespace colcomb::rtl {

/// What the machine must do, by the simulator: the folder's test bench checks it.
struct ExpectedRun {
  /// A word that goes to the external memory.
  struct Write {
    std::uint64_t clock = 0;    // in which it is written
    std::uint64_t address = 0;  // bytes
  };
  /// A logit, as it must come out.
  struct Logit {
    std::uint64_t address = 0;  // bytes, in the external memory
    std::int32_t value = 0;     // its 32 bits, signed
  };

  std::vector<Write> writes;  // in their order
  std::vector<Logit> logits;  // of all batches, in the order they are written
};

/// A file of the folder.
struct FolderFile {
  std::string path;         // from the folder
  std::string content;      // all of it
  bool executable = false;  // whether it is a script
};

/// A machine in SystemVerilog for one program, with its memories' contents, a test bench that
/// checks itself, and scripts for Icarus Verilog, Verilator, Yosys, nextpnr and OpenSTA
/// (docs/reference/rtl-machine.md, "Folder"). The same arguments give the same files.
/// `images`: whole batches as the memory map has them, without the logits. `name`: of the program,
/// for people. Requires: the program passes validate().
/// Errors: UserError (file `name`) for a program that the RTL cannot run (machine_parameters.hpp).
[[nodiscard]] std::vector<FolderFile> machine_folder(const TileProgram& program,
                                                     std::span<const std::uint8_t> images,
                                                     const ExpectedRun& expected,
                                                     const std::string& name);

/// The SystemVerilog library in the order in which tools read it.
[[nodiscard]] std::vector<FolderFile> library_sources();
/// What a cross-layer pipeline has of it.
[[nodiscard]] std::vector<FolderFile> pipeline_library_sources();

}  // namespace colcomb::rtl
