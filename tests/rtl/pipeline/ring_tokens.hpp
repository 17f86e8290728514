#pragma once

#include <cstdint>

#include "colcomb/rtl/bundles.hpp"
#include "colcomb/rtl/pipeline_hardware.hpp"
#include "colcomb/rtl/program_index.hpp"
#include "colcomb/rtl/word_tokens.hpp"
#include "colcomb/simulation/machine/word_token.hpp"

namespace colcomb::tests {

/// What a layer's sequencer gives the blocks with a word: the tokens of rtl::WordTokens, with
/// places in rings.
class RingTokens {
 public:
  /// `output_ring`: pixels of the line buffer behind. `stage` must outlive the object.
  RingTokens(const rtl::StageHardware& stage, std::uint64_t output_ring);

  [[nodiscard]] const rtl::Bundles& bundles() const { return bundles_; }
  [[nodiscard]] rtl::Values column(const simulation::machine::WordToken& token) const;
  [[nodiscard]] rtl::Values row(const simulation::machine::WordToken& token) const;
  [[nodiscard]] rtl::Values result(const simulation::machine::WordToken& token) const;

 private:
  [[nodiscard]] const LayerSetup& layer() const { return stage_.program.layers.front(); }
  [[nodiscard]] std::int64_t words(const simulation::machine::WordToken& token) const;

  const rtl::StageHardware& stage_;
  std::uint64_t output_ring_;
  rtl::Bundles bundles_;
  rtl::ProgramIndex index_;
  rtl::WordTokens tokens_;
};

/// Pixels of the line buffer behind layer `index`; 1 behind the last.
[[nodiscard]] std::uint64_t output_ring(const tiling::Pipeline& pipeline, std::size_t index);

}  // namespace colcomb::tests
