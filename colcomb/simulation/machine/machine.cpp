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
      path_(program, options.plain),
      data_("data buffer", data_shape(program.array)),
      input_("input buffer", input_shape(program.array)),
      weights_("weight buffer", weight_shape(program.array)),
      partial_sums_("partial-sum buffer", partial_sum_shape(program.array)),
      residuals_("residual buffer", row_shape(program.array, program.array.residual_bytes)),
      residual_inputs_("residual input buffer",
                       row_shape(program.array, program.array.residual_input_bytes)),
      output_("output buffer", output_shape(program.array)),
      line_buffer_("pooling line buffer", pooling_shape(program.array)),
      wires_{.column = &controller_.out().column,
             .row = &controller_.out().row,
             .load = &controller_.out().load,
             .weights = &weights_,
             .data = &data_,
             .input = &input_,
             .partial_sums = &partial_sums_,
             .residuals = &residuals_,
             .residual_inputs = &residual_inputs_,
             .windows = &line_buffer_},
      has_residuals_(std::ranges::any_of(
          program.layers,
          [](const LayerSetup& layer) { return layer.keep || layer.residual_height > 0; })),
      nonzeros_(tile_nonzeros(program)) {
  for (Buffer* buffer : {&data_, &input_, &weights_, &partial_sums_, &residuals_, &residual_inputs_,
                         &output_, &line_buffer_})
    buffer->observe(probe_);
  memory_.observe(probe_);
  for (std::size_t i = 0; i < order_.size(); ++i) order_[i] = static_cast<std::uint8_t>(i);
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
  for (const std::uint8_t block : order_) compute(block);
  if (random_) shuffle();
  // A block's wires show its registers until it commits, so all have computed by then.
  for (const std::uint8_t block : order_) commit(block);
  ++clock_;
}

void Machine::compute(std::uint8_t block) {
  if (block >= kBlocks) return path_.compute(static_cast<Datapath::Block>(block - kBlocks), wires_);
  switch (static_cast<Block>(block)) {
    case kController:
      return controller_.compute({memory_.out().fetched, path_.crossbar().out().done});
    case kMemory:
      return memory_.compute({controller_.out().ended, path_.crossbar().out().done,
                              output_asked_ ? output_.out(output_bus_) : nullptr});
    case kDataBuffer:
      return drive_data_buffer();
    case kInputBuffer:
      return drive_input_buffer();
    case kWeightBuffer:
      return drive_weight_buffer();
    case kPartialSums:
    case kResiduals:
    case kResidualInputs:
      return drive_row_buffers(static_cast<Block>(block));
    case kOutputBuffer:
      return drive_output_buffer();
    case kPoolingBuffer:
      return path_.drive_windows(line_buffer_);
    case kBlocks:
      break;
  }
}

