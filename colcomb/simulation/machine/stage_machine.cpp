#include "colcomb/simulation/machine/stage_machine.hpp"

#include <algorithm>
#include <utility>

#include "colcomb/simulation/machine/line_rings.hpp"
#include "colcomb/simulation/machine/shapes.hpp"

namespace colcomb::simulation::machine {
namespace {

Buffer::Shape line_shape(const tiling::Stage& stage) {
  const ArrayConfig& array = stage.program.array;
  return {.banks = stage.input.banks,
          .bank_bytes = stage.input.planes * stage.input.pixels,
          .read_ports = std::min(array.bank_ports, array.alpha),
          .write_ports = array.bank_ports};
}

Buffer residual_buffer(const tiling::Stage& stage) {
  const tiling::LineBuffer& line = *stage.residual;
  return {"residual line buffer of " + stage.program.layers.front().name,
          {.banks = line.banks, .bank_bytes = line.planes * line.pixels}};
}

std::string name_of(const char* buffer, const tiling::Stage& stage) {
  return std::string(buffer) + " of " + stage.program.layers.front().name;
}

}  // namespace

StageMachine::StageMachine(const tiling::Stage& stage, bool plain, std::vector<std::uint64_t> rooms,
                           std::uint64_t counted)
    : stage_(stage),
      counted_(counted),
      nonzeros_(tile_nonzeros(stage.program).front()),
      sequencer_(stage, std::move(rooms)),
      path_(stage.program, plain,
            {stage.input.pixels, stage.residual ? stage.residual->pixels : 0}),
      lines_(name_of("line buffer", stage), line_shape(stage)),
      windows_(name_of("pooling line buffer", stage), pooling_shape(stage.program.array)),
      weights_(name_of("weight buffer", stage), weight_shape(stage.program.array)),
      wires_{.column = &sequencer_.out().column,
             .row = &sequencer_.out().row,
             .load = &load_,
             .weights = &weights_,
             .data = &lines_,
             .windows = &windows_},
      ends_(counted) {
  if (!stage.residual) return;
  residuals_.emplace(residual_buffer(stage));
  wires_.residuals = &*residuals_;
}

void StageMachine::observe(AccessProbe* probe) {
  for (Buffer* buffer : {&lines_, &windows_, &weights_}) buffer->observe(probe);
  if (residuals_) residuals_->observe(probe);
}

void StageMachine::compute(std::uint8_t block, const In& in) {
  if (block >= kBlocks) return path_.compute(static_cast<Datapath::Block>(block - kBlocks), wires_);
  switch (static_cast<Block>(block)) {
    case kSequencer:
      return sequencer_.compute(in.sequencer);
    case kLineBuffer:
      return drive_lines(in);
    case kResidualBuffer:
      if (residuals_) drive_residuals(in);
      return;
    case kWindowBuffer:
      return path_.drive_windows(windows_);
    case kWeightBuffer:
      return drive_weights(in);
    case kBlocks:
      break;
  }
}

void StageMachine::commit(std::uint8_t block) {
  if (block >= kBlocks) return path_.commit(static_cast<Datapath::Block>(block - kBlocks));
  switch (static_cast<Block>(block)) {
    case kSequencer:
      return sequencer_.commit();
    case kLineBuffer:
      return lines_.commit();
    case kResidualBuffer:
      if (residuals_) residuals_->commit();
      return;
    case kWindowBuffer:
      return windows_.commit();
    case kWeightBuffer:
      load_.valid = loads_;
      return weights_.commit();
    case kBlocks:
      break;
  }
}

void StageMachine::drive_lines(const In& in) {
  for (const std::size_t c : path_.reading_columns()) {
    const ColumnFeeder::Out& out = path_.columns()[c].out();
    for (std::uint32_t port = 0; port < out.group.end - out.group.begin; ++port) {
      if (!out.reads[port].valid) continue;
      lines_.read(c, port, out.reads[port].address);
      if (counts(out.group.batch)) ++activity_.data_read_bytes;
    }
  }
  for (const Write& write : in.lines) lines_.write(write.bank, write.address, write.byte);
}

void StageMachine::drive_residuals(const In& in) {
  for (const std::size_t r : path_.reading_rows()) {
    const RowFeeder::Stage& read = path_.rows()[r].out().read;
    residuals_->read(path_.bus(r), 0, read.address);
    if (counts(read.batch)) ++activity_.residual_read_bytes;
  }
  for (const Write& write : in.residuals) residuals_->write(write.bank, write.address, write.byte);
}

void StageMachine::drive_weights(const In& in) {
  const WeightLoader::Out& out = path_.loader().out();
  if (out.read) weights_.read(0, 0, out.address, out.bytes);
  if (!in.weights.empty()) weights_.write(0, in.weight_address, in.weights);
  loads_ = in.load;
}

void StageMachine::crossbar_writes(const TileProgram& program, const OutputCrossbar& crossbar,
                                   const tiling::Stage& behind, std::vector<Write>& writes) {
  const OutputCrossbar::Out& out = crossbar.out();
  writes.clear();
  if (!out.valid) return;
  const LayerSetup& layer = program.layers.front();
  const std::uint64_t pixels = layer.role == LayerRole::kPooled ? 1 : layer.words().outputs();
  const auto pixel = static_cast<std::int64_t>(out.batch * pixels + out.offset);
  const auto place = static_cast<std::uint64_t>(ring_place(pixel, behind.input.pixels));
  const std::size_t columns = behind.program.array.columns;
  for (std::uint32_t w = out.write; w < out.write + out.writes; ++w) {
    for (std::size_t c = 0; c < columns; ++c) {
      const WriteDescriptor& write = program.writes[w * columns + c];
      if (write.used) writes.push_back({c, write.address + place, crossbar.bytes()[write.row]});
    }
  }
}

void StageMachine::residual_writes(const tiling::Stage& reader, std::vector<Write>& writes) const {
  writes.clear();
  const std::uint64_t ring = reader.residual->pixels;
  const std::uint64_t pixels = stage_.program.layers.front().words().outputs();
  const std::size_t per_bus = stage_.program.array.rows_per_bus();
  path_.each_result([&](const WordToken& token, std::size_t row, std::uint8_t byte,
                        const ResultWrites& result) {
    if (!result.to_residual || row >= reader.program.rows.size() ||
        !reader.program.rows[row].has_residual)
      return;
    const auto pixel = static_cast<std::int64_t>(token.batch * pixels + token.pixel);
    writes.push_back({path_.bus(row),
                      row % per_bus * ring + static_cast<std::uint64_t>(ring_place(pixel, ring)),
                      byte});
  });
}

void StageMachine::watch(std::uint64_t clock) {
  if (sequencer_.out().column.valid) entering_.push_back(sequencer_.out().column);
  if (path_.columns().front().out().word) {
    const WordToken token = entering_.front();
    entering_.pop_front();
    if (counts(token.batch)) {
      const ArrayConfig& array = stage_.program.array;
      if (words_.words == 0) {
        words_.first = clock;
      } else {
        words_.late += clock - words_.last - array.word_interval();
      }
      words_.last = clock;
      ++words_.words;
      if (token.word == 0) ++activity_.tiles;
      ++activity_.input_words;
      activity_.useful_macs += nonzeros_;
      activity_.wasted_macs += array.rows * array.columns - nonzeros_;
    }
  }
  const RowOutput::Out& last = path_.outputs().back().out();
  if (last.token.valid && counts(last.token.batch) && last.token.last)
    ends_[last.token.batch].word = clock;
  const std::size_t filters = path_.outputs().size();
  path_.each_result(
      [&](const WordToken& token, std::size_t row, std::uint8_t, const ResultWrites&) {
        if (!token.completes || row + 1 != filters || !counts(token.batch)) return;
        const WordGrid grid = stage_.program.layers.front().words();
        if (token.pixel + 1 == grid.outputs()) ends_[token.batch].result = clock;
      });
}

std::optional<std::uint64_t> StageMachine::image_end(std::uint64_t image) const {
  const ImageEnd& end = ends_[image];
  if (!end.word || !end.result) return std::nullopt;
  return std::max(*end.word, *end.result);
}

}  // namespace colcomb::simulation::machine
