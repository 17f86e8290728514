#include "colcomb/cost/traffic.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "colcomb/base/arithmetic.hpp"
#include "colcomb/cost/figure.hpp"

namespace colcomb::cost {
namespace {

/// pJ of a byte read or written.
struct ByteCost {
  CostFigure read;
  CostFigure write;
};

ByteCost byte_cost(const Technology& technology, const ArrayUnit& unit, Store store) {
  const Memory* memory = unit.find(store);
  if (memory == nullptr) {
    const CostFigure none = absent(fmt::format("the array has no {}", name_of(store)));
    return {none, none};
  }
  const BankCost bank = bank_cost_of(technology, *memory);
  const double words = 8.0 / static_cast<double>(memory->word_bits);
  return {assuming(words * bank.read, "narrow_side"), assuming(words * bank.write, "narrow_side")};
}

/// Bits of the lines that the weight loader reads to shift in the weights: whole load cycles.
double loaded_bytes(const ArrayConfig& config, std::uint64_t weight_load_bits) {
  const double cells =
      static_cast<double>(weight_load_bits) / static_cast<double>(config.weight_bits());
  return cells * static_cast<double>(config.load_clocks() * config.load_lines()) / 8;
}

}  // namespace

BankCost bank_cost_of(const Technology& technology, const Memory& memory) {
  BankCost bank = bank_cost(technology, memory.bank_bytes, memory.word_bits);
  if (memory.ports == 1) return bank;
  const Range copies{1, static_cast<double>(memory.ports)};
  for (CostFigure* figure : {&bank.write, &bank.leakage, &bank.area, &bank.block_rams})
    *figure = assuming(copies * *figure, "bank_ports");
  return bank;
}

std::vector<CostPart> traffic_energy(const Technology& technology, const SimulationResult& result,
                                     const Machine& machine, std::size_t layer) {
  const bool cross_layer = result.config.cross_layer;
  const ArrayUnit& unit = machine.array_of(layer);
  const ActivityCount& activity = result.layers[layer].activity;
  const auto per_image = [&result](std::uint64_t count) {
    return static_cast<double>(count) / static_cast<double>(result.images);
  };
  const auto bytes = [&](Store store) { return byte_cost(technology, unit, store); };
  const ByteCost data = bytes(Store::kData);
  const ByteCost input = bytes(Store::kInput);
  const ByteCost weight = bytes(Store::kWeight);
  const ByteCost output = bytes(Store::kOutput);
  const ByteCost partial = bytes(Store::kPartialSum);

  CostFigure data_read = either(data.read, input.read);
  CostFigure data_write = data.write;
  CostFigure residual_read =
      either(bytes(Store::kResidual).read, bytes(Store::kResidualInput).read);
  CostFigure residual_write = bytes(Store::kResidual).write;
  CostFigure channel_write = either(weight.write, input.write);
  CostFigure channel_read = output.read;
  if (cross_layer) {
    const std::size_t next = std::min(layer + 1, machine.arrays.size() - 1);
    const ByteCost behind = byte_cost(technology, machine.arrays[next], Store::kData);
    data_read = residual_read = assuming(data.read, "line_buffers");
    data_write = residual_write = assuming(behind.write, "line_buffers");
    if (unit.find(Store::kInput) == nullptr) {
      channel_write = weight.write;
    } else {
      channel_write = assuming(std::move(channel_write), "weight_or_input");
    }
    channel_read = exactly(0);  // logits leave on a port of their own
  } else {
    data_read = assuming(std::move(data_read), "data_or_input");
    residual_read = assuming(std::move(residual_read), "residual_or_input");
    channel_write = assuming(std::move(channel_write), "weight_or_input");
  }
  const auto part = [&](const char* name, std::uint64_t count, const CostFigure& of_byte,
                        const char* group = "buffers") {
    return CostPart{name, per_image(count) * of_byte, group};
  };
  std::vector<CostPart> parts = {
      part("data and input buffer, reads", activity.data_read_bytes, data_read),
      part("data buffer, writes", activity.data_write_bytes, data_write),
      part("residual buffers, reads", activity.residual_read_bytes, residual_read),
      part("residual buffer, writes", activity.residual_write_bytes, residual_write),
      part("output buffer, writes", activity.output_write_bytes, output.write),
      part("partial-sum buffer, reads", activity.partial_sum_read_bytes, partial.read,
           "partial sums"),
      part("partial-sum buffer, writes", activity.partial_sum_write_bytes, partial.write,
           "partial sums"),
      {"weight buffer, reads",
       assuming(per_image(1) * loaded_bytes(unit.config, activity.weight_load_bits) * weight.read,
                "weight_loading"),
       "buffers"},
      part("memory channel, writes to buffers", activity.dram_read_bytes, channel_write,
           "memory channel"),
      part("memory channel, reads of buffers", activity.dram_write_bytes, channel_read,
           "memory channel"),
  };
  if (machine.tables) {
    parts.push_back(
        part("activation tables, reads", activity.table_read_bytes, bytes(Store::kTable).read));
  }
  return parts;
}

}  // namespace colcomb::cost
