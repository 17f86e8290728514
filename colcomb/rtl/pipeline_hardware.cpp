#include "colcomb/rtl/pipeline_hardware.hpp"

#include <algorithm>

#include "colcomb/base/arithmetic.hpp"
#include "colcomb/rtl/widths.hpp"
#include "colcomb/tiling/pipeline_clocks.hpp"

namespace colcomb::rtl {
namespace {

/// The stage's program as the modules read it: no memories but its own, and logits leave through
/// the port of the output buffer, whose address counts the rows of a bus.
TileProgram own_program(const TileProgram& program) {
  TileProgram own = program;
  ArrayConfig& array = own.array;
  array.data_bytes = array.input_bytes = array.residual_bytes = array.residual_input_bytes = 0;
  array.output_bytes = array.partial_sum_bytes = 0;
  LayerSetup& layer = own.layers.front();
  if (!layer.pooling) array.pooling_bytes = 0;
  if (layer.role == LayerRole::kClassifier) {
    layer.to_dram = true;
    own.tiles.front().output_row_bytes = 1;
  }
  return own;
}

std::uint64_t bank_bytes(const tiling::LineBuffer& line) {
  return std::max<std::uint64_t>(1, line.planes * line.pixels);
}

/// Counters of a line buffer's pixels are compared by the sign of their difference. A layer that
/// reads nothing of its map, whose box lies beside it for every word, may leave it behind without
/// end.
std::uint32_t counter_bits(const tiling::LineBuffer& line, const WordGrid& grid) {
  constexpr std::uint32_t kUnbounded = 32;
  const tiling::ReadBox& box = line.reads;
  bool reads = false;
  for (std::size_t y = 0; y < grid.height() && !reads; ++y) {
    for (std::size_t x = 0; x < grid.width() && !reads; ++x) reads = box.needed(y, x) > 0;
  }
  if (!reads) return kUnbounded;
  return 1 + bits_to(3 * box.pixels() + line.pixels);
}

/// Coordinates of the maps, and of the boxes around words.
void raise_coordinates(const tiling::Stage& stage, MachineParameters& p) {
  const auto raise = [&p](std::uint64_t most) {
    p.CoordBits = std::max(p.CoordBits, 2 + bits_to(most));
  };
  const WordGrid grid = stage.program.layers.front().words();
  const auto raise_box = [&](const tiling::ReadBox& box) {
    raise(std::max({box.height, box.width, (grid.height() - 1) * box.stride,
                    (grid.width() - 1) * box.stride}));
    for (const std::int64_t d : {box.least_dy, box.most_dy, box.least_dx, box.most_dx})
      raise(static_cast<std::uint64_t>(d < 0 ? -d : d));
  };
  raise_box(stage.input.reads);
  if (stage.residual) raise_box(stage.residual->reads);
}

class Builder {
 public:
  Builder(const tiling::Pipeline& pipeline, std::uint64_t images, const std::string& where)
      : pipeline_(pipeline), images_(images), where_(where) {}

  PipelineHardware build() {
    for (const tiling::Stage& stage : pipeline_.stages) add_stage(stage);
    hardware_.reader_path = path_parameters(own_program(pipeline_.reader), where_);
    for (StageHardware& stage : hardware_.stages) {
      stage.path.AddressBits = hardware_.address_bits;
      stage.path.CounterBits = hardware_.counter_bits;
    }
    hardware_.reader_path.AddressBits = hardware_.address_bits;
    hardware_.configuration_clocks = tiling::configuration_clocks(pipeline_);
    hardware_.clock_bits = bits_to(hardware_.configuration_clocks);
    hardware_.dram_bits = bits_for(hardware_.weight_bytes + images_ * pipeline_.image_bytes());
    hardware_.image_bits = bits_to(images_);
    std::uint64_t weight_clock = pipeline_.array.dram_latency;
    for (std::size_t i = 0; i < hardware_.stages.size(); ++i) set_parameters(i, weight_clock);
    set_reader();
    return std::move(hardware_);
  }

 private:
  void add_stage(const tiling::Stage& stage) {
    StageHardware& hardware = hardware_.stages.emplace_back();
    hardware.program = own_program(stage.program);
    MachineParameters& p = hardware.path;
    p = path_parameters(hardware.program, where_);
    raise_coordinates(stage, p);
    p.DataBytes = static_cast<std::uint32_t>(bank_bytes(stage.input));
    p.ResidualBytes = stage.residual ? static_cast<std::uint32_t>(bank_bytes(*stage.residual)) : 1;
    hardware.rings = {stage.input.pixels, stage.residual ? stage.residual->pixels : 0};
    const std::size_t next = hardware_.stages.size();
    if (next < pipeline_.stages.size()) {
      const tiling::Stage& behind = pipeline_.stages[next];
      hardware.banks = behind.program.array.columns;
      hardware.rooms.push_back(behind.input.pixels);
    }
    for (const std::size_t reader : stage.readers)
      hardware.rooms.push_back(pipeline_.stages[reader].residual->pixels);
    hardware_.weight_bytes += stage.program.weights.size();
    const WordGrid grid = stage.program.layers.front().words();
    raise(hardware_.address_bits,
          bits_for(std::max({p.DataBytes, p.ResidualBytes, p.WeightBytes, p.WindowWords})));
    raise(hardware_.address_bits, bits_to(stage.input.pixels));
    raise(hardware_.counter_bits, counter_bits(stage.input, grid));
    if (!stage.residual) return;
    raise(hardware_.address_bits, bits_to(stage.residual->pixels));
    raise(hardware_.counter_bits, counter_bits(*stage.residual, grid));
  }

