#include "colcomb/simulation/machine/pipeline_machine.hpp"

#include <algorithm>
#include <utility>

#include "colcomb/simulation/exact/output_quantizer.hpp"
#include "colcomb/tiling/latencies.hpp"

namespace colcomb::simulation::machine {

PipelineMachine::PipelineMachine(const tiling::Pipeline& pipeline,
                                 std::span<const std::uint8_t> images, const Options& options)
    : pipeline_(pipeline),
      images_(images.size() / pipeline.image_bytes()),
      probe_(options.probe),
      reader_(pipeline, images),
      reader_crossbar_(pipeline.reader),
      wires_(pipeline.stages.size()) {
  for (std::uint8_t block = 0; block < kBlocks; ++block) order_.push_back({0, block});
  std::uint64_t read = pipeline.array.dram_latency;
  for (std::size_t i = 0; i < pipeline.stages.size(); ++i) {
    const tiling::Stage& stage = pipeline.stages[i];
    std::vector<std::uint64_t> rooms;
    if (i + 1 < pipeline.stages.size()) rooms.push_back(pipeline.stages[i + 1].input.pixels);
    for (const std::size_t reader : stage.readers)
      rooms.push_back(pipeline.stages[reader].residual->pixels);
    wires_[i].freed.resize(rooms.size());
    stages_.emplace_back(stage, options.plain, std::move(rooms), images_);
    for (std::uint8_t block = 0; block < StageMachine::kAllBlocks; ++block)
      order_.push_back({i + 1, block});
    read += stage.program.weights.size() / pipeline.array.dram_bytes_per_clock;
    loaded_.push_back(read);
    const ArrayConfig& array = stage.program.array;
    // The last weight-load cycle, and the swap behind it.
    const std::uint64_t ready =
        read + static_cast<std::uint64_t>(tiling::kLoadLead) + array.rows * array.load_clocks() + 1;
    zero_ = std::max(zero_, ready);
    stages_.back().activity().dram_read_bytes = stage.program.weights.size();
    stages_.back().activity().weight_load_bits = array.rows * array.columns * array.weight_bits();
  }
  stages_.front().activity().dram_read_bytes += images_ * pipeline.image_bytes();
  if (options.shuffle != 0) random_ = std::make_unique<Random>(options.shuffle);
}

void PipelineMachine::run() {
  while (!all_done()) step();
  // Counters tell of what is written in time, not of what is written.
  for (std::int64_t clock = 0; clock < tiling::kWriteLead; ++clock) step();
}

bool PipelineMachine::all_done() const {
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    if (!stages_[i].image_end(images_ - 1)) return false;
    const LayerSetup& layer = pipeline_.stages[i].program.layers.front();
    if (layer.role == LayerRole::kClassifier) continue;
    const std::uint64_t pixels = layer.role == LayerRole::kPooled ? 1 : layer.words().outputs();
    if (stages_[i].path().crossbar().out().pixels < images_ * pixels) return false;
  }
  return true;
}

std::uint64_t PipelineMachine::image_end(std::uint64_t image) const {
  std::uint64_t end = 0;
  for (const StageMachine& stage : stages_) end = std::max(end, *stage.image_end(image));
  return end + 1 - zero_;
}

void PipelineMachine::step() {
  if (clock_ == zero_ && probe_ != nullptr) {
    for (StageMachine& stage : stages_) stage.observe(probe_);
  }
  watch();
  wire();
  const auto shuffle = [this] {
    for (std::size_t i = order_.size(); i > 1; --i)
      std::swap(order_[i - 1], order_[random_->below(i)]);
  };
  if (random_) shuffle();
  for (const Turn& turn : order_) compute(turn);
  if (random_) shuffle();
  for (const Turn& turn : order_) commit(turn);
  ++clock_;
}

