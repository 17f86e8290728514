// What the simulator's machine shows between datapath and buffers, port by port.
#include <cstring>

#include "colcomb/simulation/exact/output_quantizer.hpp"
#include "tests/rtl/machine/machine_model.hpp"
#include "tests/rtl/machine/port_access.hpp"

namespace colcomb::tests {
namespace {

using simulation::machine::ColumnFeeder;
using simulation::machine::OutputCrossbar;
using simulation::machine::ResultWrites;
using simulation::machine::RowFeeder;
using simulation::machine::RowOutput;
using simulation::machine::WindowUnit;
using simulation::machine::WordToken;

}  // namespace

std::vector<Wire> MachineModel::column_reads() const {
  const std::size_t ports = std::size_t{hardware().Columns} * hardware().ReadPorts;
  return {{"read_data", ports},
          {"read_input", ports},
          {"read_address", ports * hardware().AddressBits}};
}

void MachineModel::put_column_reads(WireValues& values) const {
  std::vector<Access> data;
  std::vector<Access> input;
  std::vector<Access> both;
  for (const ColumnFeeder& column : machine().path().columns()) {
    const ColumnFeeder::Out& out = column.out();
    for (std::uint32_t port = 0; port < hardware().ReadPorts; ++port) {
      const bool valid =
          out.group.valid && port < out.group.end - out.group.begin && out.reads[port].valid;
      both.push_back({valid, out.reads[port].address, 0});
      data.push_back({valid && !out.group.from_input, 0, 0});
      input.push_back({valid && out.group.from_input, 0, 0});
    }
  }
  put_strobes(data, values);
  put_strobes(input, values);
  put_addresses(both, hardware().AddressBits, values);
}

std::vector<Wire> MachineModel::column_writes() const {
  const std::size_t ports = std::size_t{hardware().Columns} * hardware().WritePorts;
  return {{"write_data", ports},
          {"write_address", ports * hardware().AddressBits},
          {"data", 8 * ports}};
}

void MachineModel::put_column_writes(WireValues& values) const {
  const OutputCrossbar& crossbar = machine().path().crossbar();
  const OutputCrossbar::Out& out = crossbar.out();
  const std::size_t ports = hardware().WritePorts;
  std::vector<Access> writes(hardware().Columns * ports);
  for (std::uint32_t w = 0; out.valid && w < out.writes; ++w) {
    for (std::size_t c = 0; c < hardware().Columns; ++c) {
      const WriteDescriptor& write = program().writes[(out.write + w) * hardware().Columns + c];
      if (!write.used) continue;
      writes[c * ports + w] = {true, write.address + out.offset, crossbar.bytes()[write.row]};
    }
  }
  put_strobes(writes, values);
  put_addresses(writes, hardware().AddressBits, values);
  put_words(writes, 8, values);
}

std::vector<Wire> MachineModel::weight_reads() const {
  return {{"read_weights", 1}, {"weights_address", hardware().AddressBits}};
}

void MachineModel::put_weight_reads(WireValues& values) const {
  const auto& out = machine().path().loader().out();
  values.put(out.read ? 1 : 0);
  values.put_if(out.read, out.address, hardware().AddressBits);
}

std::vector<Wire> MachineModel::row_reads() const {
  const std::size_t buses = hardware().Buses;
  return {{"read_partial", buses},
          {"read_residual", buses},
          {"read_residual_input", buses},
          {"read_bus_address", buses * hardware().AddressBits}};
}

void MachineModel::put_row_reads(WireValues& values) const {
  const auto& path = machine().path();
  std::vector<Access> by_source[3];
  for (auto& source : by_source) source.resize(hardware().Buses);
  std::vector<Access> reads(hardware().Buses);
  for (const std::size_t r : path.reading_rows()) {
    const RowFeeder::Stage& read = path.rows()[r].out().read;
    const bool sums = read.source == RowFeeder::Source::kPartialSum;
    const std::uint64_t address = sums ? read.address / (hardware().AccBits / 8) : read.address;
    reads[path.bus(r)] = {true, address, 0};
    const std::size_t source = sums ? 0 : read.source == RowFeeder::Source::kResidual ? 1 : 2;
    by_source[source][path.bus(r)].valid = true;
  }
  for (const auto& source : by_source) put_strobes(source, values);
  put_addresses(reads, hardware().AddressBits, values);
}

std::vector<Wire> MachineModel::bus_writes() const {
  const std::size_t buses = hardware().Buses;
  const std::size_t addresses = buses * hardware().AddressBits;
  return {{"write_partial", buses},
          {"partial_address", addresses},
          {"partial", buses * hardware().AccBits},
          {"write_residual", buses},
          {"residual_address", addresses},
          {"write_output", buses},
          {"output_logit", buses},
          {"output_address", addresses},
          {"output", 32 * buses}};
}

void MachineModel::put_bus_writes(WireValues& values) const {
  const auto& path = machine().path();
  const std::size_t bits = hardware().AccBits;
  std::vector<Access> sums(hardware().Buses);
  std::vector<Access> residuals(hardware().Buses);
  std::vector<Access> outputs(hardware().Buses);
  std::vector<bool> logits(hardware().Buses);
  for (const std::size_t r : path.shown()) {
    const RowOutput::Out& out = path.outputs()[r].out();
    if (out.to_partial_sums)
      sums[path.bus(r)] = {true, out.partial_sum_address / (bits / 8), out.accumulation};
  }
  std::vector<Access> shown(hardware().Buses);  // of residual and output buffer
  path.each_result(
      [&](const WordToken& token, std::size_t row, std::uint8_t byte, const ResultWrites& writes) {
        const std::size_t bus = path.bus(row);
        const Tile& tile = program().schedule.tiles[token.tile];
        if (writes.to_residual) {
          residuals[bus] = {true, writes.residual_address, byte};
          shown[bus] = {true, 0, byte};
        }
        if (!writes.to_output) return;
        const bool logit = program().layers[tile.layer].role == LayerRole::kClassifier;
        logits[bus] = logit;
        const std::int32_t value =
            simulation::signed_value(path.outputs()[row].out().accumulation, bits);
        outputs[bus] = {true, writes.output_address, 0};
        shown[bus] = {true, 0, logit ? static_cast<std::uint32_t>(value) : byte};
      });
  put_strobes(sums, values);
  put_addresses(sums, hardware().AddressBits, values);
  put_words(sums, bits, values);
  put_strobes(residuals, values);
  put_addresses(residuals, hardware().AddressBits, values);
  put_strobes(outputs, values);
  for (std::size_t bus = 0; bus < outputs.size(); ++bus)
    values.put_if(outputs[bus].valid, logits[bus] ? 1 : 0);
  put_addresses(outputs, hardware().AddressBits, values);
  put_words(shown, 32, values);
}

std::vector<Wire> MachineModel::line_reads() const {
  return {{"read_line", hardware().Buses},
          {"read_line_address", std::size_t{hardware().Buses} * hardware().AddressBits}};
}

void MachineModel::put_line_reads(WireValues& values) const {
  std::vector<Access> reads(hardware().Buses);
  const auto& windows = machine().path().windows();
  for (std::size_t b = 0; b < windows.size(); ++b) {
    const WindowUnit::Out& out = windows[b].out();
    reads[b] = {out.read, out.read_address / program().array.pooling_word_bytes(), 0};
  }
  put_strobes(reads, values);
  put_addresses(reads, hardware().AddressBits, values);
}

std::vector<Wire> MachineModel::line_writes() const {
  return {{"write_line", hardware().Buses},
          {"write_line_address", std::size_t{hardware().Buses} * hardware().AddressBits},
          {"line", std::size_t{hardware().Buses} * hardware().Windows * 24}};
}

void MachineModel::put_line_writes(WireValues& values) const {
  std::vector<Access> writes(hardware().Buses);
  const auto& windows = machine().path().windows();
  const std::size_t bytes = program().array.pooling_word_bytes();
  for (std::size_t b = 0; b < windows.size(); ++b) {
    const WindowUnit::Out& out = windows[b].out();
    writes[b] = {out.write, out.write_address / bytes, 0};
  }
  put_strobes(writes, values);
  put_addresses(writes, hardware().AddressBits, values);
  for (std::size_t b = 0; b < hardware().Buses; ++b) {
    for (std::size_t i = 0; i < bytes; ++i)
      values.put_if(writes[b].valid, writes[b].valid ? windows[b].out().word[i] : 0, 8);
  }
}

}  // namespace colcomb::tests
