#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/simulation/exact/probe.hpp"

namespace colcomb::simulation::machine {

/// External memory and the channel to it: moves one DRAM word per clock for the tiles in their
/// order, first the outputs of earlier tiles, then, the latency later, what a tile reads.
class MemoryChannel {
 public:
  struct In {
    std::uint64_t ended = 0;               // of the controller
    std::uint64_t done = 0;                // of the output crossbar
    const std::uint8_t* output = nullptr;  // read port of the output buffer's bank that was asked
                                           // two clocks ago; null: none was
  };
  struct Out {
    std::uint64_t fetched = 0;  // tiles whose transfers are complete
    // A DRAM word for a buffer; its bytes are word().
    bool write = false;
    TransferKind kind = TransferKind::kWeights;
    std::uint64_t address = 0;  // in the bank
    std::uint32_t bank_begin = 0;
    std::uint32_t banks = 0;
    // A read of the output buffer.
    bool read = false;
    std::uint32_t bus = 0;
    std::uint64_t read_address = 0;
  };
  struct Moved {
    std::uint64_t read = 0;
    std::uint64_t written = 0;
  };

  /// `batches`: batches of images in `images`, which are those of the memory map, one batch after
  /// the other; later batches repeat the last.
  MemoryChannel(const TileProgram& program, std::span<const std::uint8_t> images);

  void compute(const In& in);
  void commit();
  [[nodiscard]] const Out& out() const { return now_.out; }
  [[nodiscard]] std::span<const std::uint8_t> word() const { return now_word_; }

  /// Bytes read so far for an executed tile, and written of its outputs.
  [[nodiscard]] Moved moved(std::uint64_t tile) const;
  /// A batch's logits as they lie in DRAM: classes x batch.
  [[nodiscard]] std::vector<std::int32_t> logits(std::uint64_t batch) const;
  /// Whether nothing of the first `tiles` tiles' outputs is still to be written.
  [[nodiscard]] bool written(std::uint64_t tiles) const {
    return now_.unwritten >= tiles && !now_.arriving[0].valid && !now_.arriving[1].valid;
  }
  void observe(AccessProbe* probe) { probe_ = probe; }

 private:
  /// A word on its way from the output buffer to DRAM.
  struct Arriving {
    bool valid = false;
    std::uint64_t dram = 0;
    std::uint32_t skip = 0;
    std::uint32_t bytes = 0;
  };
  enum class Phase : std::uint8_t { kWaiting, kWriting, kLatency, kReading };
  struct State {
    Out out;
    Phase phase = Phase::kWaiting;
    std::uint64_t tile = 0;       // executed tile whose transfers are next or at work
    std::uint64_t unwritten = 0;  // first executed tile whose outputs are not written
    std::uint64_t write_end = 0;  // outputs of tiles before this one go first
    std::uint32_t transfer = 0;   // in the group at work
    std::uint64_t word = 0;       // in the transfer
    std::uint64_t left = 0;       // clocks of the latency
    bool input_turn = false;
    bool residual_turn = false;
    bool output_turn = false;
    std::array<Arriving, 2> arriving;
  };

  [[nodiscard]] const TileSetup& setup(std::uint64_t tile) const {
    return program_.tiles[tile % program_.tiles.size()];
  }
  [[nodiscard]] std::span<const Transfer> reads(std::uint64_t tile) const;
  [[nodiscard]] std::span<const Transfer> initial(std::uint64_t tile) const;
  [[nodiscard]] std::size_t read_count(std::uint64_t tile) const;
  [[nodiscard]] const Transfer& read_transfer(std::uint64_t tile, std::size_t index) const;
  [[nodiscard]] std::uint64_t write_end(std::uint64_t tile) const;
  void skip_written(State& state, std::uint64_t end) const;
  [[nodiscard]] Moved& moved_of(std::uint64_t tile);
  [[nodiscard]] bool may_start(const In& in) const;
  void skip_empty();
  void begin_tile();
  void begin_reads();
  void finish_tile();
  void move_write();
  void move_read();
  void store(const Arriving& arriving, const std::uint8_t* bytes);
  [[nodiscard]] std::uint64_t place(const Transfer& transfer, std::uint64_t tile) const;
  [[nodiscard]] std::uint64_t batch_address(std::uint64_t address) const;

  const TileProgram& program_;
  std::vector<std::uint8_t> dram_;
  std::uint64_t batches_;
  std::size_t width_;
  State now_;
  State next_;
  std::vector<std::uint8_t> now_word_;
  std::vector<std::uint8_t> next_word_;
  std::vector<Moved> moved_;                       // per executed tile
  std::vector<std::vector<std::uint8_t>> logits_;  // per batch
  AccessProbe* probe_ = nullptr;
};

}  // namespace colcomb::simulation::machine