  void set_parameters(std::size_t index, std::uint64_t& weight_clock) {
    const tiling::Stage& stage = pipeline_.stages[index];
    StageHardware& hardware = hardware_.stages[index];
    const MachineParameters& p = hardware.path;
    const ArrayConfig& array = stage.program.array;
    const Tile& tile = stage.program.schedule.tiles.front();
    const std::uint64_t weight_words = stage.program.weights.size() / array.dram_bytes_per_clock;
    const std::uint64_t source_rows = stage.residual ? source_of(index).program.array.rows : 0;
    const std::uint64_t residual_rows = static_cast<std::uint64_t>(
        std::ranges::count_if(stage.program.rows, &RowDescriptor::has_residual));
    const std::uint32_t in_ports =
        index == 0 ? hardware_.reader_path.WritePorts : hardware_.stages[index - 1].path.WritePorts;
    hardware.parameters = {
        {"Rows", p.Rows},
        {"Columns", p.Columns},
        {"Kind", p.Kind},
        {"Alpha", p.Alpha},
        {"AccBits", p.AccBits},
        {"DoubleBuffer", p.DoubleBuffer},
        {"ReadPorts", p.ReadPorts},
        {"WritePorts", p.WritePorts},
        {"InPorts", in_ports},
        {"Banks", hardware.banks},
        {"Behind", std::max<std::uint64_t>(1, hardware.rooms.size())},
        {"InputRing", stage.input.pixels},
        {"ResidualRing", stage.residual ? stage.residual->pixels : 1},
        {"OutputRing",
         index + 1 < pipeline_.stages.size() ? pipeline_.stages[index + 1].input.pixels : 1},
        {"SourceRows", source_rows},
        {"ResidualRows", residual_rows},
        {"LineBytes", p.DataBytes},
        {"ResidualBytes", p.ResidualBytes},
        {"WindowWords", p.WindowWords},
        {"WeightBytes", p.WeightBytes},
        {"WeightClock", weight_clock},
        {"WeightWords", weight_words},
        {"WeightLine", stage.program.tiles.front().weight_line_bytes},
        {"WeightLines", array.rows * array.load_clocks()},
        {"Groups", tile.groups},
        {"ClockBits", hardware_.clock_bits},
        {"DramBytes", p.DramBytes},
        {"Lines", p.Lines},
        {"WriteLines", p.WriteLines},
        {"MaxWriteClocks", p.MaxWriteClocks},
        {"AddressBits", p.AddressBits},
        {"CoordBits", p.CoordBits},
        {"SideBits", p.SideBits},
        {"WordBits", p.WordBits},
        {"WaitBits", p.WaitBits},
        {"CounterBits", p.CounterBits},
        {"PoolEntries", p.PoolEntries},
        {"PoolSumBits", p.PoolSumBits},
        {"PixelBits", p.PixelBits},
        {"Windows", p.Windows},
        {"ColumnBits", p.ColumnBits},
        {"KernelBits", p.KernelBits},
        {"Tables", p.Tables},
        {"ExponentBits", p.ExponentBits},
        {"HasWindows", stage.program.layers.front().pooling ? 1 : 0},
        {"HasPooling", stage.program.layers.front().role == LayerRole::kPooled ? 1 : 0}};
    weight_clock += weight_words;
  }

  void set_reader() {
    const MachineParameters& p = hardware_.reader_path;
    const Tile& tile = pipeline_.reader.schedule.tiles.front();
    const ArrayConfig& array = pipeline_.array;
    hardware_.reader = {{"Channels", tile.rows},
                        {"Pixels", tile.words},
                        {"Interval", pipeline_.reader_interval()},
                        {"Ring", pipeline_.stages.front().input.pixels},
                        {"FifoBytes", pipeline_.fifo_bytes()},
                        {"BurstBytes", array.dram_burst_bytes},
                        {"DramBytes", array.dram_bytes_per_clock},
                        {"DramLatency", array.dram_latency},
                        {"DramBits", hardware_.dram_bits},
                        {"AddressBits", hardware_.address_bits},
                        {"CounterBits", hardware_.counter_bits},
                        {"ImageBits", hardware_.image_bits}};
    hardware_.crossbar = {{"Rows", tile.rows},
                          {"Columns", pipeline_.reader.array.columns},
                          {"Ports", p.WritePorts},
                          {"Lines", p.WriteLines},
                          {"MaxClocks", p.MaxWriteClocks},
                          {"AddressBits", hardware_.address_bits},
                          {"Together", 1}};
    hardware_.configuration = {{"Words", hardware_.weight_bytes / array.dram_bytes_per_clock},
                               {"Clocks", hardware_.configuration_clocks},
                               {"DramBytes", array.dram_bytes_per_clock},
                               {"DramBits", hardware_.dram_bits}};
  }

  [[nodiscard]] const tiling::Stage& source_of(std::size_t reader) const {
    return *std::ranges::find_if(pipeline_.stages, [&](const tiling::Stage& stage) {
      return std::ranges::find(stage.readers, reader) != stage.readers.end();
    });
  }
  static void raise(std::uint32_t& bits, std::uint32_t needed) { bits = std::max(bits, needed); }

  const tiling::Pipeline& pipeline_;
  std::uint64_t images_;
  const std::string& where_;
  PipelineHardware hardware_;
};

}  // namespace

PipelineHardware pipeline_hardware(const tiling::Pipeline& pipeline, std::uint64_t images,
                                   const std::string& where) {
  return Builder(pipeline, images, where).build();
}

}  // namespace colcomb::rtl
