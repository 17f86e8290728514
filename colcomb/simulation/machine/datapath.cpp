#include "colcomb/simulation/machine/datapath.hpp"

#include <algorithm>

#include "colcomb/base/check.hpp"
#include "colcomb/simulation/machine/shapes.hpp"

namespace colcomb::simulation::machine {
namespace {

const std::uint8_t* port(const Buffer* buffer, std::size_t bank) {
  return buffer == nullptr ? nullptr : buffer->out(bank);
}

}  // namespace

Datapath::Datapath(const TileProgram& program, bool plain, const LineRings& rings)
    : program_(program),
      loader_(program),
      array_(make_front(array_shape(program.array), plain)),
      result_delay_(result_delay(program.array)),
      results_(result_delay_ + program.array.rows),
      crossbar_(program),
      row_bytes_(program.array.rows, OutputCrossbar::kNone),
      accumulations_(program.array.rows) {
  for (std::size_t c = 0; c < program.array.columns; ++c)
    columns_.emplace_back(program, c, rings.input);
  for (std::size_t r = 0; r < program.array.rows; ++r) {
    buses_.push_back(r / program.array.rows_per_bus());
    rows_.emplace_back(program, r, rings.residual);
    outputs_.emplace_back(program, r);
  }
  const bool has_windows = std::ranges::any_of(
      program.layers, [](const LayerSetup& layer) { return layer.pooling.has_value(); });
  for (std::size_t b = 0; b < program.array.row_buses(); ++b) {
    if (has_windows) windows_.emplace_back(program);
    pooling_.emplace_back(program);
  }
}

void Datapath::compute(Block block, const In& in) {
  switch (block) {
    case kLoader:
      return loader_.compute({*in.load, in.weights->out(0)});
    case kColumns:
      return compute_columns(in);
    case kRows:
      return compute_rows(in);
    case kArray:
      return compute_array(in);
    case kOutputs:
      return compute_outputs();
    case kWindows:
      return compute_windows(in);
    case kPooling:
      return compute_pooling();
    case kCrossbar:
      return compute_crossbar();
    case kBlocks:
      break;
  }
}

void Datapath::commit(Block block) {
  switch (block) {
    case kLoader:
      return loader_.commit();
    case kColumns:
      reading_columns_.clear();
      entering_columns_.clear();
      for (std::size_t c = 0; c < columns_.size(); ++c) {
        columns_[c].commit();
        const ColumnFeeder::Out& out = columns_[c].out();
        if (out.group.valid) reading_columns_.push_back(c);
        if (out.word || out.swap) entering_columns_.push_back(c);
      }
      return;
    case kRows:
      results_.commit(row_token_);
      reading_rows_.clear();
      entering_rows_.clear();
      for (std::size_t r = 0; r < rows_.size(); ++r) {
        rows_[r].commit();
        const RowFeeder::Out& out = rows_[r].out();
        if (out.read.valid && out.read.source != RowFeeder::Source::kBias)
          reading_rows_.push_back(r);
        if (out.start) entering_rows_.push_back(r);
      }
      return;
    case kArray:
      return array_->step();
    case kOutputs:
      shown_.clear();
      for (std::size_t r = 0; r < outputs_.size(); ++r) {
        outputs_[r].commit();
        if (outputs_[r].out().token.valid) shown_.push_back(r);
      }
      return;
    case kWindows:
      for (WindowUnit& unit : windows_) unit.commit();
      return;
    case kPooling:
      for (PoolingUnit& unit : pooling_) unit.commit();
      return;
    case kCrossbar:
      return crossbar_.commit();
    case kBlocks:
      break;
  }
}

/// A buffer's output registers and a block's outputs stay where they are, so the wires are laid
/// once.
void Datapath::lay_wires(const In& in) {
  const WordToken* token = in.column;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    column_in_.push_back({token, port(in.data, c), port(in.input, c)});
    token = &columns_[c].out().token;
  }
  token = in.row;
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    row_in_.push_back({token, port(in.partial_sums, bus(r)), port(in.residuals, bus(r)),
                       port(in.residual_inputs, bus(r))});
    token = &rows_[r].out().token;
  }
}

