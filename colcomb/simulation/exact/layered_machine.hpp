#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/simulation/exact/blocks.hpp"
#include "colcomb/simulation/exact/memory_channel.hpp"
#include "colcomb/simulation/exact/unit.hpp"

namespace colcomb::simulation {

/// One array that takes a batch of images through all layers, one after the other, clock by clock.
/// The controller knows what has arrived, been loaded and been written; it computes no times ahead
/// but those of words already on their way.
class LayeredMachine : private Surroundings {
 public:
  /// All must outlive the machine; `program` is the network's for this array.
  LayeredMachine(const QuantizedNetwork& network, const ArrayConfig& config,
                 const TileProgram& program, std::span<const std::uint8_t> images);

  /// Runs all batches.
  void run();

  /// Per tile of the program, over all batches.
  [[nodiscard]] const std::vector<CycleCount>& cycles() const { return cycles_; }
  [[nodiscard]] const std::vector<ActivityCount>& activity() const { return activity_; }
  /// Clock after the last write of each batch's results.
  [[nodiscard]] const std::vector<std::uint64_t>& batch_ends() const { return batch_ends_; }
  [[nodiscard]] std::vector<ImageValues> values() const;

 private:
  /// A tile on its way: the program's tiles batch after batch.
  struct Execution {
    bool arrived = false;  // from memory
    bool loading = false;  // its weights have begun to enter the array
    bool begun = false;    // its words have
    bool flushed = false;  // its outputs have been written to memory, or there are none
    std::uint64_t arrived_at = 0;
    std::uint64_t loading_at = 0;
    std::uint64_t begun_at = 0;
    std::uint64_t words_begun = 0;
    std::uint64_t results_left = 0;
    std::uint64_t last_write = 0;
  };
  /// A layer of a batch.
  struct LayerProgress {
    std::uint64_t results_left = 0;
    std::uint64_t last_write = 0;
  };

  void read_data(std::uint64_t word, std::size_t column, std::uint64_t clock,
                 std::span<std::uint8_t> lines) override;
  std::uint32_t read_initial(std::uint64_t word, std::size_t row, std::uint64_t clock) override;
  void write_result(std::uint64_t word, std::size_t row, std::int32_t accumulation,
                    std::uint64_t clock) override;

  [[nodiscard]] const Tile& tile(std::size_t execution) const {
    return program_.tiles[execution % program_.tiles.size()];
  }
  [[nodiscard]] std::size_t batch(std::size_t execution) const {
    return execution / program_.tiles.size();
  }
  [[nodiscard]] bool first_of_layer(std::size_t execution) const;
  [[nodiscard]] bool waits_for_memory(std::size_t execution) const;
  [[nodiscard]] std::uint64_t words_end(std::size_t execution) const;
  [[nodiscard]] bool written(std::size_t execution) const;
  ImageStores& image_of(std::size_t execution, std::uint64_t word, std::size_t& pixel);

  void run_memory();
  [[nodiscard]] bool slot_is_free(std::size_t execution) const;
  [[nodiscard]] std::pair<std::size_t, std::size_t> outputs_before(std::size_t execution) const;
  [[nodiscard]] bool outputs_leave_before(std::size_t execution) const;
  [[nodiscard]] std::uint64_t take_bytes(std::size_t execution);
  void arrive(std::size_t execution, std::uint64_t clock);
  void run_words();
  void run_loader();
  void run_sequencer();
  [[nodiscard]] bool can_begin(std::size_t execution, std::uint64_t clock) const;
  [[nodiscard]] bool results_ready(std::size_t execution, std::uint64_t clock) const;
  void begin(std::size_t execution);
  void account();
  [[nodiscard]] bool finished() const;

  const QuantizedNetwork& network_;
  const ArrayConfig& config_;
  const TileProgram& program_;
  std::vector<ImageStores> images_;
  std::vector<Execution> executions_;
  std::vector<LayerProgress> layers_;  // batches x layers
  ArrayUnit unit_;
  MemoryChannel memory_;
  std::uint64_t clock_ = 0;
  std::uint64_t memory_time_ = 0;  // of the last arrival
  std::size_t next_arrival_ = 0;   // executions, in order
  std::size_t next_load_ = 0;
  std::size_t next_begin_ = 0;
  bool begin_follows_ = false;  // the swap has gone in: words begin in the next clock
  std::uint64_t waiting_ = 0;   // clocks since weights were ready
  Store<std::uint32_t> partial_sums_;
  std::vector<std::size_t> partial_owner_;  // execution that wrote each of them
  std::vector<CycleCount> cycles_;
  std::vector<ActivityCount> activity_;
  std::vector<std::uint64_t> batch_ends_;
};

}  // namespace colcomb::simulation
