#include "fuzz/targets.hpp"

#include <cstdint>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <vector>

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/inference/engine.hpp"
#include "colcomb/quantization/quantize.hpp"
#include "colcomb/quantization/real_network.hpp"
#include "colcomb/semantics/integer_run.hpp"
#include "fuzz/allocation_guard.hpp"

namespace colcomb::fuzzing {
namespace {

/// A table of 8 bytes becomes a struct of some 150, a group a vector; messages and names come on
/// top.
std::size_t allowance(std::span<const std::byte> content) {
  return (std::size_t{1} << 20) + 64 * content.size();
}

bool too_large(const NetworkDescription& network) {
  constexpr double kMostValues = 1 << 20;
  constexpr double kMostProducts = 1 << 23;
  const auto product = [](auto... factors) { return (1.0 * ... * static_cast<double>(factors)); };
  const InputDescription& input = network.input;
  double values = product(input.size());
  double products = 0;
  for (const LayerDescription& layer : network.all()) {
    const double pixels = product(layer.out_height(), layer.out_width());
    values += pixels * (product(layer.columns.size()) + product(layer.out_channels));
    products += pixels * product(layer.columns.size(), layer.out_channels);
  }
  return values > kMostValues || products > kMostProducts;
}

std::vector<std::uint8_t> some_image(const InputDescription& input) {
  std::vector<std::uint8_t> image(input.size());
  for (std::size_t i = 0; i < image.size(); ++i) image[i] = static_cast<std::uint8_t>(37 * i + 11);
  return image;
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

Outcome try_packed_network(std::span<const std::byte> content) {
  QuantizedNetwork network;
  try {
    const AllocationGuard guard(allowance(content));
    network = read_packed_network(content, "input");
  } catch (const UserError&) {
    return Outcome::kRefused;
  }
  require_json(network.description);
  require_json(network.origin);
  if (too_large(network.description)) return Outcome::kTooLarge;
  const std::vector<std::uint8_t> image = some_image(network.description.input);
  inference::Engine engine(network, {1, {}});
  std::vector<std::int32_t> logits(engine.classes());
  engine.run(image, logits);
  if (logits != semantics::run(network, image))
    throw std::logic_error("the engine's logits are not the reference's");
  return Outcome::kRan;
}

Outcome try_checkpoint(std::span<const std::byte> content) {
  Checkpoint checkpoint;
  try {
    const AllocationGuard guard(allowance(content));
    checkpoint = read_checkpoint(content, "input");
  } catch (const UserError&) {
    return Outcome::kRefused;
  }
  const FloatNetwork& network = checkpoint.network;
  require_json(network.description);
  require_json(checkpoint.origin);
  for (const IdentityField& field : checkpoint.training.identity.fields) {
    require_json(field.name);
    require_json(field.value);
  }
  if (too_large(network.description)) return Outcome::kTooLarge;
  const std::vector<std::uint8_t> image = some_image(network.description.input);
  try {
    const quantization::QuantizeOptions options{2};
    const QuantizedNetwork quantized = quantization::quantize(network, options);
    validate(quantized, "input");
    (void)semantics::run(quantized, image);
    const quantization::RealNetwork real(network, options);
    (void)real.run(image, quantization::RoundedLayers(network.layer_count(), false));
  } catch (const UserError&) {
    // Valid, but with numbers that no step can hold.
  }
  return Outcome::kRan;
}

}  // namespace colcomb::fuzzing
