#include <cstdint>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <vector>

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/backprop/pass.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/inference/engine.hpp"
#include "colcomb/quantization/quantize.hpp"
#include "colcomb/quantization/real_network.hpp"
#include "colcomb/semantics/integer_run.hpp"
#include "fuzz/limits.hpp"
#include "fuzz/targets.hpp"
#include "tests/support/allocation.hpp"

namespace colcomb::fuzzing {
namespace {

/// A table of 8 bytes becomes a struct of some 150, a group a vector; messages and names come on
/// top.
constexpr std::size_t kNetworkGrowth = 64;

/// The packed network on one image, by two implementations.
void run_packed(const QuantizedNetwork& network) {
  const std::vector<std::uint8_t> image = some_image(network.description.input);
  inference::Engine engine(network, {1, {}});
  std::vector<std::int32_t> logits(engine.classes());
  engine.run(image, logits);
  if (logits != semantics::run(network, image))
    throw std::logic_error("the engine's logits are not the reference's");
}

/// The network on one image as training on the CPU evaluates it, which takes chains of layers
/// alone: numbers may overflow, no more.
void run_float(FloatNetwork& network) {
  if (!is_chain(network.description) || has_tables(network.description)) return;
  backprop::PassOptions options;
  options.threads = 1;
  backprop::Pass pass(network.description, options);
  std::vector<backprop::LayerParameters> numbers;
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    FloatLayer& layer = network.layer(i);
    const auto mask = layer.mask.values();
    pass.set_mask(i, std::vector<float>(mask.begin(), mask.end()));
    backprop::LayerParameters& own = numbers.emplace_back();
    own.weights = layer.weights.values().data();
    if (layer.batch_norm) {
      own.norm_weight = layer.batch_norm->weight.data();
      own.norm_bias = layer.batch_norm->bias.data();
      own.norm_mean = layer.batch_norm->mean.data();
      own.norm_variance = layer.batch_norm->variance.data();
    }
    own.bias = layer.bias.data();
  }
  (void)pass.infer(some_image(network.description.input), 1, numbers);
}

/// Throws if `text` cannot stand in JSON: `inspect --json` must not fail on an accepted file.
void require_json(const std::string& text) {
  static_cast<void>(nlohmann::json(text).dump());
}

void require_json(const NetworkDescription& network) {
  for (const LayerDescription& layer : network.all()) require_json(layer.name);
  require_json(network.data.name);
  for (const std::string& name : network.data.class_names) require_json(name);
}

}  // namespace

Outcome quantize_and_run(const FloatNetwork& network) {
  if (too_large(network.description)) return Outcome::kTooLarge;
  try {
    const quantization::QuantizeOptions options{2};
    const QuantizedNetwork quantized = quantization::quantize(network, options);
    validate(quantized, "input");
    run_packed(quantized);
    const quantization::RealNetwork real(network, options);
    (void)real.run(some_image(network.description.input),
                   quantization::RoundedLayers(network.layer_count(), false));
  } catch (const UserError&) {
    // Valid, but with numbers that no scale can hold.
  }
  return Outcome::kRan;
}

Outcome try_packed_network(std::span<const std::byte> content) {
  QuantizedNetwork network;
  try {
    const tests::AllocationGuard guard(allowance(content, kNetworkGrowth));
    network = read_packed_network(content, "input");
  } catch (const UserError&) {
    return Outcome::kRefused;
  }
  require_json(network.description);
  require_json(network.origin);
  if (too_large(network.description)) return Outcome::kTooLarge;
  run_packed(network);
  return Outcome::kRan;
}

Outcome try_checkpoint(std::span<const std::byte> content) {
  Checkpoint checkpoint;
  try {
    const tests::AllocationGuard guard(allowance(content, kNetworkGrowth));
    checkpoint = read_checkpoint(content, "input");
  } catch (const UserError&) {
    return Outcome::kRefused;
  }
  FloatNetwork& network = checkpoint.network;
  require_json(network.description);
  require_json(checkpoint.origin);
  for (const IdentityField& field : checkpoint.training.identity.fields) {
    require_json(field.name);
    require_json(field.value);
  }
  if (too_large(network.description)) return Outcome::kTooLarge;
  run_float(network);
  return quantize_and_run(network);
}

Outcome try_tile_program(std::span<const std::byte> content) {
  TileProgram program;
  try {
    const tests::AllocationGuard guard(allowance(content, kNetworkGrowth));
    program = read_tile_program(content, "input");
  } catch (const UserError&) {
    return Outcome::kRefused;
  }
  require_json(program.array.name);
  for (const LayerSetup& layer : program.layers) require_json(layer.name);
  return Outcome::kRan;
}

}  // namespace colcomb::fuzzing
