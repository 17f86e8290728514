#include "colcomb/simulation/machine/machine.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "colcomb/base/check.hpp"
#include "colcomb/simulation/machine/shapes.hpp"
#include "colcomb/tiling/latencies.hpp"

namespace colcomb::simulation::machine {

Machine::Machine(const TileProgram& program, std::span<const std::uint8_t> images,
                 const MachineOptions& options)
    : program_(program),
      probe_(options.probe),
      controller_(program),
      memory_(program, images),
      loader_(program),
      array_(make_front(array_shape(program.array), options.plain)),
      results_(result_delay(program.array) + program.array.rows),
      crossbar_(program),
      data_("data buffer", data_shape(program.array)),
      input_("input buffer", input_shape(program.array)),
      weights_("weight buffer", weight_shape(program.array)),
      partial_sums_("partial-sum buffer", partial_sum_shape(program.array)),
      residuals_("residual buffer", row_shape(program.array, program.array.residual_bytes)),
      residual_inputs_("residual input buffer",
                       row_shape(program.array, program.array.residual_input_bytes)),
      output_("output buffer", output_shape(program.array)),
      line_buffer_("pooling line buffer", pooling_shape(program.array)),
      row_bytes_(program.array.rows, OutputCrossbar::kNone),
      accumulations_(program.array.rows),
      nonzeros_(tile_nonzeros(program)) {
  for (std::size_t c = 0; c < program.array.columns; ++c) columns_.emplace_back(program, c);
  for (std::size_t r = 0; r < program.array.rows; ++r) {
    rows_.emplace_back(program, r);
    outputs_.emplace_back(program, r);
  }
  const bool has_windows = std::ranges::any_of(
      program.layers, [](const LayerSetup& layer) { return layer.pooling.has_value(); });
  for (std::size_t b = 0; b < program.array.row_buses(); ++b) {
    if (has_windows) windows_.emplace_back(program);
    pooling_.emplace_back(program);
  }
  for (Buffer* buffer : {&data_, &input_, &weights_, &partial_sums_, &residuals_, &residual_inputs_,
                         &output_, &line_buffer_})
    buffer->observe(probe_);
  memory_.observe(probe_);
  for (std::size_t i = 0; i < order_.size(); ++i) order_[i] = static_cast<Block>(i);
  if (options.shuffle != 0) random_ = std::make_unique<Random>(options.shuffle);
}

void Machine::run_batches(std::uint64_t batches) {
  const std::uint64_t tiles = batches * program_.tiles.size();
  while (!memory_.written(tiles) || done_ < tiles) step();
}

void Machine::step() {
  watch();
  const auto shuffle = [this] {
    for (std::size_t i = order_.size(); i > 1; --i)
      std::swap(order_[i - 1], order_[random_->below(i)]);
  };
  if (random_) shuffle();
  for (const Block block : order_) compute(block);
  if (random_) shuffle();
  // A block's wires show its registers until it commits, so all have computed by then.
  for (const Block block : order_) commit(block);
  ++clock_;
}

void Machine::compute(Block block) {
  switch (block) {
    case kController:
      return controller_.compute({memory_.out().fetched, crossbar_.out().done});
    case kMemory:
      return memory_.compute({controller_.out().ended, crossbar_.out().done,
                              output_asked_ ? output_.out(output_bus_) : nullptr});
    case kLoader:
      return loader_.compute({controller_.out().load, weights_.out(0)});
    case kColumns:
      return compute_columns();
    case kRows:
      return compute_rows();
    case kArray:
      return compute_array();
    case kOutputs:
      return compute_outputs();
    case kWindows:
      return compute_windows();
    case kPooling:
      return compute_pooling();
    case kCrossbar:
      return compute_crossbar();
    case kDataBuffer:
      return drive_data_buffer();
    case kInputBuffer:
      return drive_input_buffer();
    case kWeightBuffer:
      return drive_weight_buffer();
    case kPartialSums:
    case kResiduals:
    case kResidualInputs:
      return drive_row_buffers(block);
    case kOutputBuffer:
      return drive_output_buffer();
    case kPoolingBuffer:
      return drive_pooling_buffer();
    case kBlocks:
      break;
  }
}

void Machine::commit(Block block) {
  switch (block) {
    case kController:
      return controller_.commit();
    case kMemory:
      output_bus_ = memory_.out().bus;
      output_asked_ = memory_.out().read;
      return memory_.commit();
    case kLoader:
      return loader_.commit();
    case kColumns:
      for (ColumnFeeder& column : columns_) column.commit();
      return;
    case kRows:
      results_.commit(row_token_);
      for (RowFeeder& row : rows_) row.commit();
      return;
    case kArray:
      return array_->step();
    case kOutputs:
      for (RowOutput& output : outputs_) output.commit();
      return;
    case kWindows:
      for (WindowUnit& unit : windows_) unit.commit();
      return;
    case kPooling:
      for (PoolingUnit& unit : pooling_) unit.commit();
      return;
    case kCrossbar:
      return crossbar_.commit();
    case kDataBuffer:
      return data_.commit();
    case kInputBuffer:
      return input_.commit();
    case kWeightBuffer:
      return weights_.commit();
    case kPartialSums:
      return partial_sums_.commit();
    case kResiduals:
      return residuals_.commit();
    case kResidualInputs:
      return residual_inputs_.commit();
    case kOutputBuffer:
      return output_.commit();
    case kPoolingBuffer:
      return line_buffer_.commit();
    case kBlocks:
      break;
  }
}

void Machine::compute_columns() {
  const WordToken* token = &controller_.out().column;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    const WordToken* next = &columns_[c].out().token;
    columns_[c].compute({token, data_.out(c), input_.out(c)});
    token = next;
  }
}

