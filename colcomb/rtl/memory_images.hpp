#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/rtl/bundle.hpp"
#include "colcomb/rtl/machine_parameters.hpp"

namespace colcomb::rtl {

/// Words of one of the machine's memories, from address 0.
struct MemoryImage {
  std::string name;         // e.g. "tile" or "line_3"
  std::size_t width = 0;    // bits of a word
  std::vector<Bits> words;  // from address 0 up
};

/// Contents of the machine's memories before clock 0, and what its modules are told of them.
/// docs/reference/rtl-machine.md has the layouts.
struct MemoryImages {
  // One each.
  MemoryImage load;
  MemoryImage tile;   // records of tiles
  MemoryImage layer;  // records of layers
  MemoryImage read;   // transfers from DRAM
  MemoryImage write;  // transfers to DRAM
  // Descriptors.
  std::vector<MemoryImage> lines;   // per column
  std::vector<MemoryImage> rows;    // per row
  std::vector<MemoryImage> keeps;   // per row
  std::vector<MemoryImage> writes;  // per bank of the data buffer
  MemoryImage tables;               // of every row bus; no words: layers have no activation tables
  // Ports of the same names.
  std::uint32_t read_restart = 0;  // record at which the reads of a batch begin
  std::uint64_t batch_bytes = 0;   // of DRAM from batch to batch
  bool two_slots = false;          // the buffers hold the weights and blocks of two tiles
};

/// Requires: the program passes validate(); `parameters` are its own, or shared with others.
[[nodiscard]] MemoryImages memory_images(const TileProgram& program,
                                         const MachineParameters& parameters);

/// Contents of the external memory before clock 0, from byte 0: weights, room for maps, and for
/// each batch its images and room for logits; rooms hold 0.
/// Requires: `images` are whole batches as the memory map has them, without the logits.
[[nodiscard]] std::vector<std::uint8_t> dram_image(const TileProgram& program,
                                                   std::span<const std::uint8_t> images);

/// The image as $readmemh reads it: a word a line.
[[nodiscard]] std::string readmemh_text(const MemoryImage& image);
/// DRAM words of `word_bytes` bytes, the first byte lowest.
[[nodiscard]] std::string readmemh_text(std::span<const std::uint8_t> bytes,
                                        std::size_t word_bytes);

}  // namespace colcomb::rtl
