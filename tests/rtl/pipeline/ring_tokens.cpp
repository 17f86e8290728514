#include "tests/rtl/pipeline/ring_tokens.hpp"

#include "colcomb/simulation/machine/line_rings.hpp"
#include "tests/rtl/machine/machine_model.hpp"

namespace colcomb::tests {

using simulation::machine::ring_place;
using simulation::machine::WordToken;

RingTokens::RingTokens(const rtl::StageHardware& stage, std::uint64_t output_ring)
    : stage_(stage),
      output_ring_(output_ring),
      bundles_(stage.path, true),
      index_(stage.program),
      tokens_(stage.program, bundles_, index_) {}

/// Words before it, from the run's first on.
std::int64_t RingTokens::words(const WordToken& token) const {
  return static_cast<std::int64_t>(token.batch * layer().words().words() + token.word);
}

rtl::Values RingTokens::column(const WordToken& token) const {
  rtl::Values values = tokens_.column(word_of(token));
  const std::int64_t stride = layer().stride;
  const auto image = static_cast<std::int64_t>(token.batch);
  const std::int64_t y = image * layer().in_height + token.y * stride;
  const std::int64_t pixel = y * layer().in_width + token.x * stride;
  values.set("offset", static_cast<std::uint64_t>(ring_place(pixel, stage_.rings.input)));
  return values;
}

rtl::Values RingTokens::row(const WordToken& token) const {
  rtl::Values values = tokens_.row(word_of(token));
  values.set_modulo("word", words(token));
  if (stage_.rings.residual == 0) return values;
  const std::int64_t stride = layer().residual_stride;
  const auto image = static_cast<std::int64_t>(token.batch);
  const std::int64_t y = image * layer().residual_height + token.y * stride;
  const std::int64_t pixel = y * layer().residual_width + token.x * stride;
  values.set("offset", static_cast<std::uint64_t>(ring_place(pixel, stage_.rings.residual)));
  return values;
}

rtl::Values RingTokens::result(const WordToken& token) const {
  rtl::Values values = tokens_.result(word_of(token));
  values.set("tile_last", 0);
  values.set_modulo("word", words(token));
  if (!token.completes) return values;
  const auto image = static_cast<std::int64_t>(token.batch);
  const auto outputs = static_cast<std::int64_t>(layer().words().outputs());
  const auto place = [&](std::int64_t pixel) {
    return static_cast<std::uint64_t>(ring_place(pixel, output_ring_));
  };
  const std::uint64_t in_map = place(image * outputs + token.pixel);
  values.set("data_offset", layer().role == LayerRole::kPooled ? place(image) : in_map);
  values.set("keep_offset", in_map);
  return values;
}

std::uint64_t output_ring(const tiling::Pipeline& pipeline, std::size_t index) {
  return index + 1 < pipeline.stages.size() ? pipeline.stages[index + 1].input.pixels : 1;
}

}  // namespace colcomb::tests
