#include "colcomb/cost/machine.hpp"

#include <algorithm>

namespace colcomb::cost {
namespace {

void add(ArrayUnit& unit, Store store, std::uint64_t banks, std::uint64_t bytes,
         std::size_t word_bits, std::size_t ports = 1) {
  if (bytes == 0) return;
  unit.memories.push_back(
      {store, banks, std::max<std::uint64_t>(1, bytes / banks), word_bits, ports});
}

ArrayUnit layered_unit(const ArrayConfig& config, std::uint64_t table_bytes) {
  ArrayUnit unit;
  unit.config = config;
  unit.cells = config.rows * config.columns;
  const std::size_t dram_bits = 8 * config.dram_bytes_per_clock;
  const std::size_t buses = config.row_buses();
  add(unit, Store::kData, config.columns, config.data_bytes, 8, config.bank_ports);
  add(unit, Store::kInput, config.columns, config.input_bytes, 8, config.bank_ports);
  add(unit, Store::kWeight, 1, config.weight_bytes, dram_bits);
  add(unit, Store::kPartialSum, buses, config.partial_sum_bytes, config.accumulation_bits);
  add(unit, Store::kResidual, buses, config.residual_bytes, 8);
  add(unit, Store::kResidualInput, buses, config.residual_input_bytes, 8);
  add(unit, Store::kOutput, buses, config.output_bytes, 8);
  add(unit, Store::kPoolingLine, buses, config.pooling_bytes, 8 * config.pooling_word_bytes());
  add(unit, Store::kTable, buses, buses * table_bytes, 8);
  return unit;
}

ArrayUnit layer_unit(const ArrayConfig& config, const SimulatedPart& layer, bool first) {
  ArrayUnit unit;
  unit.config = config;
  unit.config.rows = layer.rows;
  unit.config.columns = std::max<std::size_t>(1, layer.groups);
  unit.cells = layer.array_cells;
  const std::size_t dram_bits = 8 * config.dram_bytes_per_clock;
  const ArrayConfig& own = unit.config;
  add(unit, Store::kData, own.columns, layer.line_buffer_bytes, 8, own.bank_ports);
  if (first) add(unit, Store::kInput, 1, config.input_bytes, dram_bits);
  add(unit, Store::kWeight, 1, own.weight_image_bytes(own.rows, own.columns), dram_bits);
  add(unit, Store::kTable, own.row_buses(), own.row_buses() * layer.table_bytes, 8);
  return unit;
}

}  // namespace

const char* name_of(Store store) {
  switch (store) {
    case Store::kData:
      return "data buffer";
    case Store::kInput:
      return "input buffer";
    case Store::kWeight:
      return "weight buffer";
    case Store::kPartialSum:
      return "partial-sum buffer";
    case Store::kResidual:
      return "residual buffer";
    case Store::kResidualInput:
      return "residual input buffer";
    case Store::kOutput:
      return "output buffer";
    case Store::kPoolingLine:
      return "pooling line buffer";
    case Store::kTable:
      return "activation tables";
  }
  return "unknown";
}

const Memory* ArrayUnit::find(Store store) const {
  const auto found = std::ranges::find(memories, store, &Memory::store);
  return found == memories.end() ? nullptr : &*found;
}

Machine machine_of(const SimulationResult& result) {
  Machine machine;
  machine.row_exponents = std::ranges::any_of(result.layers, &SimulatedPart::row_exponents);
  std::uint64_t table_bytes = 0;
  for (const SimulatedPart& layer : result.layers) table_bytes += layer.table_bytes;
  machine.tables = table_bytes > 0;
  if (!result.config.cross_layer) {
    machine.arrays.push_back(layered_unit(result.config, table_bytes));
    return machine;
  }
  for (const SimulatedPart& layer : result.layers)
    machine.arrays.push_back(layer_unit(result.config, layer, machine.arrays.empty()));
  return machine;
}

}  // namespace colcomb::cost