/// What each stage's wires from others show: registers all.
void PipelineMachine::wire() {
  const bool enabled = clock_ >= zero_;
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    Wires& wires = wires_[i];
    const tiling::Stage& stage = pipeline_.stages[i];
    std::size_t behind = 0;
    if (i + 1 < stages_.size()) wires.freed[behind++] = stages_[i + 1].sequencer().input_freed;
    for (const std::size_t reader : stage.readers) {
      wires.freed[behind++] = stages_[reader].sequencer().residual_freed;
      stages_[i].residual_writes(pipeline_.stages[reader], wires_[reader].residuals);
      wires_[reader].in.sequencer.residual = stages_[i].path().crossbar().out().pixels;
    }
    wires.in.sequencer.enabled = enabled;
    wires.in.sequencer.freed = &wires.freed;
    const TileProgram& before = i == 0 ? pipeline_.reader : pipeline_.stages[i - 1].program;
    const OutputCrossbar& crossbar = i == 0 ? reader_crossbar_ : stages_[i - 1].path().crossbar();
    wires.in.sequencer.input = crossbar.out().pixels;
    StageMachine::crossbar_writes(before, crossbar, stage, wires.lines);
    wires.in.lines = wires.lines;
    wires.in.weights = {};
    const std::uint64_t width = pipeline_.array.dram_bytes_per_clock;
    const std::uint64_t begin = loaded_[i] - stage.program.weights.size() / width;
    if (clock_ >= begin && clock_ < loaded_[i]) {
      wires.in.weight_address = (clock_ - begin) * width;
      wires.in.weights = std::span(stage.program.weights).subspan(wires.in.weight_address, width);
    }
    wires.in.load = clock_ == loaded_[i];
  }
  for (Wires& wires : wires_) wires.in.residuals = wires.residuals;
}

void PipelineMachine::compute(const Turn& turn) {
  if (turn.stage > 0) return stages_[turn.stage - 1].compute(turn.block, wires_[turn.stage - 1].in);
  if (turn.block == kReader) {
    reader_.compute({stages_.front().sequencer().input_freed, clock_ >= zero_});
  } else {
    reader_crossbar_.compute({reader_.out().bytes, &reader_.out().token});
  }
}

void PipelineMachine::commit(const Turn& turn) {
  if (turn.stage > 0) return stages_[turn.stage - 1].commit(turn.block);
  if (turn.block == kReader) {
    reader_.commit();
  } else {
    reader_crossbar_.commit();
  }
}

void PipelineMachine::watch() {
  if (probe_ != nullptr && clock_ >= zero_) probe_->pipeline(clock_ - zero_, *this);
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    StageMachine& stage = stages_[i];
    stage.watch(clock_);
    const Datapath& path = stage.path();
    const TileProgram& program = pipeline_.stages[i].program;
    const LayerSetup& layer = program.layers.front();
    const bool logits = layer.role == LayerRole::kClassifier;
    path.each_result([&](const WordToken& token, std::size_t row, std::uint8_t byte,
                         const ResultWrites&) {
      if (!token.completes) return;
      std::int64_t value = byte;
      if (logits) {
        value =
            signed_value(path.outputs()[row].out().accumulation, program.array.accumulation_bits);
        if (token.batch < images_) stage.activity().dram_write_bytes += 4;
      }
      tell(i, token, row, false, value);
    });
    for (const PoolingUnit& unit : path.pooling()) {
      if (unit.out().valid) tell(i, unit.out().token, unit.out().row, true, unit.out().mean);
    }
    for (const std::size_t row : path.shown()) {
      const RowOutput::Out& out = path.outputs()[row].out();
      if (out.active && !layer.table.empty() && out.token.batch < images_)
        ++stage.activity().table_read_bytes;
    }
    // What is written in this clock, by stage and image that it is of.
    const OutputCrossbar::Out& out = path.crossbar().out();
    if (out.valid && out.batch < images_) {
      const std::size_t columns = pipeline_.stages[i + 1].program.array.columns;
      for (std::uint32_t w = out.write; w < out.write + out.writes; ++w) {
        for (std::size_t c = 0; c < columns; ++c)
          stage.activity().data_write_bytes += program.writes[w * columns + c].used ? 1U : 0U;
      }
    }
    path.each_result(
        [&](const WordToken& token, std::size_t row, std::uint8_t, const ResultWrites& writes) {
          if (!writes.to_residual || token.batch >= images_) return;
          for (const std::size_t reader : pipeline_.stages[i].readers) {
            const auto& rows = pipeline_.stages[reader].program.rows;
            if (row < rows.size() && rows[row].has_residual)
              ++stage.activity().residual_write_bytes;
          }
        });
  }
}

void PipelineMachine::tell(std::size_t stage, const WordToken& token, std::size_t row, bool pooled,
                           std::int64_t value) const {
  if (probe_ == nullptr || clock_ < zero_) return;
  probe_->value({clock_ - zero_, token.batch, pooled ? stage + 1 : stage, pooled, row,
                 pooled ? 0 : token.pixel, value});
}

}  // namespace colcomb::simulation::machine
