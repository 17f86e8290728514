#pragma once

#include <cstddef>
#include <cstdint>

#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/rtl/bundles.hpp"
#include "colcomb/rtl/program_index.hpp"

namespace colcomb::rtl {

/// A word that the controller sends, as counted within its tile and its batch.
struct Word {
  bool first = false;          // of its tile
  bool last = false;           // of its tile
  bool input_turn = false;     // slot of the input buffer
  bool residual_turn = false;  // of the residual input buffer
  bool output_turn = false;    // of the output buffer
  std::uint32_t tile = 0;      // in the program
  std::uint32_t word = 0;      // within the tile
  std::uint32_t image = 0;     // of the batch
  std::uint32_t y = 0;         // of the word (WordGrid)
  std::uint32_t x = 0;
  bool completes = false;    // an output pixel:
  std::uint32_t pixel = 0;   // its place in the output map, row-major
  std::uint32_t output = 0;  // output pixels that words of the tile before it complete
};

/// What the controller gives the blocks with a word or a weight load, from the program alone.
class WordTokens {
 public:
  /// The arguments must outlive the object.
  WordTokens(const TileProgram& program, const Bundles& bundles, const ProgramIndex& index)
      : program_(program), bundles_(bundles), index_(index) {}

  [[nodiscard]] Values column(const Word& word) const;
  [[nodiscard]] Values row(const Word& word) const;
  /// Fields that say nothing of this word are not set.
  [[nodiscard]] Values result(const Word& word) const;
  /// `turn`: slot of the weight buffer.
  [[nodiscard]] Values load(std::uint32_t tile, bool turn) const;

 private:
  const TileProgram& program_;
  const Bundles& bundles_;
  const ProgramIndex& index_;
};

/// Bytes that are added to addresses of a tile's input or residual source in odd turns.
[[nodiscard]] std::uint64_t input_slot(const TileProgram& program, std::size_t tile);
[[nodiscard]] std::uint64_t residual_slot(const TileProgram& program, std::size_t tile);
/// The same of the weight buffer, which a tile's weights take in turns of `slots`.
[[nodiscard]] std::uint64_t weight_slot(const TileProgram& program);
/// sa_row_feeder's number of a tile's residual source.
[[nodiscard]] std::uint64_t source_number(const TileSetup& setup);

}  // namespace colcomb::rtl
