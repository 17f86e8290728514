#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/simulation/exact/array_front.hpp"
#include "colcomb/simulation/exact/dram_channel.hpp"
#include "colcomb/simulation/exact/edges.hpp"
#include "colcomb/simulation/exact/pooling_block.hpp"
#include "colcomb/simulation/exact/probe.hpp"
#include "colcomb/simulation/exact/sequencer.hpp"
#include "colcomb/simulation/exact/storage.hpp"
#include "colcomb/simulation/exact/tile_record.hpp"
#include "colcomb/simulation/exact/weight_loader.hpp"
#include "colcomb/simulation/simulate.hpp"

namespace colcomb::simulation {

/// One array that takes batch after batch through the network, layer after layer: all blocks of
/// docs/reference/cycle-model.md and the wires between them.
class LayeredMachine {
 public:
  /// The arguments must outlive the object. `plain`: with the plain array of cells. `probe` may be
  /// null.
  LayeredMachine(const QuantizedNetwork& network, const ArrayConfig& config,
                 const TileProgram& program, std::span<const std::uint8_t> images, bool plain,
                 Probe* probe);
  LayeredMachine(const LayeredMachine&) = delete;
  LayeredMachine& operator=(const LayeredMachine&) = delete;

  /// Runs until all results of the first `batches` batches are written.
  void run_batches(std::uint64_t batches);
  /// Writes what these batches have left in the buffers to DRAM, outside the count of clocks.
  void write_rest(std::uint64_t batches);

  [[nodiscard]] TileRecords& records() { return records_; }
  [[nodiscard]] std::vector<semantics::ImageValues>& values() { return values_; }

 private:
  void step();
  void take_results();
  void take(const RowResult& result);
  void read_lines(const WordToken& token, std::size_t column, LineBytes& lines);
  [[nodiscard]] std::uint32_t read_accumulation(const WordToken& token, std::size_t row);
  [[nodiscard]] Matrix<std::uint64_t> weight_codes(TileRecord& tile) const;
  void keep_output(const TileRecord& tile, std::size_t filter, const WordPlace& place,
                   std::uint8_t value);
  void keep_pooled(std::size_t image, std::size_t filter, std::uint8_t mean);
  /// Tells the probe of a write to an image of the batch `write.image`.
  void tell(ValueWrite write, std::size_t image);
  [[nodiscard]] semantics::ImageValues* values_of(std::uint64_t batch, std::size_t image);

  const QuantizedNetwork& network_;
  const ArrayConfig& config_;
  ArrayShape shape_;
  TileRecords records_;
  Storage storage_;
  DramChannel dram_;
  Sequencer sequencer_;
  WeightLoader loader_;
  ShiftBlock shift_;
  WestEdge west_;
  ResultOrder order_;
  PoolingBlock pooling_;
  std::unique_ptr<ArrayFront> front_;
  std::vector<semantics::ImageValues> values_;
  Probe* probe_;
  std::uint64_t clock_ = 0;
  std::uint64_t pooled_batch_ = 0;  // batch of the means being written
  std::uint64_t pooled_count_ = 0;
};

}  // namespace colcomb::simulation