void Machine::compute_rows() {
  row_token_ = controller_.out().row;
  const WordToken* token = &controller_.out().row;
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    const WordToken* next = &rows_[r].out().token;
    rows_[r].compute(
        {token, partial_sums_.out(bus(r)), residuals_.out(bus(r)), residual_inputs_.out(bus(r))});
    token = next;
  }
}

void Machine::compute_array() {
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    const ColumnFeeder::Out& out = columns_[c].out();
    if (out.word) array_->put_word(c, std::span(out.lines).first(out.line_count));
    if (out.swap) array_->put_swap(c);
  }
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    const RowFeeder::Out& out = rows_[r].out();
    if (out.start) array_->put_accumulation(r, out.accumulation);
  }
  if (!loader_.active()) return;
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    const WeightLoader::Column column = loader_.column(c, weights_.out(0));
    if (column.valid) array_->put_beat(c, column.bits);
  }
}

void Machine::compute_outputs() {
  for (const RowResult& result : array_->results()) accumulations_[result.row] = result.value;
  for (std::size_t r = 0; r < outputs_.size(); ++r)
    outputs_[r].compute({&results_.at(result_delay(program_.array) + r), accumulations_[r]});
}

template <class Body>
void Machine::each_result(Body body) const {
  for (std::size_t r = 0; r < outputs_.size(); ++r) {
    const RowOutput::Out& out = outputs_[r].out();
    if (out.token.valid && out.active && !out.to_partial_sums && !out.to_windows)
      body(out.token, r, out.byte, out.writes);
  }
  for (const WindowUnit& unit : windows_) {
    const WindowUnit::Out& out = unit.out();
    if (out.valid) body(out.token, out.row, out.byte, out.writes);
  }
}

void Machine::compute_windows() {
  for (std::size_t b = 0; b < windows_.size(); ++b) {
    WindowUnit::In in;
    in.word = line_buffer_.out(b);
    const std::size_t begin = b * program_.array.rows_per_bus();
    const std::size_t end = std::min(outputs_.size(), begin + program_.array.rows_per_bus());
    for (std::size_t r = begin; r < end; ++r) {
      const RowOutput::Out& out = outputs_[r].out();
      if (!out.token.valid || !out.to_windows) continue;
      COLCOMB_CHECK(in.token == nullptr, "two rows of a bus in one clock");
      in.token = &out.token;
      in.row = r;
      in.byte = out.byte;
    }
    windows_[b].compute(in);
  }
}

