// What waveforms show of the machine: every block's outputs, which are registers.
#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "colcomb/simulation/machine/machine.hpp"
#include "colcomb/simulation/machine/pipeline_machine.hpp"
#include "colcomb/simulation/machine/signal_sink.hpp"

namespace colcomb::simulation::machine {
namespace {

constexpr std::size_t kAddressBits = 32;

void show_token(SignalSink& sink, const WordToken& token) {
  sink.signal("token_valid", 1, token.valid ? 1 : 0);
  sink.signal("token_tile", 32, token.tile);
  sink.signal("token_word", 32, token.word);
}

void show(SignalSink& sink, const Controller::Out& out) {
  sink.open("controller");
  sink.signal("sending", 32, out.sending);
  sink.signal("load_valid", 1, out.load.valid ? 1 : 0);
  sink.signal("load_tile", 32, out.load.tile);
  show_token(sink, out.column);
  sink.signal("row_token_valid", 1, out.row.valid ? 1 : 0);
  sink.signal("ended", 32, out.ended);
  sink.close();
}

void show(SignalSink& sink, const Sequencer::Out& out) {
  sink.open("sequencer");
  show_token(sink, out.column);
  sink.signal("image", 32, out.column.batch);
  sink.signal("row_token_valid", 1, out.row.valid ? 1 : 0);
  sink.signal("input_freed", 32, out.input_freed);
  sink.signal("residual_freed", 32, out.residual_freed);
  sink.close();
}

void show(SignalSink& sink, const ImageReader::Out& out) {
  sink.open("image_reader");
  sink.signal("bursts", 32, out.bursts);
  show_token(sink, out.token);
  sink.signal("image", 32, out.token.batch);
  for (std::size_t channel = 0; channel < out.bytes.size(); ++channel) {
    const bool shown = out.bytes[channel] != OutputCrossbar::kNone;
    sink.signal(fmt::format("byte{}", channel).c_str(), 8,
                shown ? static_cast<std::uint64_t>(out.bytes[channel]) : 0);
  }
  sink.close();
}

void show(SignalSink& sink, const MemoryChannel::Out& out) {
  sink.open("memory_channel");
  sink.signal("fetched", 32, out.fetched);
  sink.signal("write", 1, out.write ? 1 : 0);
  sink.signal("write_kind", 3, static_cast<std::uint64_t>(out.kind));
  sink.signal("write_address", kAddressBits, out.address);
  sink.signal("read", 1, out.read ? 1 : 0);
  sink.signal("read_bus", 10, out.bus);
  sink.signal("read_address", kAddressBits, out.read_address);
  sink.close();
}

void show(SignalSink& sink, const WeightLoader::Out& out) {
  sink.open("weight_loader");
  sink.signal("read", 1, out.read ? 1 : 0);
  sink.signal("address", kAddressBits, out.address);
  sink.close();
}

void show(SignalSink& sink, const ColumnFeeder::Out& out) {
  show_token(sink, out.token);
  sink.signal("from_input", 1, out.group.valid && out.group.from_input ? 1 : 0);
  for (std::size_t port = 0; port < out.reads.size(); ++port) {
    const bool read =
        out.group.valid && port < out.group.end - out.group.begin && out.reads[port].valid;
    sink.open(fmt::format("port{}", port));
    sink.signal("read", 1, read ? 1 : 0);
    sink.signal("address", kAddressBits, read ? out.reads[port].address : 0);
    sink.close();
  }
  sink.signal("swap", 1, out.swap ? 1 : 0);
  sink.signal("word", 1, out.word ? 1 : 0);
  for (std::size_t line = 0; line < out.lines.size(); ++line)
    sink.signal(fmt::format("line{}", line).c_str(), 8, out.lines[line]);
}

void show(SignalSink& sink, const RowFeeder::Out& out) {
  show_token(sink, out.token);
  sink.signal("read_valid", 1, out.read.valid ? 1 : 0);
  sink.signal("read_source", 2, static_cast<std::uint64_t>(out.read.source));
  sink.signal("read_address", kAddressBits, out.read.address);
  sink.signal("start", 1, out.start ? 1 : 0);
  sink.signal("accumulation", 32, out.accumulation);
}

void show(SignalSink& sink, const ResultWrites& writes) {
  sink.signal("to_residual", 1, writes.to_residual ? 1 : 0);
  sink.signal("residual_address", kAddressBits, writes.residual_address);
  sink.signal("to_output", 1, writes.to_output ? 1 : 0);
  sink.signal("output_address", kAddressBits, writes.output_address);
  sink.signal("to_pooling", 1, writes.to_pooling ? 1 : 0);
  sink.signal("to_data", 1, writes.to_data ? 1 : 0);
}

void show(SignalSink& sink, const RowOutput::Out& out) {
  show_token(sink, out.token);
  sink.signal("active", 1, out.active ? 1 : 0);
  sink.signal("accumulation", 32, out.accumulation);
  sink.signal("byte", 8, out.byte);
  sink.signal("to_partial_sums", 1, out.to_partial_sums ? 1 : 0);
  sink.signal("partial_sum_address", kAddressBits, out.partial_sum_address);
  sink.signal("to_windows", 1, out.to_windows ? 1 : 0);
  show(sink, out.writes);
}

void show(SignalSink& sink, const WindowUnit::Out& out) {
  sink.signal("valid", 1, out.valid ? 1 : 0);
  sink.signal("row", 10, out.row);
  sink.signal("byte", 8, out.byte);
  show(sink, out.writes);
  sink.signal("read", 1, out.read ? 1 : 0);
  sink.signal("read_address", kAddressBits, out.read_address);
  sink.signal("write", 1, out.write ? 1 : 0);
  sink.signal("write_address", kAddressBits, out.write_address);
}

void show(SignalSink& sink, const PoolingUnit::Out& out) {
  sink.signal("valid", 1, out.valid ? 1 : 0);
  sink.signal("row", 10, out.row);
  sink.signal("mean", 8, out.mean);
}

void show(SignalSink& sink, const OutputCrossbar& crossbar) {
  const OutputCrossbar::Out& out = crossbar.out();
  sink.open("output_crossbar");
  sink.signal("valid", 1, out.valid ? 1 : 0);
  sink.signal("write", 32, out.write);
  sink.signal("writes", 11, out.writes);
  sink.signal("offset", kAddressBits, out.offset);
  sink.signal("done", 32, out.done);
  sink.signal("pixels", 32, out.pixels);
  for (std::size_t row = 0; row < crossbar.bytes().size(); ++row)
    sink.signal(fmt::format("byte{}", row).c_str(), 8, crossbar.bytes()[row]);
  sink.close();
}

template <class Blocks>
void show_all(SignalSink& sink, const char* name, const Blocks& blocks) {
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    sink.open(fmt::format("{}{}", name, i));
    show(sink, blocks[i].out());
    sink.close();
  }
}

/// The output registers of a buffer's read ports, of words up to 64 bits.
void show_banks(SignalSink& sink, const char* name, const Buffer& buffer) {
  const Buffer::Shape& shape = buffer.shape();
  const std::size_t bytes = std::min<std::size_t>(shape.read_bytes, 8);
  sink.open(name);
  for (std::size_t bank = 0; bank < shape.banks; ++bank) {
    for (std::size_t port = 0; port < shape.read_ports; ++port) {
      std::uint64_t word = 0;
      for (std::size_t i = 0; i < bytes; ++i)
        word |= std::uint64_t{buffer.out(bank, port)[i]} << (8 * i);
      const std::string signal = shape.read_ports == 1 ? fmt::format("bank{}_out", bank)
                                                       : fmt::format("bank{}_out{}", bank, port);
      sink.signal(signal.c_str(), 8 * bytes, word);
    }
  }
  sink.close();
}

}  // namespace

