#include "colcomb/rtl/machine_parameters.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/base/arithmetic.hpp"
#include "colcomb/base/check.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/rtl/program_index.hpp"
#include "colcomb/rtl/tile_records.hpp"
#include "colcomb/rtl/transfer_list.hpp"
#include "colcomb/rtl/widths.hpp"
#include "colcomb/tiling/latencies.hpp"

namespace colcomb::rtl {
namespace {

constexpr std::size_t kMostTables = 256;     // sa_stream_port's index, of a byte, has 16 bits
constexpr std::uint64_t kMostKernel = 4095;  // sa_window_unit's divisors have 24 bits at most

std::uint32_t narrow(std::uint64_t value) {
  COLCOMB_CHECK(value <= 0x7fffffff, "a parameter is an int of SystemVerilog");
  return static_cast<std::uint32_t>(value);
}

void raise(std::uint32_t& bits, std::uint32_t needed) {
  bits = std::max(bits, needed);
}

/// Words of a memory: a memory that nothing uses has one.
std::uint32_t words_of(std::uint64_t bytes, std::uint64_t word_bytes = 1) {
  return narrow(std::max<std::uint64_t>(1, bytes / word_bytes));
}

void set_array(const ArrayConfig& array, MachineParameters& p) {
  p.Kind = static_cast<std::uint32_t>(array.cell);
  p.Rows = narrow(array.rows);
  p.Columns = narrow(array.columns);
  p.Alpha = narrow(array.alpha);
  p.AccBits = narrow(array.accumulation_bits);
  p.DoubleBuffer = array.double_buffering ? 1 : 0;
  p.Interval = narrow(array.word_interval());
  p.Buses = narrow(array.row_buses());
  p.LoadLines = narrow(array.load_lines());
  p.Windows = narrow(array.pooling_windows);
  p.DataBytes = words_of(array.column_bank_bytes(array.data_bytes));
  p.InputBytes = words_of(array.column_bank_bytes(array.input_bytes));
  p.WeightBytes = words_of(array.weight_bytes);
  p.PartialSums =
      words_of(array.row_bank_bytes(array.partial_sum_bytes), array.accumulation_bits / 8);
  p.ResidualBytes = words_of(array.row_bank_bytes(array.residual_bytes));
  p.ResidualInputBytes = words_of(array.row_bank_bytes(array.residual_input_bytes));
  p.OutputBytes = words_of(array.row_bank_bytes(array.output_bytes));
  p.WindowWords = words_of(array.row_bank_bytes(array.pooling_bytes), array.pooling_word_bytes());
  p.AddressBits =
      bits_for(std::max({p.DataBytes, p.InputBytes, p.WeightBytes, p.PartialSums, p.ResidualBytes,
                         p.ResidualInputBytes, p.OutputBytes, p.WindowWords}));
  p.RowBits = bits_to(array.rows);
  p.RowNumberBits = bits_for(array.rows);
  p.GroupBits = bits_to(array.columns);
  p.LoadByteBits = bits_to(array.weight_line_bytes(array.columns));
  p.LoadLineBits = bits_to(array.rows * array.load_clocks());
  p.BusBits = bits_for(array.row_buses());
  p.BankBits = std::max(p.Columns, p.Buses);
  p.DramBytes = narrow(array.dram_bytes_per_clock);
  p.DramLatency = narrow(array.dram_latency);
}

void add_layer(const LayerSetup& layer, MachineParameters& p) {
  const WordGrid grid = layer.words();
  const std::uint64_t side = std::max(grid.height(), grid.width());
  for (std::size_t i = 0; i < layer.input_count(); ++i) {
    const LayerInput input = layer.input(0, i);  // of its size alone
    raise(p.CoordBits, 1 + bits_to((side - 1) * input.stride));
    raise(p.CoordBits, 1 + bits_to(std::max(input.height, input.width)));
  }
  // Counters to a window's pixels and the numbers of windows go up to these.
  raise(p.SideBits, bits_to(side));
  raise(p.SideBits, bits_to(std::max(grid.out_height(), grid.out_width())));
  if (layer.pooling) {
    raise(p.ColumnBits, bits_to(grid.out_width()));
    const std::uint64_t kernel =
        std::max(layer.pooling->kernel_height, layer.pooling->kernel_width);
    raise(p.KernelBits, bits_to(kernel));
    raise(p.SideBits, bits_to(std::max<std::uint64_t>(kernel, layer.pooling->stride)));
  }
  if (layer.role == LayerRole::kPooled) {
    raise(p.PixelBits, bits_to(grid.outputs()));
    raise(p.PoolSumBits, bits_to(255 * grid.outputs()));
    const std::uint64_t row_tiles = ceil_divide<std::uint64_t>(layer.filters, p.Rows);
    p.PoolEntries = std::max(p.PoolEntries, narrow(row_tiles * std::min(p.Interval, p.Rows)));
  }
}

/// A counter of tiles must tell those behind from those in front: the channel is a batch of tiles
/// ahead of the results at most, and behind it as many tiles as are on their way.
std::uint32_t counter_bits(const TileProgram& program) {
  const ArrayConfig& array = program.array;
  const std::uint64_t on_their_way =
      static_cast<std::uint64_t>(tiling::array_latency(array)) + array.rows + array.alpha + 64;
  return bits_to(2 * (program.tiles.size() + program.schedule.slots + on_their_way));
}

class Rules {
 public:
  Rules(const TileProgram& program, const std::string& where) : program_(program), where_(where) {}

