#include <algorithm>
#include <utility>
#include <vector>

#include "colcomb/base/check.hpp"
#include "colcomb/semantics/reshape.hpp"
#include "colcomb/simulation/exact/empty_values.hpp"
#include "colcomb/simulation/exact/exact_run.hpp"
#include "colcomb/simulation/machine/pipeline_machine.hpp"
#include "colcomb/simulation/machine/value_keeper.hpp"
#include "colcomb/simulation/parts.hpp"
#include "colcomb/simulation/pipeline_dram_run.hpp"
#include "colcomb/tiling/pipeline_clocks.hpp"

namespace colcomb::simulation {
namespace {

/// Records the logits of the run's images.
class Logits : public Probe {
 public:
  Logits(std::size_t layer, std::uint64_t images, std::vector<PipelineLogit>& logits)
      : layer_(layer), images_(images), logits_(logits) {}

  void value(const ValueWrite& write) override {
    if (write.layer != layer_ || write.pooled || write.image >= images_) return;
    logits_.push_back(
        {write.clock, write.image, write.filter, static_cast<std::int32_t>(write.value)});
  }

 private:
  std::size_t layer_;
  std::uint64_t images_;
  std::vector<PipelineLogit>& logits_;
};

}  // namespace

std::vector<std::uint8_t> machine::images_by_pixel(const tiling::Pipeline& pipeline,
                                                   const InputDescription& input,
                                                   std::span<const std::uint8_t> images) {
  std::vector<std::uint8_t> result;
  for (std::size_t begin = 0; begin < images.size(); begin += input.size()) {
    const auto map = semantics::reshape_image(images.subspan(begin, input.size()), input);
    const std::size_t at = result.size();
    result.resize(at + pipeline.image_bytes());
    for (std::size_t channel = 0; channel < map.channels; ++channel) {
      for (std::size_t pixel = 0; pixel < map.pixels(); ++pixel)
        result[at + pixel * map.channels + channel] = map.plane(channel)[pixel];
    }
  }
  return result;
}

namespace {

CycleCount cycles_of(const machine::StageMachine& stage, std::uint64_t zero, std::uint64_t end) {
  const std::uint64_t interval = stage.stage().program.array.word_interval();
  const machine::StageMachine::Words& words = stage.words();
  return {.compute = interval * words.words,
          .fill = words.first - zero,
          .drain = end - (words.last - zero + interval),
          .weight_load = 0,
          .stall = words.late};
}

}  // namespace

PipelineRun run_pipeline_with_dram(const QuantizedNetwork& network, const ArrayConfig& config,
                                   std::span<const std::uint8_t> images) {
  PipelineRun run;
  const InputDescription& input = network.description.input;
  Logits logits(network.layer_count() - 1, images.size() / input.size(), run.logits);
  ExactOptions options;
  options.probe = &logits;
  run.simulation = run_pipelined(network, config, images, options);
  run.images = machine::images_by_pixel(tiling::compile_pipeline(network, config), input, images);
  return run;
}

Simulation run_pipelined(const QuantizedNetwork& network, const ArrayConfig& config,
                         std::span<const std::uint8_t> images, const ExactOptions& options) {
  const tiling::Pipeline pipeline = tiling::compile_pipeline(network, config);
  const InputDescription& input = network.description.input;
  const std::uint64_t count = images.size() / input.size();
  COLCOMB_CHECK(count > 0, "there are images");
  machine::ValueKeeper keeper(empty_values(network, count), options.probe);
  const std::vector<std::uint8_t> memory = machine::images_by_pixel(pipeline, input, images);
  machine::PipelineMachine machine(
      pipeline, memory, {.plain = options.plain, .probe = &keeper, .shuffle = options.shuffle});
  machine.run();
  Simulation simulation;
  SimulationResult& result = simulation.result;
  result = describe_pipelined(network, pipeline);
  result.images = count;
  result.configuration = machine.configuration();
  // As many images as it takes until everything repeats are too many for this engine.
  result.interval = tiling::steady_interval(pipeline);
  result.latency = machine.image_end(0);
  const std::uint64_t end = machine.image_end(count - 1);
  for (std::size_t layer = 0; layer < network.layer_count(); ++layer) {
    machine::StageMachine& stage = machine.stages()[layer];
    result.layers[layer].cycles = cycles_of(stage, machine.configuration(), end);
    result.layers[layer].activity = stage.activity();
  }
  complete_pipelined(result, pipeline);
  simulation.values = std::move(keeper.values());
  return simulation;
}

}  // namespace colcomb::simulation
