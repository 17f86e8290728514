// For a foreign processor: every kernel it can run against the reference, on random networks.
// Prints the kernels' names; exit status 1 with the seed of the first difference.
#include <cstdio>
#include <string>
#include <vector>

#include "colcomb/inference/engine.hpp"
#include "colcomb/semantics/integer_run.hpp"
#include "tests/support/random_network.hpp"

namespace colcomb {
namespace {

/// Every third network has nothing but the extremes, which the narrowest sums must hold.
void make_extreme(QuantizedNetwork& network) {
  for (QuantizedLayer& layer : network.all()) {
    layer.weight_code = WeightCode::kInt8;
    for (std::int8_t& weight : layer.weights.values.values()) {
      if (weight != 0) weight = weight < 0 ? -128 : 127;
    }
  }
}

bool equal(std::uint64_t seed, const tests::NetworkLimits& limits) {
  Random random(seed);
  QuantizedNetwork network = tests::random_quantized_network(random, limits);
  std::vector<std::uint8_t> image = tests::random_image(random, network.description.input);
  if (seed % 3 == 0) {
    make_extreme(network);
    for (std::uint8_t& pixel : image) pixel = pixel < 128 ? 0 : 255;
  }
  const semantics::Trace expected = semantics::run_traced(network, image);
  for (const std::string& kernel : inference::kernel_names()) {
    inference::Engine engine(network, {1, kernel});
    std::vector<std::int32_t> logits(engine.classes());
    std::vector<std::uint64_t> saturated(engine.hidden_layers());
    engine.run(image, logits, saturated);
    if (logits == expected.logits && saturated == expected.saturated) continue;
    std::printf("%s differs from the reference, seed %llu\n", kernel.c_str(),
                static_cast<unsigned long long>(seed));
    return false;
  }
  return true;
}

}  // namespace
}  // namespace colcomb

int main() {
  std::string names;
  for (const std::string& name : colcomb::inference::kernel_names()) names += name + ' ';
  std::printf("kernels: %s\n", names.c_str());
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    if (!colcomb::equal(seed, {}) || (seed % 5 == 0 && !colcomb::equal(seed, {150, 64}))) return 1;
  }
  std::printf("equal to the reference on 180 networks\n");
  return 0;
}
