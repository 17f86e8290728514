#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "colcomb/artifacts/tile_program.hpp"

namespace colcomb::rtl {

/// What the DRAM channel does, in order: the transfers of the tiles that read something, and those
/// that write tiles' outputs. Each list begins with an entry without a transfer, which says how far
/// the first tile is, and goes on at `restart` behind its end, batch after batch.
class TransferList {
 public:
  struct Entry {
    const Transfer* transfer = nullptr;  // of the program; null: opens the list
    std::uint32_t tile = 0;              // in the program
    bool tile_last = false;              // last transfer of its tile
    bool none = false;                   // reads, with tile_last: no further tile reads anything
    std::uint32_t next_distance = 0;     // with tile_last and of the opening entry: tiles from its
                                         // own (from tile 0) to the next one of the list
    // Reads: of its own tile.
    bool after_all = false;       // fetch_after_all
    bool before_outputs = false;  // the tile that used its slots has outputs
    // Writes: fetch_after_all of the tile behind the next one of the list, and of the one `slots`
    // behind that.
    bool next_after_one = false;
    bool next_after_slots = false;
    // Slot of the buffer: in even batches, and whether it differs in odd ones.
    std::uint64_t slot = 0;  // bytes
    bool turn = false;
    bool turn_flips = false;
  };

  /// `program` must outlive the object.
  explicit TransferList(const TileProgram& program);

  [[nodiscard]] const std::vector<Entry>& reads() const { return reads_; }
  [[nodiscard]] const std::vector<Entry>& writes() const { return writes_; }
  [[nodiscard]] std::uint32_t read_restart() const { return read_restart_; }
  [[nodiscard]] std::uint32_t write_restart() const { return 1; }

 private:
  std::vector<Entry> reads_;
  std::vector<Entry> writes_;
  std::uint32_t read_restart_ = 1;
};

/// DRAM words that a transfer moves.
[[nodiscard]] std::uint64_t transfer_words(const ArrayConfig& array, const Transfer& transfer);

}  // namespace colcomb::rtl
