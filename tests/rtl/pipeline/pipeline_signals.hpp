#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "colcomb/rtl/pipeline_hardware.hpp"
#include "colcomb/simulation/machine/pipeline_machine.hpp"
#include "tests/rtl/blocks/block_model.hpp"
#include "tests/rtl/pipeline/ring_tokens.hpp"

namespace colcomb::tests {

/// A signal in the top that rtl::pipeline_top writes.
struct Signal {
  std::string block;  // for who finds a difference: the image reader, or a layer
  std::string path;   // in the top, e.g. u_stage_0.column_token
  std::size_t bits = 1;
};

/// What the blocks of a pipeline show clock by clock, under the names of the RTL.
class PipelineSignals {
 public:
  /// The arguments must outlive the object.
  PipelineSignals(const tiling::Pipeline& pipeline, const rtl::PipelineHardware& hardware);

  [[nodiscard]] std::vector<Signal> signals() const;
  /// Their values in this clock, in that order. Clocks come one after the other.
  void put(const simulation::machine::PipelineMachine& machine, WireValues& values);

 private:
  using Machine = simulation::machine::PipelineMachine;
  using StageMachine = simulation::machine::StageMachine;

  void put_reader(const Machine& machine, WireValues& values);
  void put_lines(const TileProgram& program, const simulation::machine::OutputCrossbar& crossbar,
                 std::size_t behind, std::uint32_t ports, WireValues& values);
  void put_reads(const StageMachine& stage, const rtl::StageHardware& hardware,
                 WireValues& values) const;
  void put_residuals(const Machine& machine, std::size_t index, WireValues& values) const;
  void put_logits(const StageMachine& stage, const rtl::StageHardware& hardware,
                  WireValues& values) const;
  [[nodiscard]] std::size_t fifo_count_bits() const;

  const tiling::Pipeline& pipeline_;
  const rtl::PipelineHardware& hardware_;
  std::deque<RingTokens> tokens_;      // per stage
  std::vector<std::uint64_t> pixels_;  // per line buffer: pixels that could be read a clock before
};

}  // namespace colcomb::tests