void Datapath::compute_columns(const In& in) {
  if (column_in_.empty()) lay_wires(in);
  for (std::size_t c = 0; c < columns_.size(); ++c) columns_[c].compute(column_in_[c]);
}

void Datapath::compute_rows(const In& in) {
  if (row_in_.empty()) lay_wires(in);
  row_token_ = *in.row;
  for (std::size_t r = 0; r < rows_.size(); ++r) rows_[r].compute(row_in_[r]);
}

void Datapath::compute_array(const In& in) {
  for (const std::size_t c : entering_columns_) {
    const ColumnFeeder::Out& out = columns_[c].out();
    if (out.word) array_->put_word(c, std::span(out.lines).first(out.line_count));
    if (out.swap) array_->put_swap(c);
  }
  for (const std::size_t r : entering_rows_)
    array_->put_accumulation(r, rows_[r].out().accumulation);
  if (!loader_.active()) return;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    const WeightLoader::Column column = loader_.column(c, in.weights->out(0));
    if (column.valid) array_->put_beat(c, column.bits);
  }
}

void Datapath::compute_outputs() {
  for (const RowResult& result : array_->results()) accumulations_[result.row] = result.value;
  for (std::size_t r = 0; r < outputs_.size(); ++r)
    outputs_[r].compute({&results_.at(result_delay_ + r), accumulations_[r]});
}

void Datapath::compute_windows(const In& in) {
  for (std::size_t b = 0; b < windows_.size(); ++b) {
    WindowUnit::In wires;
    wires.word = in.windows->out(b);
    for (const std::size_t r : shown_) {
      const RowOutput::Out& out = outputs_[r].out();
      if (bus(r) != b || !out.to_windows) continue;
      COLCOMB_CHECK(wires.token == nullptr, "two rows of a bus in one clock");
      wires.token = &out.token;
      wires.row = r;
      wires.byte = out.byte;
    }
    windows_[b].compute(wires);
  }
}

void Datapath::compute_pooling() {
  pooling_in_.assign(pooling_.size(), {});
  each_result(
      [&](const WordToken& token, std::size_t row, std::uint8_t byte, const ResultWrites& writes) {
        if (!writes.to_pooling) return;
        PoolingUnit::In& mine = pooling_in_[bus(row)];
        COLCOMB_CHECK(mine.token == nullptr, "two rows of a bus in one clock");
        mine = {&token, row, byte};
      });
  for (std::size_t b = 0; b < pooling_.size(); ++b) pooling_[b].compute(pooling_in_[b]);
}

void Datapath::compute_crossbar() {
  std::ranges::fill(row_bytes_, std::int16_t{OutputCrossbar::kNone});
  each_result(
      [this](const WordToken&, std::size_t row, std::uint8_t byte, const ResultWrites& writes) {
        if (writes.to_data) row_bytes_[row] = byte;
      });
  for (const PoolingUnit& unit : pooling_) {
    const PoolingUnit::Out& out = unit.out();
    // A classifier without any weight reads none.
    if (out.valid && program_.schedule.tiles[out.token.tile].write_clocks > 0)
      row_bytes_[out.row] = out.mean;
  }
  crossbar_.compute({row_bytes_, &outputs_.back().out().token});
}

void Datapath::drive_windows(Buffer& buffer) const {
  const std::size_t bytes = program_.array.pooling_word_bytes();
  for (std::size_t b = 0; b < windows_.size(); ++b) {
    const WindowUnit::Out& out = windows_[b].out();
    if (out.read) buffer.read(b, 0, out.read_address, bytes);
    if (out.write) buffer.write(b, out.write_address, std::span(out.word).first(bytes));
  }
}

}  // namespace colcomb::simulation::machine
