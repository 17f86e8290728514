#include "tests/rtl/machine/whole_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>

#include "colcomb/base/check.hpp"
#include "colcomb/semantics/integer_run.hpp"
#include "colcomb/simulation/machine/run_program.hpp"
#include "tests/rtl/blocks/machine_program.hpp"

namespace colcomb::tests {
namespace {

constexpr std::size_t kPlaceBits = 10;   // LoadPlaceBits
constexpr std::size_t kIndexBits = 16;   // LoadIndexBits
constexpr std::size_t kBatchBits = 16;   // BatchBits
constexpr std::size_t kWordBits = 1024;  // LoadWordBits

}  // namespace

WholeModel::WholeModel(const Parameters& parameters, std::uint64_t seed)
    : MachineModel(parameters, seed),
      dram_(rtl::dram_image(program(),
                            simulation::machine::images_in_memory(program(), drawn().images))),
      loads_(rtl::program_loads(images())) {
  requested_.resize(hardware().DramLatency + 1);
  word_.assign(hardware().DramBytes, 0);
}

std::vector<Wire> WholeModel::inputs() const {
  const auto& p = hardware();
  return {{"load", 1},
          {"load_memory", 3},
          {"load_place", kPlaceBits},
          {"load_index", kIndexBits},
          {"load_word", kWordBits},
          {"read_restart", std::max<std::size_t>(1, std::bit_width(p.Reads - 1))},
          {"batch_bytes", p.DramBits},
          {"two_slots", 1},
          {"batches", kBatchBits},
          {"start", 1},
          {"dram_word", std::size_t{8} * p.DramBytes}};
}

std::vector<Wire> WholeModel::outputs() const {
  const auto& p = hardware();
  std::vector<Wire> wires = {{"done", 1},
                             {"finished", 1},
                             {"column_valid", 1},
                             {"column_token", bundles().column.bits()},
                             {"row_valid", 1},
                             {"row_token", bundles().row.bits()},
                             {"result_token", bundles().result.bits()},
                             {"fill_weights", 1},
                             {"fill_input", 1},
                             {"fill_residual", 1},
                             {"fill_address", p.AddressBits},
                             {"drain", 1},
                             {"drain_bus", p.BusBits},
                             {"drain_address", p.AddressBits}};
  for (const auto& list : {weight_reads(), column_reads(), column_writes(), row_reads(),
                           bus_writes(), line_reads(), line_writes()})
    wires.insert(wires.end(), list.begin(), list.end());
  return wires;
}

std::string WholeModel::name_inside(const std::string& output) {
  if (output == "done" || output == "finished") return output + "_o";
  if (output == "weights_address") return "line_address";
  if (output == "data" || output == "partial" || output == "output" || output == "line")
    return output + "_written";
  return output;
}

void WholeModel::put_tokens(WireValues& out) {
  const auto& column = *machine().wires().column;
  const auto& row = *machine().wires().row;
  out.put(column.valid);
  put_values(out, tokens().column(word_of(column)), column.valid);
  out.put(row.valid);
  put_values(out, tokens().row(word_of(row)), row.valid);
  put_values(out, tokens().result(word_of(row)), row.valid);
}

void WholeModel::put_channel(WireValues& out) {
  const auto& p = hardware();
  const auto& channel = machine().memory().out();
  const bool image = channel.kind == TransferKind::kImages || channel.kind == TransferKind::kInput;
  out.put(channel.write && channel.kind == TransferKind::kWeights);
  out.put(channel.write && image);
  out.put(channel.write && channel.kind == TransferKind::kResidual);
  // Nothing is known of addresses before the first one.
  if (channel.write) out.put(channel.address, p.AddressBits);
  if (!channel.write) out.put_unknown(p.AddressBits);
  out.put(channel.read);
  out.put_if(channel.read, channel.bus, p.BusBits);
  out.put_if(channel.read, channel.read_address, p.AddressBits);
}

void WholeModel::clock(WireValues& in, WireValues& out) {
  // Loads, a clock without any, and start.
  const bool loading = phase_ < loads_.size();
  const bool starts = phase_ == loads_.size() + 2;
  const rtl::ProgramLoad load = loading ? loads_[phase_] : rtl::ProgramLoad{};
  in.put(loading);
  in.put(load.memory, 3);
  in.put(load.place, kPlaceBits);
  in.put(load.index, kIndexBits);
  rtl::Bits word = load.word;
  COLCOMB_CHECK(word.size() <= kWordBits, "LoadWordBits holds every word");
  word.resize(kWordBits);
  put_bits(in, word);
  const auto wires = inputs();
  in.put(images().read_restart, wires[5].bits);
  in.put(images().batch_bytes, hardware().DramBits);
  in.put(images().two_slots);
  in.put(drawn().batches, kBatchBits);
  in.put(starts);
  put_bytes(in, word_.data(), std::size_t{8} * hardware().DramBytes);

  if (phase_ > loads_.size() + 2) machine().step();
  ++phase_;
  const std::uint64_t done = machine().path().crossbar().out().done;
  finished_ = finished_ || machine().memory().written(drawn().batches * program().tiles.size());
  out.put(done - done_);
  done_ = done;
  out.put(finished_);
  put_tokens(out);
  put_channel(out);
  put_weight_reads(out);
  put_column_reads(out);
  put_column_writes(out);
  put_row_reads(out);
  put_bus_writes(out);
  put_line_reads(out);
  put_line_writes(out);
}

void WholeModel::move(const DramPort& port) {
  const std::size_t bytes = hardware().DramBytes;
  const auto check = [&](std::uint64_t address) {
    COLCOMB_CHECK(address + bytes <= dram_.size(), "the RTL leaves the DRAM");
  };
  if (port.write) {
    check(port.write_address);
    for (std::size_t i = 0; i < bytes; ++i) {
      if (port.mask[i]) dram_[port.write_address + i] = port.word[i];
    }
  }
  requested_.pop_front();
  requested_.emplace_back();
  if (port.read) requested_.back() = port.read_address;
  // A word is what DRAM holds when it comes.
  std::ranges::fill(word_, std::uint8_t{0xee});
  if (const auto& address = requested_.front()) {
    check(*address);
    std::copy_n(dram_.begin() + static_cast<std::ptrdiff_t>(*address), bytes, word_.begin());
  }
}

std::vector<WholeModel::Logit> WholeModel::logits() const {
  const MemoryMap& map = program().memory;
  const std::size_t batch = program().array.batch;
  const std::size_t size = drawn().network.description.input.size();
  const std::size_t classes = program().layers.back().filters;
  const std::size_t plane = (map.batch_bytes - map.logits) / classes;
  std::vector<Logit> result;
  for (std::size_t i = 0; i < batch * drawn().batches; ++i) {
    const auto values =
        semantics::run(drawn().network, std::span(drawn().images).subspan(i * size, size));
    for (std::size_t n = 0; n < classes; ++n)
      result.push_back(
          {i, n,
           map.batches + i / batch * map.batch_bytes + map.logits + n * plane + 4 * (i % batch),
           values[n]});
  }
  return result;
}

std::string WholeModel::wrong_logit() const {
  for (const Logit& logit : logits()) {
    std::int32_t found = 0;
    std::memcpy(&found, dram_.data() + logit.address, 4);
    if (found != logit.value)
      return fmt::format("image {}, class {}: logit {}, not {}", logit.image, logit.filter, found,
                         logit.value);
  }
  return {};
}

std::string WholeModel::describe() const {
  return fmt::format("{}; {} tiles, {} batches", colcomb::describe(program().array),
                     program().tiles.size(), drawn().batches);
}

}  // namespace colcomb::tests
