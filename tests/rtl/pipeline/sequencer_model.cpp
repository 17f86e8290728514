#include <fmt/format.h>

#include <algorithm>

#include "colcomb/base/random.hpp"
#include "colcomb/rtl/pipeline_loads.hpp"
#include "colcomb/simulation/machine/sequencer.hpp"
#include "tests/rtl/blocks/machine_program.hpp"
#include "tests/rtl/pipeline/pipeline_blocks.hpp"
#include "tests/rtl/pipeline/random_pipeline.hpp"
#include "tests/rtl/pipeline/ring_tokens.hpp"

namespace colcomb::tests {
namespace {

using simulation::machine::Sequencer;

constexpr std::uint64_t kImages = 3;

/// A random pipeline's layer, which is told of pixels in front and of places behind at random.
class SequencerModel : public BlockModel {
 public:
  SequencerModel(const Parameters& parameters, std::uint64_t seed)
      : random_(seed),
        stage_number_(parameters.at("stage")),
        drawn_(random_pipeline(parameters.at("pipeline"))),
        pipeline_(tiling::compile_pipeline(drawn_.network, drawn_.config)),
        hardware_(rtl::pipeline_hardware(pipeline_, kImages, "random")),
        tokens_(hardware(), output_ring(pipeline_, stage_number_)),
        sequencer_(stage(), hardware().rooms),
        freed_(hardware().rooms.size()) {
    for (rtl::PipelineLoad& load : rtl::pipeline_loads(pipeline_, hardware_)) {
      if (load.stage == stage_number_ && load.memory <= kRecords) loads_.push_back(std::move(load));
    }
  }

  std::vector<Wire> inputs() const override {
    const std::size_t counters = behind() * bits();
    return {{"load_tile", 1},
            {"load_layer", 1},
            {"load_input_box", 1},
            {"load_residual_box", 1},
            {"load_record", record_bits()},
            {"start", 1},
            {"enabled", 1},
            {"input_pixel", 1},
            {"residual_pixel", 1},
            {"freed", counters},
            {"rooms", counters}};
  }
  std::vector<Wire> outputs() const override {
    return {{"input_freed", bits()},
            {"residual_freed", bits()},
            {"column_valid", 1},
            {"column_token", tokens_.bundles().column.bits()},
            {"row_valid", 1},
            {"row_token", tokens_.bundles().row.bits()},
            {"result_token", tokens_.bundles().result.bits()}};
  }
  std::string where() const override {
    return fmt::format("{}, clock {}", stage().program.layers.front().name, clock_);
  }

  void clock(WireValues& in, WireValues& out) override {
    const bool loads = clock_ < loads_.size();
    for (std::uint32_t memory = 1; memory <= kRecords; ++memory)
      in.put(loads && loads_[clock_].memory == memory);
    put_bits(in, loads ? loads_[clock_].word : rtl::Bits{}, record_bits());
    const std::size_t start = loads_.size() + random_gap_;
    in.put(clock_ == start);
    const bool enabled = clock_ > start + random_gap_;
    in.put(enabled);
    if (random_.below(200) == 0) {
      // From faster than words to much slower than them.
      const std::uint64_t most = 4 * stage().program.schedule.tiles.front().interval + 8;
      for (std::uint64_t* pace : {&input_pace_, &residual_pace_, &behind_pace_})
        *pace = random_.below(3) * random_.below(most);
    }
    in.put(more(enabled, input_, sequencer_.out().input_freed, stage().input.pixels, input_pace_));
    in.put(stage().residual && more(enabled, residual_, sequencer_.out().residual_freed,
                                    stage().residual->pixels, residual_pace_));
    for (std::uint64_t& freed : freed_) {
      if (random_.below(behind_pace_ + 1) == 0)
        freed = std::min(taken_, freed + 1 + random_.below(2));
    }
    for (std::size_t b = 0; b < behind(); ++b) in.put(b < freed_.size() ? freed_[b] : 0, bits());
    for (std::size_t b = 0; b < behind(); ++b)
      in.put(b < freed_.size() ? hardware().rooms[b] : 1, bits());
    sequencer_.compute({input_, residual_, enabled, &freed_});
    sequencer_.commit();
    const Sequencer::Out& found = sequencer_.out();
    if (found.column.valid && takes(found.column)) ++taken_;
    out.put(found.input_freed, bits());
    out.put(stage().residual ? found.residual_freed : 0, bits());
    out.put(found.column.valid);
    put_values(out, tokens_.column(found.column), found.column.valid);
    out.put(found.row.valid);
    put_values(out, tokens_.row(found.row), found.row.valid);
    put_values(out, tokens_.result(found.row), found.row.valid);
    ++clock_;
  }

