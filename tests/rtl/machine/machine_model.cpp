#include "tests/rtl/machine/machine_model.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "colcomb/base/check.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/simulation/machine/run_program.hpp"
#include "tests/rtl/blocks/one_cell.hpp"

namespace colcomb::tests {
namespace {

constexpr std::uint64_t kMostDraws = 2000;

std::uint32_t value_bits(std::uint32_t most) {
  return std::max(1U, static_cast<std::uint32_t>(std::bit_width(most)));
}

/// Nothing is said of 0 things.
std::uint32_t address_bits(std::uint32_t count) {
  return count > 0 ? value_bits(count - 1) : 0;
}

rtl::MachineParameters needs_of(const RandomProgram& drawn) {
  return rtl::machine_parameters(drawn.program, drawn.batches, "random");
}

/// The program's numbers where a line says nothing: what other modules have.
rtl::MachineParameters completed(rtl::MachineParameters hardware,
                                 const rtl::MachineParameters& needs) {
#define COLCOMB_RTL_PARAMETER(name, shared, meaning) \
  if (hardware.name == 0) hardware.name = needs.name;
#include "colcomb/rtl/machine_parameters.def"
#undef COLCOMB_RTL_PARAMETER
  return hardware;
}

/// Whether two layers take a word through the array for each pixel of an image.
bool whole_maps(const NetworkDescription& network) {
  const std::size_t pixels = network.input.height * network.input.width;
  return std::ranges::count_if(network.hidden, [pixels](const LayerDescription& layer) {
           return layer.words().height() * layer.words().width() >= pixels;
         }) >= 2;
}

/// The first program that the hardware runs, of those of a stream of seeds; with images of a given
/// side one that works on whole maps of them.
RandomProgram draw(const rtl::MachineParameters& hardware, std::uint64_t seed,
                   std::size_t image_side) {
  const ArrayConfig array = array_of(hardware);
  for (std::uint64_t n = 0; n < kMostDraws; ++n) {
    try {
      // Datapaths and buffers take no layer records: which maps a layer reads is none of theirs.
      RandomProgram drawn =
          random_program(Random::stream(seed, n).bits(), array, hardware.Layers > 0,
                         hardware.Tables > 0, hardware.ExponentBits > 0, image_side);
      const bool large = image_side == 0 || whole_maps(drawn.network.description);
      if (large && fits(needs_of(drawn), hardware)) return drawn;
    } catch (const UserError&) {
      // The next one may fit.
    }
  }
  throw InternalError("no random program fits the hardware");
}

}  // namespace

rtl::MachineParameters hardware_of(const Parameters& parameters) {
  rtl::MachineParameters p;
#define COLCOMB_RTL_PARAMETER(name, shared, meaning) \
  if (parameters.contains(#name)) p.name = parameters.at(#name);
#include "colcomb/rtl/machine_parameters.def"
#undef COLCOMB_RTL_PARAMETER
  const ArrayConfig array = array_of(p);
  p.Interval = static_cast<std::uint32_t>(array.word_interval());
  p.Buses = static_cast<std::uint32_t>(array.row_buses());
  p.LoadLines = static_cast<std::uint32_t>(array.load_lines());
  p.RowBits = value_bits(p.Rows);
  p.GroupBits = value_bits(p.Columns);
  p.ReadClockBits = value_bits((p.Alpha + p.ReadPorts - 1) / p.ReadPorts);
  p.BusBits = address_bits(p.Buses);
  p.BankBits = std::max(p.Columns, p.Buses);
  p.LineBits = address_bits(p.Lines);
  p.RowTileBits = address_bits(p.RowTiles);
  p.WriteLineBits = address_bits(p.WriteLines);
  if (p.MaxWriteClocks > 0) p.WriteClockBits = value_bits(p.MaxWriteClocks);
  p.PoolEntryBits = address_bits(p.PoolEntries);
  if (p.Tables > 0) p.TableBits = value_bits(p.Tables);
  return p;
}

ArrayConfig array_of(const rtl::MachineParameters& p) {
  ArrayConfig array;
  array.rows = p.Rows;
  array.columns = p.Columns;
  array.alpha = p.Alpha;
  array.cell = kind_of(p.Kind);
  array.accumulation_bits = p.AccBits;
  array.double_buffering = p.DoubleBuffer != 0;
  array.bank_ports = std::max(p.ReadPorts, p.WritePorts);
  array.pooling_windows = p.Windows;
  // A datapath alone has no DRAM.
  array.dram_bytes_per_clock = p.DramBytes > 0 ? p.DramBytes : 4;
  array.dram_latency = p.DramLatency > 0 ? p.DramLatency : 5;
  return array;
}

MachineModel::MachineModel(const Parameters& parameters, std::uint64_t seed)
    : drawn_(draw(hardware_of(parameters),
                  seed + (parameters.contains("seed") ? parameters.at("seed") : 0),
                  parameters.contains("image_side") ? parameters.at("image_side") : 0)),
      hardware_(completed(hardware_of(parameters), needs_of(drawn_))),
      bundles_(hardware_),
      images_(rtl::memory_images(drawn_.program, hardware_)) {
  index_.emplace(drawn_.program);
  tokens_.emplace(drawn_.program, bundles_, *index_);
  machine_ = std::make_unique<Machine>(
      drawn_.program, simulation::machine::images_in_memory(drawn_.program, drawn_.images),
      simulation::machine::MachineOptions{});
}

std::string MachineModel::where() const {
  const auto& word = *machine_->wires().column;
  const auto& row = machine_->path().outputs().front().out().token;
  return fmt::format("clock {} of the program, tile {}, word {}; row 0 had word {} of tile {}",
                     machine_->clock(), machine_->controller().out().sending, word.word, row.word,
                     row.tile);
}

rtl::Word word_of(const simulation::machine::WordToken& token) {
  return {token.first,       token.last, token.input_turn, token.residual_turn,
          token.output_turn, token.tile, token.word,       token.image,
          token.y,           token.x,    token.completes,  token.pixel,
          token.output};
}

rtl::Bits known_bits(const rtl::Values& values) {
  // The first field has the highest bits.
  rtl::Bits bits(values.bundle().bits());
  std::size_t end = bits.size();
  for (std::size_t f = 0; f < values.bundle().fields().size(); ++f) {
    end -= values.bundle().fields()[f].bits;
    if (const auto& field = values.field(f))
      std::copy(field->begin(), field->end(), bits.begin() + static_cast<std::ptrdiff_t>(end));
  }
  return bits;
}

void put_bits(WireValues& values, const rtl::Bits& bits) {
  for (const bool bit : bits) values.put(bit ? 1 : 0);
}

void put_bytes(WireValues& values, const std::uint8_t* bytes, std::size_t bits) {
  for (std::size_t b = 0; b < bits; ++b) values.put((bytes[b / 8] >> (b % 8)) & 1U);
}

}  // namespace colcomb::tests
