#include "colcomb/simulation/pipelined.hpp"

#include "colcomb/base/check.hpp"
#include "colcomb/simulation/activity.hpp"
#include "colcomb/simulation/parts.hpp"
#include "colcomb/tiling/pipeline_clocks.hpp"

namespace colcomb::simulation {

SimulationResult count_pipelined(const QuantizedNetwork& network, const ArrayConfig& config,
                                 std::uint64_t images) {
  COLCOMB_CHECK(images > 0, "there are images");
  const tiling::Pipeline pipeline = tiling::compile_pipeline(network, config);
  SimulationResult result = describe_pipelined(network, pipeline);
  result.images = images;
  result.configuration = tiling::configuration_clocks(pipeline);
  result.interval = tiling::steady_interval(pipeline);
  tiling::PipelineClocks clocks(pipeline);
  std::uint64_t end = 0;
  for (std::uint64_t image = 0; image < images; ++image) {
    const auto latest = clocks.next();
    COLCOMB_CHECK(latest.has_value(), "the line buffers are large enough");
    end = *latest + 1;
    if (image == 0) result.latency = end;
  }
  for (std::size_t layer = 0; layer < network.layer_count(); ++layer) {
    const tiling::PipelineClocks::StageWords words = clocks.words(layer);
    const std::uint64_t interval = config.word_interval();
    result.layers[layer].cycles = {.compute = interval * words.words,
                                   .fill = words.first,
                                   .drain = end - (words.last + interval),
                                   .weight_load = 0,
                                   .stall = words.late};
    result.layers[layer].activity = pipelined_activity(network, pipeline, layer, images);
  }
  complete_pipelined(result, pipeline);
  return result;
}

}  // namespace colcomb::simulation
