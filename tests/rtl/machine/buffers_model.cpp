#include <algorithm>

#include "colcomb/base/check.hpp"
#include "tests/rtl/blocks/block_list.hpp"
#include "tests/rtl/machine/machine_model.hpp"

namespace colcomb::tests {
namespace {

using simulation::machine::Buffer;
using simulation::machine::ResultWrites;
using simulation::machine::WordToken;

/// The buffers of the simulator's machine, as its datapath and its DRAM channel use them.
class BuffersModel : public MachineModel {
 public:
  BuffersModel(const Parameters& parameters, std::uint64_t seed)
      : MachineModel(parameters, seed),
        written_(hardware().Buses, std::vector<bool>(machine().output_buffer().shape().bank_bytes)),
        drained_(hardware().Buses, std::vector<bool>(hardware().DramBytes)) {}

  bool has_reset() const override { return false; }

  std::vector<Wire> inputs() const override {
    std::vector<Wire> wires;
    const auto& p = hardware();
    const std::vector<Wire> channel = {{"fill_weights", 1},
                                       {"fill_input", p.Columns},
                                       {"fill_residual", p.Buses},
                                       {"fill_address", p.AddressBits},
                                       {"fill_word", std::size_t{8} * p.DramBytes},
                                       {"drain", 1},
                                       {"drain_bus", p.BusBits},
                                       {"drain_address", p.AddressBits}};
    for (const auto& list : {column_reads(), column_writes(), weight_reads(), row_reads(),
                             bus_writes(), line_reads(), line_writes(), channel})
      wires.insert(wires.end(), list.begin(), list.end());
    return wires;
  }
  std::vector<Wire> outputs() const override {
    const auto& p = hardware();
    const std::size_t ports = std::size_t{p.Columns} * p.ReadPorts;
    return {{"data", 8 * ports},
            {"input", 8 * ports},
            {"weights", std::size_t{p.Columns} * p.LoadLines},
            {"partial", std::size_t{p.Buses} * p.AccBits},
            {"residual", std::size_t{8} * p.Buses},
            {"residual_input", std::size_t{8} * p.Buses},
            {"line", std::size_t{24} * p.Buses * p.Windows},
            {"drain_words", std::size_t{8} * p.Buses * p.DramBytes}};
  }

  void clock(WireValues& in, WireValues& out) override {
    put_column_reads(in);
    put_column_writes(in);
    put_weight_reads(in);
    put_row_reads(in);
    put_bus_writes(in);
    put_line_reads(in);
    put_line_writes(in);
    put_channel(in);
    watch_output();
    const auto& loader = machine().path().loader().out();
    if (loader.read) line_bits_ = 8 * loader.bytes;
    machine().step();
    const auto& p = hardware();
    const auto& wires = machine().wires();
    put_ports(out, "read_data", in, *wires.data, 8);
    put_ports(out, "read_input", in, *wires.input, 8);
    const std::size_t line = std::size_t{p.Columns} * p.LoadLines;
    const std::size_t known = std::min(line, line_bits_);
    put_bytes(out, wires.weights->out(0), known);
    out.put_unknown(line - known);
    put_ports(out, "read_partial", in, *wires.partial_sums, p.AccBits);
    put_ports(out, "read_residual", in, *wires.residuals, 8);
    put_ports(out, "read_residual_input", in, *wires.residual_inputs, 8);
    put_ports(out, "read_line", in, *wires.windows, std::size_t{24} * p.Windows);
    for (std::size_t b = 0; b < p.Buses; ++b) {
      for (std::size_t i = 0; i < p.DramBytes; ++i) {
        if (drained_[b][i]) put_bytes(out, machine().output_buffer().out(b) + i, 8);
        if (!drained_[b][i]) out.put_unknown(8);
      }
    }
  }

 private:
  void put_channel(WireValues& in) {
    const auto& p = hardware();
    const auto& out = machine().memory().out();
    const bool input = out.kind == TransferKind::kImages || out.kind == TransferKind::kInput;
    std::vector<bool> banks(p.Columns);
    for (std::uint32_t b = out.bank_begin; input && b < out.bank_begin + out.banks; ++b)
      banks[program().bank_numbers[b]] = true;
    in.put(out.write && out.kind == TransferKind::kWeights);
    for (const bool bank : banks) in.put(out.write && bank);
    for (std::size_t b = 0; b < p.Buses; ++b)
      in.put(out.write && out.kind == TransferKind::kResidual && out.bank_begin == b);
    in.put(out.address, p.AddressBits);
    put_bytes(in, machine().memory().word().data(), std::size_t{8} * p.DramBytes);
    in.put(out.read);
    in.put(out.bus, p.BusBits);
    in.put(out.read_address, p.AddressBits);
  }

  /// Which bytes of the output buffer have been written, and which of a word that is read.
  void watch_output() {
    const auto& out = machine().memory().out();
    if (out.read) {
      for (std::size_t i = 0; i < hardware().DramBytes; ++i)
        drained_[out.bus][i] = written_[out.bus][out.read_address + i];
    }
    const auto& path = machine().path();
    path.each_result(
        [&](const WordToken& token, std::size_t row, std::uint8_t, const ResultWrites& writes) {
          if (!writes.to_output) return;
          const LayerSetup& layer = program().layers[program().schedule.tiles[token.tile].layer];
          const std::size_t bytes = layer.role == LayerRole::kClassifier ? 4 : 1;
          for (std::size_t i = 0; i < bytes; ++i)
            written_[path.bus(row)][writes.output_address + i] = true;
        });
  }

  /// The output registers of a buffer's read ports, those that were read since clock 0.
  void put_ports(WireValues& out, const char* strobes, const WireValues& in, const Buffer& buffer,
                 std::size_t bits) {
    std::size_t first = 0;
    std::size_t count = 0;
    for (const Wire& wire : inputs()) {
      count = wire.bits;
      if (wire.name == strobes) break;
      first += wire.bits;
    }
    std::vector<bool>& read = read_[strobes];
    read.resize(count);
    const std::size_t ports = buffer.shape().read_ports;
    for (std::size_t port = 0; port < count; ++port) {
      if (in.bits()[first + port] != 0) read[port] = true;
      if (read[port]) put_bytes(out, buffer.out(port / ports, port % ports), bits);
      if (!read[port]) out.put_unknown(bits);
    }
  }

  std::map<std::string, std::vector<bool>> read_;  // per strobe: ports
  std::size_t line_bits_ = 0;
  std::vector<std::vector<bool>> written_;  // per bank of the output buffer
  std::vector<std::vector<bool>> drained_;  // of its last word: bytes that had been written
};

}  // namespace

std::unique_ptr<BlockModel> make_buffers(const Parameters& parameters, std::uint64_t seed) {
  return std::make_unique<BuffersModel>(parameters, seed);
}

}  // namespace colcomb::tests
