#include "colcomb/simulation/parts.hpp"

#include <algorithm>
#include <utility>

#include "colcomb/simulation/advice.hpp"
#include "colcomb/tiling/schedule_counts.hpp"
#include "colcomb/tiling/table_memory.hpp"

namespace colcomb::simulation {
namespace {

SimulatedPart layer_part(const QuantizedNetwork& network, std::size_t layer) {
  SimulatedPart part;
  part.name = network.description.layer(layer).name;
  part.rows = network.layer(layer).weights.rows();
  part.groups = network.layer(layer).weights.groups.size();
  part.fixed = network.description.layer(layer).fixed;
  part.row_exponents = !network.layer(layer).row_exponents.empty();
  return part;
}

void add_cells(SimulatedPart& sum, const SimulatedPart& part) {
  sum.cells += part.cells;
  sum.nonzeros += part.nonzeros;
}

}  // namespace

SimulationResult describe_program(const TileProgram& program) {
  SimulationResult result;
  result.config = program.array;
  result.total.name = "network";
  result.total.array_cells = program.array.rows * program.array.columns;
  tiling::TableMemory tables(program.array);
  for (const LayerSetup& layer : program.layers) {
    SimulatedPart part;
    part.name = layer.name;
    part.rows = layer.filters;
    part.row_exponents = !layer.row_exponents.empty();
    part.table_bytes = tables.add(layer.table, layer.filters);
    part.array_cells = result.total.array_cells;
    result.layers.push_back(std::move(part));
  }
  for (std::uint32_t t = 0; t < program.tiles.size(); ++t) {
    const Tile& tile = program.schedule.tiles[t];
    SimulatedPart part;
    SimulatedPart& layer = result.layers[tile.layer];
    part.name = layer.name;
    part.tile = t;
    part.rows = tile.rows;
    part.groups = tile.groups;
    part.array_cells = part.cells = result.total.array_cells;
    part.nonzeros = tile.nonzeros;
    for (SimulatedPart* sum : {&layer, &result.total}) {
      sum->cells += part.cells;
      sum->nonzeros += part.nonzeros;
    }
    if (tile.row_begin == 0 && tile.word_begin == 0) layer.groups += tile.groups;
    result.tiles.push_back(std::move(part));
  }
  return result;
}

SimulationResult describe_pipelined(const QuantizedNetwork& network,
                                    const tiling::Pipeline& pipeline) {
  SimulationResult result;
  result.config = pipeline.array;
  result.total.name = "network";
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    SimulatedPart part = layer_part(network, i);
    part.array_cells = part.cells = part.rows * std::max<std::size_t>(1, part.groups);
    part.nonzeros = count_nonzeros(network.layer(i).weights.values);
    const tiling::Stage& stage = pipeline.stages[i];
    part.table_bytes =
        tiling::TableMemory(stage.program.array).add(stage.program.layers.front().table, part.rows);
    part.line_buffer_bytes = stage.input.bytes() + (stage.residual ? stage.residual->bytes() : 0);
    result.total.line_buffer_bytes += part.line_buffer_bytes;
    result.total.array_cells += part.array_cells;
    add_cells(result.total, part);
    result.layers.push_back(std::move(part));
  }
  return result;
}

void complete_layered(SimulationResult& result, const Schedule& schedule) {
  tiling::sum_tiles(result, schedule);
  for (std::size_t i = 0; i < result.layers.size(); ++i) {
    if (!result.layers[i].fixed) result.layers[i].advice = layered_advice(result, schedule, i);
  }
}

void complete_pipelined(SimulationResult& result, const tiling::Pipeline& pipeline) {
  for (std::size_t i = 0; i < result.layers.size(); ++i) {
    result.total.cycles += result.layers[i].cycles;
    result.total.activity += result.layers[i].activity;
    if (!result.layers[i].fixed) result.layers[i].advice = pipelined_advice(result, pipeline, i);
  }
}

}  // namespace colcomb::simulation
