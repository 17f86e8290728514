#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "colcomb/artifacts/simulation_result.hpp"
#include "colcomb/simulation/exact/probe.hpp"
#include "colcomb/simulation/machine/buffer.hpp"
#include "colcomb/simulation/machine/datapath.hpp"
#include "colcomb/simulation/machine/sequencer.hpp"
#include "colcomb/tiling/pipeline.hpp"

namespace colcomb::simulation::machine {

/// One layer of a cross-layer pipeline: its array and the blocks around it, and the line buffers in
/// front. The machine around it gives each block the wires that come from other stages.
class StageMachine {
 public:
  /// Blocks beside those of the datapath, which are numbered behind them.
  enum Block : std::uint8_t {
    kSequencer,
    kLineBuffer,
    kResidualBuffer,
    kWindowBuffer,
    kWeightBuffer,
    kBlocks
  };
  static constexpr std::uint8_t kAllBlocks =
      std::uint8_t{kBlocks} + std::uint8_t{Datapath::kBlocks};

  /// A byte for a bank of a line buffer.
  struct Write {
    std::size_t bank;
    std::uint64_t address;
    std::uint8_t byte;
  };
  struct In {
    Sequencer::In sequencer;
    std::span<const Write> lines;             // to the line buffer
    std::span<const Write> residuals;         // to the one of the map that is added
    std::span<const std::uint8_t> weights{};  // a DRAM word for the weight buffer
    std::uint64_t weight_address = 0;
    bool load = false;  // the weight buffer is full
  };

  /// `rooms`: pixels of the line buffers behind. `counted`: images of the run. The arguments must
  /// outlive the object.
  StageMachine(const tiling::Stage& stage, bool plain, std::vector<std::uint64_t> rooms,
               std::uint64_t counted);
  StageMachine(const StageMachine&) = delete;
  StageMachine& operator=(const StageMachine&) = delete;

  void compute(std::uint8_t block, const In& in);
  void commit(std::uint8_t block);
  void observe(AccessProbe* probe);

  [[nodiscard]] const tiling::Stage& stage() const { return stage_; }
  [[nodiscard]] const Datapath& path() const { return path_; }
  [[nodiscard]] const Sequencer::Out& sequencer() const { return sequencer_.out(); }
  /// What a crossbar of `program` writes in this clock to the line buffer of the stage behind it.
  static void crossbar_writes(const TileProgram& program, const OutputCrossbar& crossbar,
                              const tiling::Stage& behind, std::vector<Write>& writes);
  /// And the row buses to the residual line buffer of `reader`.
  void residual_writes(const tiling::Stage& reader, std::vector<Write>& writes) const;
  /// What all blocks but the cells show.
  void show_signals(SignalSink& sink) const;

  /// Looks at the blocks' outputs in clock `clock`.
  void watch(std::uint64_t clock);
  /// Words of the counted images, by the clock of their first bit at cell (0, 0).
  struct Words {
    std::uint64_t words = 0;
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::uint64_t late = 0;  // clocks between words beyond the word interval
  };
  [[nodiscard]] const Words& words() const { return words_; }
  /// Latest result of a counted image; nothing before it is out.
  [[nodiscard]] std::optional<std::uint64_t> image_end(std::uint64_t image) const;
  [[nodiscard]] ActivityCount& activity() { return activity_; }

 private:
  struct ImageEnd {
    std::optional<std::uint64_t> word;    // the last word's, of the last row
    std::optional<std::uint64_t> result;  // the last output pixel's, of the last filter
  };

  void drive_lines(const In& in);
  void drive_residuals(const In& in);
  void drive_weights(const In& in);
  [[nodiscard]] bool counts(std::uint64_t image) const { return image < counted_; }

  const tiling::Stage& stage_;
  std::uint64_t counted_;
  std::uint64_t nonzeros_;
  Sequencer sequencer_;
  LoadToken load_;
  bool loads_ = false;  // load_'s next value
  Datapath path_;
  Buffer lines_;
  std::optional<Buffer> residuals_;
  Buffer windows_;
  Buffer weights_;
  Datapath::In wires_;
  ActivityCount activity_;
  Words words_;
  std::deque<WordToken> entering_;  // words on their way to cell (0, 0)
  std::vector<ImageEnd> ends_;
};

}  // namespace colcomb::simulation::machine