void Machine::commit(std::uint8_t block) {
  if (block >= kBlocks) return path_.commit(static_cast<Datapath::Block>(block - kBlocks));
  switch (static_cast<Block>(block)) {
    case kController:
      return controller_.commit();
    case kMemory:
      output_bus_ = memory_.out().bus;
      output_asked_ = memory_.out().read;
      return memory_.commit();
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

void Machine::drive_data_buffer() {
  for (const std::size_t c : path_.reading_columns()) {
    const ColumnFeeder::Out& out = path_.columns()[c].out();
    if (out.group.from_input) continue;
    for (std::uint32_t port = 0; port < out.group.end - out.group.begin; ++port) {
      if (!out.reads[port].valid) continue;
      data_.read(c, port, out.reads[port].address);
      ++record_of(out.group.batch, out.group.tile).activity.data_read_bytes;
    }
  }
  const OutputCrossbar::Out& out = path_.crossbar().out();
  if (!out.valid) return;
  const std::size_t columns = path_.columns().size();
  for (std::uint32_t w = out.write; w < out.write + out.writes; ++w) {
    for (std::size_t c = 0; c < columns; ++c) {
      const WriteDescriptor& write = program_.writes[w * columns + c];
      if (!write.used) continue;
      data_.write(c, write.address + out.offset, path_.crossbar().bytes()[write.row]);
      ++record_of(out.batch, out.tile).activity.data_write_bytes;
    }
  }
}

void Machine::drive_input_buffer() {
  for (const std::size_t c : path_.reading_columns()) {
    const ColumnFeeder::Out& out = path_.columns()[c].out();
    if (!out.group.from_input) continue;
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
  if (path_.loader().out().read)
    weights_.read(0, 0, path_.loader().out().address, path_.loader().out().bytes);
  const MemoryChannel::Out& out = memory_.out();
  if (out.write && out.kind == TransferKind::kWeights)
    weights_.write(0, out.address, memory_.word());
}

/// The buffers of the row buses: what the row feeders read, and what the row outputs write.
void Machine::drive_row_buffers(Block block) {
  const bool sums = block == kPartialSums;
  if (!sums && !has_residuals_) return;
  const std::size_t sum_bytes = program_.array.accumulation_bits / 8;
  for (const std::size_t r : path_.reading_rows()) {
    const RowFeeder::Stage& read = path_.rows()[r].out().read;
    ActivityCount& activity = record_of(read.batch, read.tile).activity;
    if (sums && read.source == RowFeeder::Source::kPartialSum) {
      partial_sums_.read(path_.bus(r), 0, read.address, sum_bytes);
      activity.partial_sum_read_bytes += sum_bytes;
    }
    if (block == kResiduals && read.source == RowFeeder::Source::kResidual) {
      residuals_.read(path_.bus(r), 0, read.address);
      ++activity.residual_read_bytes;
    }
    if (block == kResidualInputs && read.source == RowFeeder::Source::kResidualInput) {
      residual_inputs_.read(path_.bus(r), 0, read.address);
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
    path_.each_result([&](const WordToken& token, std::size_t row, std::uint8_t byte,
                          const ResultWrites& writes) {
      if (!writes.to_residual) return;
      residuals_.write(path_.bus(row), writes.residual_address, byte);
      ++record_of(token.batch, token.tile).activity.residual_write_bytes;
    });
    return;
  }
  for (const std::size_t r : path_.shown()) {
    const RowOutput::Out& out = path_.outputs()[r].out();
    if (!out.to_partial_sums) {
      const std::uint32_t layer = program_.schedule.tiles[out.token.tile].layer;
      if (out.active && !program_.layers[layer].table.empty())
        ++record_of(out.token.batch, out.token.tile).activity.table_read_bytes;
      continue;
    }
    std::array<std::uint8_t, 4> bytes{};
    std::memcpy(bytes.data(), &out.accumulation, 4);
    partial_sums_.write(path_.bus(r), out.partial_sum_address, std::span(bytes).first(sum_bytes));
    record_of(out.token.batch, out.token.tile).activity.partial_sum_write_bytes += sum_bytes;
  }
}

void Machine::drive_output_buffer() {
  const MemoryChannel::Out& channel = memory_.out();
  if (channel.read) {
    output_.read(channel.bus, 0, channel.read_address, program_.array.dram_bytes_per_clock);
  }
  path_.each_result(
      [&](const WordToken& token, std::size_t row, std::uint8_t byte, const ResultWrites& writes) {
        if (!writes.to_output) return;
        const std::uint32_t layer = program_.schedule.tiles[token.tile].layer;
        ActivityCount& activity = record_of(token.batch, token.tile).activity;
        if (program_.layers[layer].role != LayerRole::kClassifier) {
          output_.write(path_.bus(row), writes.output_address, byte);
          ++activity.output_write_bytes;
          return;
        }
        const std::int32_t logit =
            signed_value(path_.outputs()[row].out().accumulation, program_.array.accumulation_bits);
        std::array<std::uint8_t, 4> bytes{};
        std::memcpy(bytes.data(), &logit, 4);
        output_.write(path_.bus(row), writes.output_address, bytes);
        activity.output_write_bytes += 4;
      });
}

/// Writes down what the blocks' outputs show in this clock.
void Machine::watch() {
  const Controller::Out& control = controller_.out();
  if (probe_ != nullptr) {
    probe_->clock(clock_, static_cast<std::uint32_t>(control.sending % program_.tiles.size()),
                  path_.array());
    probe_->blocks(*this);
  }
  for (; fetched_ < memory_.out().fetched; ++fetched_) record_of(fetched_).dram = clock_;
  for (; done_ < path_.crossbar().out().done; ++done_) record_of(done_).done = clock_;
  if (path_.loader().column(0, weights_.out(0)).valid) {
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
  if (path_.columns().front().out().word) {
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
  for (const std::size_t r : path_.shown()) watch_output(path_.outputs()[r].out(), r);
  for (const WindowUnit& unit : path_.windows()) {
    if (unit.out().valid) tell(unit.out().token, unit.out().row, false, unit.out().byte);
  }
  for (const PoolingUnit& unit : path_.pooling()) {
    if (unit.out().valid) tell(unit.out().token, unit.out().row, true, unit.out().mean);
  }
}

void Machine::watch_output(const RowOutput::Out& out, std::size_t row) {
  if (row + 1 == path_.outputs().size() && out.token.last)
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