  void check_gaps() const {
    for (std::size_t t = 0; t < program_.tiles.size(); ++t) {
      const std::size_t before = (t == 0 ? program_.tiles.size() : t) - 1;
      const TileSetup& setup = program_.tiles[t];
      require(
          setup.send_gap >= program_.schedule.tiles[before].read_clocks, t, "send_gap",
          setup.send_gap,
          "must be at least the tile before's read_clocks: the RTL holds one word for the rows");
    }
  }

  void check() const {
    for (std::size_t t = 0; t < program_.tiles.size(); ++t) {
      const TileSetup& setup = program_.tiles[t];
      require(setup.write_count <= program_.array.rows, t, "write_count", setup.write_count,
              "must be at most the array's rows for the RTL");
    }
    for (const LayerSetup& layer : program_.layers) {
      if (layer.table_by_row()) {
        throw file_error(where_, "layer " + layer.name + ": activation table",
                         fmt::format("one for each of {} rows", layer.filters),
                         "must be one for all rows for the RTL");
      }
      if (!layer.pooling) continue;
      const std::size_t kernel =
          std::max(layer.pooling->kernel_height, layer.pooling->kernel_width);
      if (kernel > kMostKernel)
        throw file_error(where_, "layer " + layer.name + ": pooling kernel",
                         fmt::format("{}", kernel),
                         fmt::format("must be at most {} for the RTL", kMostKernel));
    }
  }

 private:
  void require(bool holds, std::size_t tile, const char* field, std::uint64_t value,
               const char* rule) const {
    if (!holds)
      throw file_error(where_, fmt::format("tile {}: {}", tile, field), fmt::format("{}", value),
                       rule);
  }

