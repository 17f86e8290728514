#pragma once

#include <cstdint>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/simulation/exact/storage.hpp"
#include "colcomb/simulation/exact/tile_record.hpp"

namespace colcomb::simulation {

/// Moves what tiles need from DRAM and what they leave to it, in the program's order.
class DramChannel {
 public:
  /// The arguments must outlive the object.
  DramChannel(const QuantizedNetwork& network, const ArrayConfig& config, TileRecords& records,
              Storage& storage);

  /// One clock: at most bytes_per_clock bytes.
  void compute(std::uint64_t clock);

  /// Counts what the tiles before `end` have yet to leave to DRAM, after the run.
  void write_rest(std::uint64_t end);

 private:
  [[nodiscard]] bool waits_for_results(const TileRecord& tile) const;
  [[nodiscard]] std::uint64_t bytes(TileRecord& tile);
  [[nodiscard]] bool may_begin(TileRecord& tile, std::uint64_t clock);
  void finish(TileRecord& tile);
  void write_back(TileRecord& tile);

  const QuantizedNetwork& network_;
  const ArrayConfig& config_;
  TileRecords& records_;
  Storage& storage_;
  std::uint64_t next_ = 0;       // tile whose bytes move next
  std::uint64_t needed_ = 0;     // its bytes; 0: not yet added up
  std::uint64_t left_ = 0;       // bytes of it yet to move; 0: not begun
  std::uint64_t unwritten_ = 0;  // first tile whose outputs are not yet in DRAM
};

}  // namespace colcomb::simulation
