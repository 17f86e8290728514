#pragma once

#include <cstdint>
#include <optional>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/simulation/exact/edges.hpp"
#include "colcomb/simulation/exact/tile_record.hpp"

namespace colcomb::simulation {

/// The controller: sends each word on its way when what it needs has been seen to happen. It counts
/// clocks since events and knows nothing of the closed forms.
class Sequencer {
 public:
  /// The arguments must outlive the object. `pooled_bytes`: means of one batch.
  Sequencer(const QuantizedNetwork& network, const ArrayConfig& config, TileRecords& records,
            std::uint64_t pooled_bytes);

  /// The tile whose weights start into the array in this clock.
  [[nodiscard]] std::optional<std::uint64_t> begin_load(std::uint64_t clock);
  /// The word that is sent on its way in this clock.
  [[nodiscard]] std::optional<WordToken> issue(std::uint64_t clock);
  /// A mean was written.
  void pooled(std::uint64_t clock);
  [[nodiscard]] std::uint64_t tile() const { return tile_; }

 private:
  [[nodiscard]] bool may_load(TileRecord& tile, std::uint64_t clock);
  [[nodiscard]] bool may_begin(TileRecord& tile, std::uint64_t clock);
  [[nodiscard]] bool loaded_in_time(TileRecord& tile, std::uint64_t clock);
  [[nodiscard]] bool partial_sums_in_time(TileRecord& tile, std::uint64_t clock);
  [[nodiscard]] bool layer_before_done(TileRecord& tile, std::uint64_t clock);
  [[nodiscard]] std::uint64_t load_cycles(const TileRecord& tile) const;

  const QuantizedNetwork& network_;
  const ArrayConfig& config_;
  TileRecords& records_;
  std::uint64_t pooled_bytes_;
  std::uint64_t tile_ = 0;        // whose words are sent, or next will be
  std::uint64_t word_ = 0;        // next of its words
  std::uint64_t wait_ = 0;        // clocks until the word before has passed
  std::uint64_t loading_ = 0;     // tile whose weights come next
  std::uint64_t means_ = 0;       // written so far
  std::uint64_t means_seen_ = 0;  // of those, before the present clock
  std::uint64_t mean_clock_ = 0;
};

}  // namespace colcomb::simulation
