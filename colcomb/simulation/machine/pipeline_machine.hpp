#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "colcomb/base/random.hpp"
#include "colcomb/simulation/exact/probe.hpp"
#include "colcomb/simulation/machine/image_reader.hpp"
#include "colcomb/simulation/machine/output_crossbar.hpp"
#include "colcomb/simulation/machine/signal_sink.hpp"
#include "colcomb/simulation/machine/stage_machine.hpp"
#include "colcomb/tiling/pipeline.hpp"

namespace colcomb::simulation::machine {

/// The images as they lie in DRAM: pixel by pixel, a pixel's channels side by side, each image from
/// a burst on. `images`: raw ones, one after the other.
[[nodiscard]] std::vector<std::uint8_t> images_by_pixel(const tiling::Pipeline& pipeline,
                                                        const InputDescription& input,
                                                        std::span<const std::uint8_t> images);

/// An array for every layer, line buffers between them, and the image reader in front (paper,
/// section 3.6): docs/reference/cycle-model.md, "Cross-layer pipelining". Each clock every block
/// computes its next registers from the registers that the others show, then all commit.
class PipelineMachine {
 public:
  struct Options {
    bool plain = false;         // the plain array of cells
    Probe* probe = nullptr;     // may be null
    std::uint64_t shuffle = 0;  // as MachineOptions::shuffle
  };

  /// `images`: as they lie in DRAM, pipeline.image_bytes() each. The arguments must outlive the
  /// object.
  PipelineMachine(const tiling::Pipeline& pipeline, std::span<const std::uint8_t> images,
                  const Options& options);
  PipelineMachine(const PipelineMachine&) = delete;
  PipelineMachine& operator=(const PipelineMachine&) = delete;

  /// Loads the arrays and runs until all results of all images are out.
  void run();

  /// Clocks in which the arrays are loaded, before clock 0 of the run.
  [[nodiscard]] std::uint64_t configuration() const { return zero_; }
  /// First clock of the run after all of an image's results.
  [[nodiscard]] std::uint64_t image_end(std::uint64_t image) const;
  [[nodiscard]] const ImageReader& reader() const { return reader_; }
  [[nodiscard]] const OutputCrossbar& reader_crossbar() const { return reader_crossbar_; }
  [[nodiscard]] std::deque<StageMachine>& stages() { return stages_; }
  [[nodiscard]] const std::deque<StageMachine>& stages() const { return stages_; }
  /// The outputs of all blocks but the cells as they stand in this clock, in an order that depends
  /// on the pipeline alone.
  void show_signals(SignalSink& sink) const;

 private:
  /// Blocks in front of the stages'.
  enum Block : std::uint8_t { kReader, kReaderCrossbar, kBlocks };
  struct Turn {
    std::size_t stage;  // 0: the blocks above
    std::uint8_t block;
  };

  void step();
  void wire();
  void compute(const Turn& turn);
  void commit(const Turn& turn);
  void watch();
  void tell(std::size_t stage, const WordToken& token, std::size_t row, bool pooled,
            std::int64_t value) const;
  [[nodiscard]] bool all_done() const;

  const tiling::Pipeline& pipeline_;
  std::uint64_t images_;
  Probe* probe_;
  ImageReader reader_;
  OutputCrossbar reader_crossbar_;
  std::deque<StageMachine> stages_;
  // Wires between the stages, as the registers show them in this clock.
  struct Wires {
    StageMachine::In in;
    std::vector<std::uint64_t> freed;
    std::vector<StageMachine::Write> lines;
    std::vector<StageMachine::Write> residuals;
  };
  std::vector<Wires> wires_;
  std::vector<std::uint64_t> loaded_;  // per stage: the clock since when its weight buffer is full
  std::uint64_t zero_ = 0;
  std::uint64_t clock_ = 0;
  std::vector<Turn> order_;
  std::unique_ptr<Random> random_;
};

}  // namespace colcomb::simulation::machine
