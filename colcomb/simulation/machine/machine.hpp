#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/base/random.hpp"
#include "colcomb/simulation/exact/probe.hpp"
#include "colcomb/simulation/machine/buffer.hpp"
#include "colcomb/simulation/machine/controller.hpp"
#include "colcomb/simulation/machine/datapath.hpp"
#include "colcomb/simulation/machine/memory_channel.hpp"
#include "colcomb/simulation/machine/signal_sink.hpp"
#include "colcomb/simulation/machine/tile_record.hpp"

namespace colcomb::simulation::machine {

struct MachineOptions {
  bool plain = false;      // the plain array of cells
  Probe* probe = nullptr;  // may be null
  /// Not 0: the blocks compute, and commit, in an order drawn anew for each clock from this seed.
  /// Nothing may depend on it.
  std::uint64_t shuffle = 0;
};

/// One array that takes batch after batch through the network, layer after layer, as the tile
/// program says: the blocks of docs/reference/cycle-model.md and the wires between them. Each clock
/// every block computes its next registers from the registers that the others show, then all
/// commit.
class Machine {
 public:
  /// `program` must outlive the object. `images`: whole batches as the program's memory map has
  /// them.
  Machine(const TileProgram& program, std::span<const std::uint8_t> images,
          const MachineOptions& options);
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;

  /// Runs until the results of the first `batches` batches are written, logits to DRAM included.
  void run_batches(std::uint64_t batches);
  /// One clock.
  void step();

  /// Weights other than 0 in a tile's weight image.
  [[nodiscard]] std::uint64_t nonzeros(std::uint32_t tile) const { return nonzeros_[tile]; }
  [[nodiscard]] const TileRecord& record(std::uint64_t executed) const {
    return records_[executed];
  }
  [[nodiscard]] const MemoryChannel& memory() const { return memory_; }
  [[nodiscard]] const Datapath& path() const { return path_; }
  /// What the blocks outside show the datapath.
  [[nodiscard]] const Datapath::In& wires() const { return wires_; }
  [[nodiscard]] const Controller& controller() const { return controller_; }
  [[nodiscard]] const Buffer& output_buffer() const { return output_; }
  [[nodiscard]] std::uint64_t clock() const { return clock_; }
  /// The outputs of all blocks but the cells as they stand in this clock, in an order that depends
  /// on the program alone.
  void show_signals(SignalSink& sink) const;

 private:
  /// Blocks beside those of the datapath, which are numbered behind them.
  enum Block : std::uint8_t {
    kController,
    kMemory,
    kDataBuffer,
    kInputBuffer,
    kWeightBuffer,
    kPartialSums,
    kResiduals,
    kResidualInputs,
    kOutputBuffer,
    kPoolingBuffer,
    kBlocks
  };

  void compute(std::uint8_t block);
  void commit(std::uint8_t block);
  void drive_data_buffer();
  void drive_input_buffer();
  void drive_row_buffers(Block block);
  void drive_weight_buffer();
  void drive_output_buffer();
  void watch();
  void watch_output(const RowOutput::Out& out, std::size_t row);
  void tell(const WordToken& token, std::size_t row, bool pooled, std::int64_t value);
  [[nodiscard]] TileRecord& record_of(std::uint64_t executed) {
    while (records_.size() <= executed) records_.emplace_back();
    return records_[executed];
  }
  [[nodiscard]] TileRecord& record_of(std::uint64_t batch, std::uint32_t tile) {
    return record_of(batch * program_.tiles.size() + tile);
  }

  const TileProgram& program_;
  Probe* probe_;
  Controller controller_;
  MemoryChannel memory_;
  Datapath path_;
  Buffer data_;
  Buffer input_;
  Buffer weights_;
  Buffer partial_sums_;
  Buffer residuals_;
  Buffer residual_inputs_;
  Buffer output_;
  Buffer line_buffer_;
  Datapath::In wires_;
  bool has_residuals_;  // in any layer

  std::uint32_t output_bus_ = 0;         // whose port of the output buffer shows a word
  bool output_asked_ = false;            // that the memory channel asked for
  std::vector<std::uint64_t> nonzeros_;  // per tile, as its weight image has them
  std::deque<TileRecord> records_;       // per executed tile
  std::uint64_t clock_ = 0;
  std::array<std::uint8_t, std::size_t{kBlocks} + Datapath::kBlocks> order_{};
  std::unique_ptr<Random> random_;
  // What has been watched so far.
  std::uint64_t fetched_ = 0;
  std::uint64_t done_ = 0;
  std::uint64_t loads_ = 0;
  std::uint64_t lines_left_ = 0;    // weight-load cycles of the last of them
  std::deque<WordToken> entering_;  // words on their way to cell (0, 0)
};

}  // namespace colcomb::simulation::machine