void Datapath::show_signals(SignalSink& sink) const {
  show(sink, loader_.out());
  show_all(sink, "column_feeder", columns_);
  show_all(sink, "row_feeder", rows_);
  show_all(sink, "row_output", outputs_);
  show_all(sink, "window_unit", windows_);
  show_all(sink, "pooling_unit", pooling_);
  show(sink, crossbar_);
}

void Machine::show_signals(SignalSink& sink) const {
  show(sink, controller_.out());
  show(sink, memory_.out());
  path_.show_signals(sink);
  show_banks(sink, "data_buffer", data_);
  show_banks(sink, "input_buffer", input_);
  show_banks(sink, "weight_buffer", weights_);
  show_banks(sink, "partial_sum_buffer", partial_sums_);
  show_banks(sink, "residual_buffer", residuals_);
  show_banks(sink, "residual_input_buffer", residual_inputs_);
  show_banks(sink, "output_buffer", output_);
  if (!path_.windows().empty()) show_banks(sink, "pooling_line_buffer", line_buffer_);
}

void StageMachine::show_signals(SignalSink& sink) const {
  show(sink, sequencer_.out());
  path_.show_signals(sink);
  show_banks(sink, "line_buffer", lines_);
  if (residuals_) show_banks(sink, "residual_line_buffer", *residuals_);
  show_banks(sink, "weight_buffer", weights_);
  if (!path_.windows().empty()) show_banks(sink, "pooling_line_buffer", windows_);
}

void PipelineMachine::show_signals(SignalSink& sink) const {
  sink.open("machine");
  show(sink, reader_.out());
  show(sink, reader_crossbar_);
  for (std::size_t i = 0; i < stages_.size(); ++i) {
    sink.open(fmt::format("layer{}", i));
    stages_[i].show_signals(sink);
    sink.close();
  }
  sink.close();
}

}  // namespace colcomb::simulation::machine
