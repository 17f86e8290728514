#include "colcomb/simulation/machine/shapes.hpp"

#include <algorithm>

#include "colcomb/base/arithmetic.hpp"

namespace colcomb::simulation::machine {
namespace {

/// Where a tile's weights lie in the weight image: in the buffer at the same place where all of
/// them stay there, else as its own transfer says.
std::uint64_t weight_begin(const TileProgram& program, std::size_t tile) {
  const TileSetup& setup = program.tiles[tile];
  if (program.schedule.weights_resident) return setup.weight_address;
  for (std::uint32_t t = setup.read_begin; t < setup.read_begin + setup.reads; ++t) {
    const Transfer& transfer = program.transfers[t];
    if (transfer.kind == TransferKind::kWeights) return transfer.dram - program.memory.weights;
  }
  return 0;
}

}  // namespace

Buffer::Shape data_shape(const ArrayConfig& config) {
  return {.banks = config.columns,
          .bank_bytes = config.column_bank_bytes(config.data_bytes),
          .read_ports = std::min(config.bank_ports, config.alpha),
          .write_ports = std::min(config.bank_ports, config.rows)};
}

Buffer::Shape input_shape(const ArrayConfig& config) {
  return {.banks = config.columns,
          .bank_bytes = config.column_bank_bytes(config.input_bytes),
          .read_ports = std::min(config.bank_ports, config.alpha)};
}

Buffer::Shape weight_shape(const ArrayConfig& config) {
  return {.bank_bytes = config.weight_bytes,
          .read_bytes = std::max<std::size_t>(1, config.weight_line_bytes(config.columns))};
}

Buffer::Shape row_shape(const ArrayConfig& config, std::uint64_t bytes) {
  return {.banks = config.row_buses(), .bank_bytes = config.row_bank_bytes(bytes)};
}

Buffer::Shape partial_sum_shape(const ArrayConfig& config) {
  Buffer::Shape shape = row_shape(config, config.partial_sum_bytes);
  shape.read_bytes = config.accumulation_bits / 8;
  return shape;
}

Buffer::Shape pooling_shape(const ArrayConfig& config) {
  Buffer::Shape shape = row_shape(config, config.pooling_bytes);
  shape.read_bytes = config.pooling_word_bytes();
  return shape;
}

Buffer::Shape output_shape(const ArrayConfig& config) {
  Buffer::Shape shape = row_shape(config, config.output_bytes);
  shape.read_bytes = config.dram_bytes_per_clock;
  shape.whole_words = true;
  return shape;
}

std::size_t result_delay(const ArrayConfig& config) {
  // Descriptor, address, bank and serializer of the row feeder, then the array.
  constexpr std::size_t kFeeder = 4;
  return kFeeder + config.columns + config.word_clocks();
}

std::vector<std::uint64_t> tile_nonzeros(const TileProgram& program) {
  const ArrayConfig& config = program.array;
  const std::size_t lines = config.load_lines();
  // The select follows magnitude and sign; a cell is empty where these are 0.
  const std::size_t weight_bits = config.cell == CellKind::kParallel ? 8 : 9;
  std::vector<std::uint64_t> result;
  for (std::size_t t = 0; t < program.tiles.size(); ++t) {
    const Tile& tile = program.schedule.tiles[t];
    const std::uint64_t begin = weight_begin(program, t);
    const std::uint64_t line_bytes = program.tiles[t].weight_line_bytes;
    std::uint64_t nonzeros = 0;
    for (std::size_t r = 0; r < tile.rows; ++r) {
      for (std::size_t c = 0; c < tile.groups; ++c) {
        bool nonzero = false;
        for (std::size_t bit = 0; bit < weight_bits; ++bit) {
          const std::uint64_t line = begin + (r * config.load_clocks() + bit / lines) * line_bytes;
          const std::size_t at = c * lines + bit % lines;
          nonzero = nonzero || ((program.weights[line + at / 8] >> (at % 8)) & 1U) != 0;
        }
        nonzeros += nonzero ? 1 : 0;
      }
    }
    result.push_back(nonzeros);
  }
  return result;
}

}  // namespace colcomb::simulation::machine