  const TileProgram& program_;
  const std::string& where_;
};

}  // namespace

MachineParameters path_parameters(const TileProgram& program, const std::string& where) {
  Rules(program, where).check();
  MachineParameters p;
  set_array(program.array, p);
  p.CoordBits = p.SideBits = p.WordBits = p.WaitBits = p.PixelBits = p.ColumnBits = 1;
  p.KernelBits = p.TransferBits = p.SkipBits = p.PoolEntries = 1;
  p.PoolSumBits = 8;
  for (const LayerSetup& layer : program.layers) add_layer(layer, p);
  for (const LineDescriptor& line : program.lines) {
    const auto magnitude = static_cast<std::uint64_t>(
        std::max(std::abs(std::int64_t{line.dy}), std::abs(std::int64_t{line.dx})));
    raise(p.CoordBits, 1 + bits_to(magnitude));
  }
  for (std::size_t t = 0; t < program.tiles.size(); ++t) {
    const TileSetup& setup = program.tiles[t];
    const Tile& tile = program.schedule.tiles[t];
    raise(p.WordBits, bits_to(tile.words));
    raise(p.WaitBits,
          bits_to(std::max({setup.send_gap, setup.send_after_begin, setup.send_after_load,
                            setup.load_after_begin, tile.interval})));
    p.MaxWriteClocks = std::max({p.MaxWriteClocks, tile.write_clocks, 1U});
  }
  const ProgramIndex index(program);
  p.ReadPorts = index.read_ports();
  p.WritePorts = index.write_ports();
  p.ReadClockBits = bits_to(ceil_divide(p.Alpha, p.ReadPorts));
  p.Tiles = narrow(program.tiles.size());
  p.Layers = narrow(layer_record_tiles(program).size());
  p.Lines = index.column_lines();
  p.RowTiles = narrow(index.rows().size());
  p.WriteLines = std::max(1U, index.write_lines());
  if (index.tables().size() > kMostTables)
    throw file_error(where, "different activation tables", fmt::format("{}", index.tables().size()),
                     fmt::format("must be at most {} for the RTL", kMostTables));
  p.Tables = narrow(index.tables().size());
  p.TableBits = p.Tables == 0 ? 0 : bits_to(p.Tables);
  if (std::ranges::any_of(program.layers,
                          [](const LayerSetup& layer) { return !layer.row_exponents.empty(); }))
    p.ExponentBits = bits_to(kMaxRowExponent);
  p.LineBits = bits_for(p.Lines);
  p.RowTileBits = bits_for(p.RowTiles);
  p.WriteLineBits = bits_for(p.WriteLines);
  p.WriteClockBits = bits_to(p.MaxWriteClocks);
  p.PoolEntryBits = bits_for(p.PoolEntries);
  return p;
}

MachineParameters machine_parameters(const TileProgram& program, std::uint64_t batches,
                                     const std::string& where) {
  Rules(program, where).check_gaps();
  MachineParameters p = path_parameters(program, where);
  p.CounterBits = counter_bits(program);
  p.DramBits = bits_for(program.memory.batches + batches * program.memory.batch_bytes);
  const TransferList transfers(program);
  p.Reads = narrow(transfers.reads().size());
  p.Writes = narrow(transfers.writes().size());
  for (const auto& list : {std::span(transfers.reads()), std::span(transfers.writes())}) {
    for (const TransferList::Entry& entry : list) {
      if (entry.transfer == nullptr) continue;
      raise(p.TransferBits, bits_to(transfer_words(program.array, *entry.transfer)));
      raise(p.SkipBits, bits_to(std::uint64_t{entry.transfer->skip} + entry.transfer->bytes));
    }
  }
  return p;
}

MachineParameters shared_parameters(const MachineParameters& a, const MachineParameters& b) {
  constexpr bool kArray = true;
  constexpr bool kProgram = false;
  MachineParameters both;
#define COLCOMB_RTL_PARAMETER(name, shared, meaning)                              \
  COLCOMB_CHECK(shared == kProgram || a.name == b.name, "arrays differ: " #name); \
  both.name = std::max(a.name, b.name);
#include "colcomb/rtl/machine_parameters.def"
#undef COLCOMB_RTL_PARAMETER
  static_assert(kArray != kProgram);
  return both;
}

std::vector<std::pair<std::string, std::uint32_t>> listed(const MachineParameters& parameters) {
  return {
#define COLCOMB_RTL_PARAMETER(name, shared, meaning) {#name, parameters.name},
#include "colcomb/rtl/machine_parameters.def"
#undef COLCOMB_RTL_PARAMETER
  };
}

}  // namespace colcomb::rtl