void Machine::compute_pooling() {
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

void Machine::compute_crossbar() {
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

void Machine::drive_data_buffer() {
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    const ColumnFeeder::Out& out = columns_[c].out();
    if (!out.group.valid || out.group.from_input) continue;
    for (std::uint32_t port = 0; port < out.group.end - out.group.begin; ++port) {
      if (!out.reads[port].valid) continue;
      data_.read(c, port, out.reads[port].address);
      ++record_of(out.group.batch, out.group.tile).activity.data_read_bytes;
    }
  }
  const OutputCrossbar::Out& out = crossbar_.out();
  if (!out.valid) return;
  const std::size_t columns = columns_.size();
  for (std::uint32_t w = out.write; w < out.write + out.writes; ++w) {
    for (std::size_t c = 0; c < columns; ++c) {
      const WriteDescriptor& write = program_.writes[w * columns + c];
      if (!write.used) continue;
      data_.write(c, write.address + out.offset, crossbar_.bytes()[write.row]);
      ++record_of(out.batch, out.tile).activity.data_write_bytes;
    }
  }
}

void Machine::drive_input_buffer() {
  for (std::size_t c = 0; c < columns_.size(); ++c) {
    const ColumnFeeder::Out& out = columns_[c].out();
    if (!out.group.valid || !out.group.from_input) continue;
    for (std::uint32_t port = 0; port < out.group.end - out.group.begin; ++port) {
      if (!out.reads[port].valid) continue;
      input_.read(c, port, out.reads[port].address);
      ++record_of(out.group.batch, out.group.tile).activity.data_read_bytes;
    }
  }
  const MemoryChannel::Out& out = memory_.out();
  if (!out.write || (out.kind != TransferKind::kImages && out.kind != TransferKind::kInput)) return;
  for (std::uint32_t b = out.bank_begin; b < out.bank_begin + out.banks; ++b)
    input_.write(program_.bank_numbers[b], out.address, memory_.word());
}

void Machine::drive_weight_buffer() {
  if (loader_.out().read) weights_.read(0, 0, loader_.out().address, loader_.out().bytes);
  const MemoryChannel::Out& out = memory_.out();
  if (out.write && out.kind == TransferKind::kWeights)
    weights_.write(0, out.address, memory_.word());
}

/// The buffers of the row buses: what the row feeders read, and what the row outputs write.
void Machine::drive_row_buffers(Block block) {
  const bool sums = block == kPartialSums;
  const std::size_t sum_bytes = program_.array.accumulation_bits / 8;
  for (std::size_t r = 0; r < rows_.size(); ++r) {
    const RowFeeder::Stage& read = rows_[r].out().read;
    if (!read.valid || read.source == RowFeeder::Source::kBias) continue;
    ActivityCount& activity = record_of(read.batch, read.tile).activity;
    if (sums && read.source == RowFeeder::Source::kPartialSum) {
      partial_sums_.read(bus(r), 0, read.address, sum_bytes);
      activity.partial_sum_read_bytes += sum_bytes;
    }
    if (block == kResiduals && read.source == RowFeeder::Source::kResidual) {
      residuals_.read(bus(r), 0, read.address);
      ++activity.residual_read_bytes;
    }
    if (block == kResidualInputs && read.source == RowFeeder::Source::kResidualInput) {
      residual_inputs_.read(bus(r), 0, read.address);
      ++activity.residual_read_bytes;
    }
  }
  if (block == kResidualInputs) {
    const MemoryChannel::Out& out = memory_.out();
    if (out.write && out.kind == TransferKind::kResidual)
      residual_inputs_.write(out.bank_begin, out.address, memory_.word());
    return;
  }
  if (!sums) {
    each_result([&](const WordToken& token, std::size_t row, std::uint8_t byte,
                    const ResultWrites& writes) {
      if (!writes.to_residual) return;
      residuals_.write(bus(row), writes.residual_address, byte);
      ++record_of(token.batch, token.tile).activity.residual_write_bytes;
    });
    return;
  }
  for (std::size_t r = 0; r < outputs_.size(); ++r) {
    const RowOutput::Out& out = outputs_[r].out();
    if (!out.token.valid || !out.to_partial_sums) continue;
    std::array<std::uint8_t, 4> bytes{};
    std::memcpy(bytes.data(), &out.accumulation, 4);
    partial_sums_.write(bus(r), out.partial_sum_address, std::span(bytes).first(sum_bytes));
    record_of(out.token.batch, out.token.tile).activity.partial_sum_write_bytes += sum_bytes;
  }
}

void Machine::drive_output_buffer() {
  const MemoryChannel::Out& channel = memory_.out();
  if (channel.read) {
    output_.read(channel.bus, 0, channel.read_address, program_.array.dram_bytes_per_clock);
  }
  each_result(
      [&](const WordToken& token, std::size_t row, std::uint8_t byte, const ResultWrites& writes) {
        if (!writes.to_output) return;
        const std::uint32_t layer = program_.schedule.tiles[token.tile].layer;
        ActivityCount& activity = record_of(token.batch, token.tile).activity;
        if (program_.layers[layer].role != LayerRole::kClassifier) {
          output_.write(bus(row), writes.output_address, byte);
          ++activity.output_write_bytes;
          return;
        }
        const std::int32_t logit =
            signed_value(outputs_[row].out().accumulation, program_.array.accumulation_bits);
        std::array<std::uint8_t, 4> bytes{};
        std::memcpy(bytes.data(), &logit, 4);
        output_.write(bus(row), writes.output_address, bytes);
        activity.output_write_bytes += 4;
      });
}

void Machine::drive_pooling_buffer() {
  const std::size_t bytes = program_.array.pooling_word_bytes();
  for (std::size_t b = 0; b < windows_.size(); ++b) {
    const WindowUnit::Out& out = windows_[b].out();
    if (out.read) line_buffer_.read(b, 0, out.read_address, bytes);
    if (out.write) line_buffer_.write(b, out.write_address, std::span(out.word).first(bytes));
  }
}

/// Writes down what the blocks' outputs show in this clock.
void Machine::watch() {
  const Controller::Out& control = controller_.out();
  if (probe_ != nullptr) {
    probe_->clock(clock_, static_cast<std::uint32_t>(control.sending % program_.tiles.size()),
                  *array_);
    probe_->blocks(*this);
  }
  for (; fetched_ < memory_.out().fetched; ++fetched_) record_of(fetched_).dram = clock_;
  for (; done_ < crossbar_.out().done; ++done_) record_of(done_).done = clock_;
  if (loader_.column(0, weights_.out(0)).valid) {
    if (lines_left_ == 0) {
      const std::size_t tile = loads_ % program_.tiles.size();
      record_of(loads_).load = clock_;
      lines_left_ = program_.schedule.tiles[tile].rows * program_.array.load_clocks();
      record_of(loads_).activity.weight_load_bits += program_.schedule.tiles[tile].rows *
                                                     program_.array.columns *
                                                     program_.array.weight_bits();
      ++loads_;
    }
    --lines_left_;
  }
  if (control.column.valid) entering_.push_back(control.column);
  if (columns_.front().out().word) {
    const WordToken token = entering_.front();
    entering_.pop_front();
    TileRecord& record = record_of(token.batch, token.tile);
    if (token.first) {
      record.begin = clock_;
      ++record.activity.tiles;
    }
    if (token.last) record.last_word = clock_;
    ++record.activity.input_words;
  }
  for (std::size_t r = 0; r < outputs_.size(); ++r) {
    if (outputs_[r].out().token.valid) watch_output(outputs_[r].out(), r);
  }
  for (const WindowUnit& unit : windows_) {
    if (unit.out().valid) tell(unit.out().token, unit.out().row, false, unit.out().byte);
  }
  for (const PoolingUnit& unit : pooling_) {
    if (unit.out().valid) tell(unit.out().token, unit.out().row, true, unit.out().mean);
  }
}

void Machine::watch_output(const RowOutput::Out& out, std::size_t row) {
  if (row + 1 == outputs_.size() && out.token.last)
    record_of(out.token.batch, out.token.tile).last_result = clock_;
  const Tile& tile = program_.schedule.tiles[out.token.tile];
  if (!out.active || !tile.last || out.to_windows || probe_ == nullptr) return;
  const bool logit = program_.layers[tile.layer].role == LayerRole::kClassifier;
  const std::int64_t value = logit
                                 ? signed_value(out.accumulation, program_.array.accumulation_bits)
                                 : std::int64_t{out.byte};
  tell(out.token, row, false, value);
}

void Machine::tell(const WordToken& token, std::size_t row, bool pooled, std::int64_t value) {
  if (probe_ == nullptr) return;
  const Tile& tile = program_.schedule.tiles[token.tile];
  const std::size_t pixel = pooled ? 0 : token.pixel;
  probe_->value({clock_, token.batch * program_.array.batch + token.image,
                 pooled ? tile.layer + 1U : tile.layer, pooled, tile.row_begin + row, pixel,
                 value});
}

}  // namespace colcomb::simulation::machine
