#include "tests/rtl/machine/random_program.hpp"

#include <algorithm>

#include "colcomb/base/error.hpp"
#include "colcomb/tiling/compile.hpp"
#include "tests/support/random_machine.hpp"

namespace colcomb::tests {
namespace {

/// Most bytes of a memory, so that addresses have few bits.
constexpr std::uint64_t kMostBytes = 1U << 16U;

std::size_t largest_group(const QuantizedNetwork& network) {
  std::size_t largest = 1;
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    for (const auto& group : network.layer(i).weights.groups.groups)
      largest = std::max(largest, group.size());
  }
  return largest;
}

/// Tables at random, and in any case one for the first layer that can have one: all clocks of a
/// test may be in it.
void add_tables(NetworkDescription& network) {
  add_random_activations(network);
  const auto first = std::ranges::find(network.hidden, false, &LayerDescription::fixed);
  if (first == network.hidden.end()) return;
  for (std::size_t n = network.hidden.size(); !first->activation; ++n)
    first->activation = random_activation(*first, n);
}

/// Exponents for the first layer, and for all that add a residual source: as above.
void add_exponents(QuantizedNetwork& network) {
  for (std::size_t i = 0; i < network.hidden.size(); ++i) {
    QuantizedLayer& layer = network.hidden[i];
    if (!layer.row_exponents.empty() || (i > 0 && !network.description.hidden[i].residual))
      continue;
    for (std::size_t n = 0; n < layer.bias.size(); ++n) {
      layer.row_exponents.push_back(static_cast<std::uint8_t>((3 * n + i + 1) % 8));
      layer.bias[n] *= 1 << layer.row_exponents[n];
    }
    if (std::ranges::max(layer.row_exponents) == 0) layer.row_exponents.front() = 1;
  }
}

}  // namespace

RandomProgram random_program(std::uint64_t seed, const ArrayConfig& array, bool branches,
                             bool tables, bool exponents, std::size_t image_side) {
  Random random(seed);
  NetworkLimits limits;
  limits.alpha = std::min(limits.alpha, array.alpha);
  limits.image_side = image_side;
  limits.row_exponents = exponents;
  RandomProgram result;
  result.network =
      branches && seed % 3 == 0
          ? random_quantized_network(random, random_branches(random, limits), exponents)
          : random_quantized_network(random, limits);
  if (random.below(6) == 0) {
    QuantizedLayer& layer = result.network.layer(random.below(result.network.layer_count()));
    layer.weights = pack(Matrix<std::int8_t>(layer.weights.rows(), layer.weights.columns), {});
  }
  if (tables) add_tables(result.network.description);
  if (exponents) add_exponents(result.network);
  if (array.alpha == 1) result.network = tiling::without_combining(result.network);
  if (array.accumulation_bits < 32) result.network = with_small_accumulations(result.network);
  if (largest_group(result.network) > array.alpha)
    throw option_error("alpha", std::to_string(array.alpha), "must hold the largest group");
  ArrayConfig config = array;
  config.name = "random";
  config.order = random.below(2) == 0 ? TileOrder::kWeightMajor : TileOrder::kOutputMajor;
  config.batch = between(random, 1, 3);
  if (image_side > 0) config.batch = 1;
  config.dram_burst_bytes = config.dram_bytes_per_clock;
  while (config.dram_burst_bytes < 64 && random.below(3) != 0) config.dram_burst_bytes *= 2;
  set_random_buffers(random, result.network, config);
  config.weight_bytes = std::min(config.weight_bytes, kMostBytes);
  config.residual_bytes = std::min(config.residual_bytes, kMostBytes);
  validate(config, "random");
  result.program = tiling::compile(result.network, config);
  result.batches = image_side > 0 ? 1 : between(random, 1, 3);
  result.images =
      random_images(random, result.network.description.input, config.batch * result.batches);
  return result;
}

bool fits(const rtl::MachineParameters& needed, const rtl::MachineParameters& hardware) {
  const auto have = rtl::listed(hardware);
  const auto need = rtl::listed(needed);
  const auto same = [](const std::string& name) {
    for (const char* fixed : {"Kind", "Rows", "Columns", "Alpha", "AccBits", "DoubleBuffer",
                              "ReadPorts", "WritePorts", "Windows", "DramBytes", "DramLatency"}) {
      if (name == fixed) return true;
    }
    return false;
  };
  for (std::size_t i = 0; i < need.size(); ++i) {
    const bool enough =
        same(need[i].first) ? need[i].second == have[i].second : need[i].second <= have[i].second;
    if (!enough && have[i].second != 0) return false;
  }
  return true;
}

}  // namespace colcomb::tests
