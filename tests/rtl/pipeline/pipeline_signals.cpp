#include "tests/rtl/pipeline/pipeline_signals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "colcomb/simulation/exact/output_quantizer.hpp"
#include "colcomb/simulation/machine/line_rings.hpp"
#include "tests/rtl/blocks/machine_program.hpp"
#include "tests/rtl/machine/port_access.hpp"

namespace colcomb::tests {
namespace {

using simulation::machine::ColumnFeeder;
using simulation::machine::OutputCrossbar;
using simulation::machine::ResultWrites;
using simulation::machine::RowFeeder;
using simulation::machine::WordToken;

}  // namespace

PipelineSignals::PipelineSignals(const tiling::Pipeline& pipeline,
                                 const rtl::PipelineHardware& hardware)
    : pipeline_(pipeline), hardware_(hardware), pixels_(pipeline.stages.size()) {
  for (std::size_t i = 0; i < hardware.stages.size(); ++i)
    tokens_.emplace_back(hardware.stages[i], output_ring(pipeline, i));
}

/// Of sa_image_requests's bytes.
std::size_t PipelineSignals::fifo_count_bits() const {
  const ArrayConfig& array = pipeline_.array;
  return static_cast<std::size_t>(std::bit_width(
      2 * (pipeline_.fifo_bytes() + pipeline_.reader.array.rows + 2 * array.dram_burst_bytes)));
}

std::vector<Signal> PipelineSignals::signals() const {
  std::vector<Signal> all;
  const std::size_t address = hardware_.address_bits;
  const auto add_lines = [&](const std::string& block, std::size_t line, std::size_t ports) {
    all.push_back({block, fmt::format("pixel_{}", line), 1});
    all.push_back({block, fmt::format("write_{}", line), ports});
    all.push_back({block, fmt::format("address_{}", line), ports * address});
    all.push_back({block, fmt::format("byte_{}", line), ports * 8});
  };
  const std::string reader = "image reader";
  all.push_back({reader, "u_reader.u_requests.requested_q", fifo_count_bits()});
  all.push_back({reader, "image_pixel", 1});
  all.push_back({reader, "image_place", address});
  all.push_back({reader, "image_bytes", std::size_t{8} * pipeline_.reader.array.rows});
  add_lines(reader, 0, pipeline_.reader.array.columns * hardware_.reader_path.WritePorts);
  for (std::size_t i = 0; i < hardware_.stages.size(); ++i) {
    const rtl::StageHardware& stage = hardware_.stages[i];
    const rtl::MachineParameters& p = stage.path;
    const std::string block = fmt::format("layer {}, {}", i, stage.program.layers.front().name);
    const auto add = [&](const std::string& name, std::size_t bits) {
      all.push_back({block, fmt::format("u_stage_{}.{}", i, name), bits});
    };
    add("column_valid", 1);
    add("column_token", tokens_[i].bundles().column.bits());
    add("row_valid", 1);
    add("row_token", tokens_[i].bundles().row.bits());
    add("result_token", tokens_[i].bundles().result.bits());
    all.push_back({block, fmt::format("freed_{}", i), hardware_.counter_bits});
    add("read_data", std::size_t{p.Columns} * p.ReadPorts);
    add("read_address", p.Columns * p.ReadPorts * address);
    if (stage.rings.residual > 0) {
      all.push_back({block, fmt::format("residual_freed_{}", i), hardware_.counter_bits});
      add("read_residual", p.Buses);
      add("read_bus_address", p.Buses * address);
      add("write_residual", p.Buses);
      add("residual_address", p.Buses * address);
      add("residual_byte", std::size_t{8} * p.Buses);
    }
    if (i + 1 < hardware_.stages.size()) {
      add_lines(block, i + 1, stage.banks * p.WritePorts);
    } else {
      all.push_back({block, fmt::format("logit_valid_{}", i), p.Buses});
      all.push_back({block, "logit_row_o", p.Buses * address});
      all.push_back({block, "logit_o", std::size_t{32} * p.Buses});
    }
  }
  return all;
}

void PipelineSignals::put(const Machine& machine, WireValues& values) {
  put_reader(machine, values);
  for (std::size_t i = 0; i < hardware_.stages.size(); ++i) {
    const StageMachine& stage = machine.stages()[i];
    const rtl::StageHardware& hardware = hardware_.stages[i];
    const auto& sequencer = stage.sequencer();
    values.put(sequencer.column.valid);
    put_values(values, tokens_[i].column(sequencer.column), sequencer.column.valid);
    values.put(sequencer.row.valid);
    put_values(values, tokens_[i].row(sequencer.row), sequencer.row.valid);
    put_values(values, tokens_[i].result(sequencer.row), sequencer.row.valid);
    values.put(sequencer.input_freed, hardware_.counter_bits);
    put_reads(stage, hardware, values);
    if (hardware.rings.residual > 0) put_residuals(machine, i, values);
    if (i + 1 < hardware_.stages.size()) {
      put_lines(pipeline_.stages[i].program, stage.path().crossbar(), i + 1,
                hardware.path.WritePorts, values);
    } else {
      put_logits(stage, hardware, values);
    }
  }
}

void PipelineSignals::put_reader(const Machine& machine, WireValues& values) {
  const auto& out = machine.reader().out();
  values.put(out.bursts * pipeline_.array.dram_burst_bytes, fifo_count_bits());
  values.put(out.token.valid);
  const std::uint64_t pixels = pipeline_.reader.layers.front().words().outputs();
  const auto pixel = static_cast<std::int64_t>(out.token.batch * pixels + out.token.pixel);
  const std::uint64_t ring = pipeline_.stages.front().input.pixels;
  values.put_if(out.token.valid,
                static_cast<std::uint64_t>(simulation::machine::ring_place(pixel, ring)),
                hardware_.address_bits);
  for (const std::int16_t byte : out.bytes) {
    if (out.token.valid && byte != OutputCrossbar::kNone)
      values.put(static_cast<std::uint64_t>(byte), 8);
    else
      values.put_unknown(8);
  }
  put_lines(pipeline_.reader, machine.reader_crossbar(), 0, hardware_.reader_path.WritePorts,
            values);
}

void PipelineSignals::put_lines(const TileProgram& program, const OutputCrossbar& crossbar,
                                std::size_t behind, std::uint32_t ports, WireValues& values) {
  const OutputCrossbar::Out& out = crossbar.out();
  values.put(out.pixels - pixels_[behind]);
  pixels_[behind] = out.pixels;
  const tiling::Stage& stage = pipeline_.stages[behind];
  const std::size_t columns = stage.program.array.columns;
  const LayerSetup& layer = program.layers.front();
  const std::uint64_t pixels = layer.role == LayerRole::kPooled ? 1 : layer.words().outputs();
  const auto pixel = static_cast<std::int64_t>(out.batch * pixels + out.offset);
  const auto place =
      static_cast<std::uint64_t>(simulation::machine::ring_place(pixel, stage.input.pixels));
  std::vector<Access> writes(columns * ports);
  for (std::uint32_t w = 0; out.valid && w < out.writes; ++w) {
    for (std::size_t c = 0; c < columns; ++c) {
      const WriteDescriptor& write = program.writes[(out.write + w) * columns + c];
      if (write.used)
        writes[c * ports + w] = {true, write.address + place, crossbar.bytes()[write.row]};
    }
  }
  put_strobes(writes, values);
  put_addresses(writes, hardware_.address_bits, values);
  put_words(writes, 8, values);
}

void PipelineSignals::put_reads(const StageMachine& stage, const rtl::StageHardware& hardware,
                                WireValues& values) const {
  std::vector<Access> reads;
  for (const ColumnFeeder& column : stage.path().columns()) {
    const ColumnFeeder::Out& out = column.out();
    for (std::uint32_t port = 0; port < hardware.path.ReadPorts; ++port) {
      const bool valid =
          out.group.valid && port < out.group.end - out.group.begin && out.reads[port].valid;
      reads.push_back({valid, out.reads[port].address, 0});
    }
  }
  put_strobes(reads, values);
  put_addresses(reads, hardware_.address_bits, values);
}

void PipelineSignals::put_residuals(const Machine& machine, std::size_t index,
                                    WireValues& values) const {
  const StageMachine& stage = machine.stages()[index];
  values.put(stage.sequencer().residual_freed, hardware_.counter_bits);
  const std::size_t buses = hardware_.stages[index].path.Buses;
  std::vector<Access> reads(buses);
  for (std::size_t r = 0; r < stage.path().rows().size(); ++r) {
    const RowFeeder::Stage& read = stage.path().rows()[r].out().read;
    if (read.valid && read.source == RowFeeder::Source::kResidual)
      reads[stage.path().bus(r)] = {true, read.address, 0};
  }
  put_strobes(reads, values);
  put_addresses(reads, hardware_.address_bits, values);
  std::size_t source = 0;
  while (std::ranges::find(pipeline_.stages[source].readers, index) ==
         pipeline_.stages[source].readers.end())
    ++source;
  std::vector<StageMachine::Write> found;
  machine.stages()[source].residual_writes(pipeline_.stages[index], found);
  std::vector<Access> writes(buses);
  for (const StageMachine::Write& write : found)
    writes[write.bank] = {true, write.address, write.byte};
  put_strobes(writes, values);
  put_addresses(writes, hardware_.address_bits, values);
  put_words(writes, 8, values);
}

void PipelineSignals::put_logits(const StageMachine& stage, const rtl::StageHardware& hardware,
                                 WireValues& values) const {
  const auto& path = stage.path();
  const std::size_t bits = stage.stage().program.array.accumulation_bits;
  std::vector<Access> logits(hardware.path.Buses);
  path.each_result([&](const WordToken&, std::size_t row, std::uint8_t, const ResultWrites&) {
    const std::int64_t value =
        simulation::signed_value(path.outputs()[row].out().accumulation, bits);
    logits[path.bus(row)] = {true, row % hardware.path.Interval, static_cast<std::uint64_t>(value)};
  });
  put_strobes(logits, values);
  put_addresses(logits, hardware_.address_bits, values);
  put_words(logits, 32, values);
}

}  // namespace colcomb::tests