 private:
  static constexpr std::uint32_t kRecords = 4;

  [[nodiscard]] const tiling::Stage& stage() const { return pipeline_.stages[stage_number_]; }
  [[nodiscard]] const rtl::StageHardware& hardware() const {
    return hardware_.stages[stage_number_];
  }
  [[nodiscard]] std::size_t bits() const { return hardware_.counter_bits; }
  [[nodiscard]] std::size_t behind() const {
    return std::max<std::size_t>(1, hardware().rooms.size());
  }
  [[nodiscard]] std::size_t record_bits() const {
    std::size_t most = 0;
    for (const rtl::PipelineLoad& load : loads_) most = std::max(most, load.word.size());
    return most;
  }
  /// Whether the word completes what takes a place behind.
  [[nodiscard]] bool takes(const simulation::machine::WordToken& word) const {
    const LayerSetup& layer = stage().program.layers.front();
    if (!word.completes || layer.role == LayerRole::kClassifier) return false;
    return layer.role != LayerRole::kPooled || word.pixel + 1 == layer.words().outputs();
  }
  /// One pixel more in front, if there is room and it comes now.
  bool more(bool enabled, std::uint64_t& pixels, std::uint64_t freed, std::uint64_t room,
            std::uint64_t pace) {
    if (!enabled || pixels >= freed + room || random_.below(pace + 1) != 0) return false;
    ++pixels;
    return true;
  }

  Random random_;
  std::size_t stage_number_;
  RandomPipeline drawn_;
  tiling::Pipeline pipeline_;
  rtl::PipelineHardware hardware_;
  RingTokens tokens_;
  Sequencer sequencer_;
  std::vector<rtl::PipelineLoad> loads_;
  std::size_t random_gap_ = 2 + random_.below(5);
  std::size_t clock_ = 0;
  std::uint64_t input_ = 0;
  std::uint64_t residual_ = 0;
  std::uint64_t taken_ = 0;
  std::vector<std::uint64_t> freed_;
  std::uint64_t input_pace_ = 0;
  std::uint64_t residual_pace_ = 0;
  std::uint64_t behind_pace_ = 0;
};

}  // namespace

Parameters pipeline_parameters(const std::string& module, const Parameters& line) {
  const RandomPipeline drawn = random_pipeline(line.at("pipeline"));
  const tiling::Pipeline pipeline = tiling::compile_pipeline(drawn.network, drawn.config);
  const rtl::PipelineHardware hardware = rtl::pipeline_hardware(pipeline, kImages, "random");
  Parameters parameters;
  if (module == "sa_image_reader") {
    for (const auto& [name, value] : hardware.reader)
      parameters[name] = static_cast<std::uint32_t>(value);
    return parameters;
  }
  const rtl::StageHardware& stage = hardware.stages[line.at("stage")];
  const rtl::MachineParameters& p = stage.path;
  for (const auto& [name, value] : stage.parameters) {
    for (const char* own : {"Rows", "Columns", "Behind", "InputRing", "ResidualRing", "OutputRing",
                            "Windows", "AddressBits", "CoordBits", "SideBits", "WordBits",
                            "WaitBits", "CounterBits", "PixelBits", "ColumnBits", "KernelBits"}) {
      if (name == own) parameters[name] = static_cast<std::uint32_t>(value);
    }
  }
  parameters.merge(Parameters{{"Interval", p.Interval},
                              {"Adds", pipeline.stages[line.at("stage")].residual ? 1 : 0},
                              {"RowBits", p.RowBits},
                              {"ReadClockBits", p.ReadClockBits},
                              {"LineBits", p.LineBits},
                              {"RowTileBits", p.RowTileBits},
                              {"TableBits", p.TableBits},
                              {"WriteLineBits", p.WriteLineBits},
                              {"WriteClockBits", p.WriteClockBits},
                              {"PoolEntryBits", p.PoolEntryBits}});
  return parameters;
}

std::unique_ptr<BlockModel> make_sequencer(const Parameters& parameters, std::uint64_t seed) {
  return std::make_unique<SequencerModel>(parameters, seed);
}

}  // namespace colcomb::tests
