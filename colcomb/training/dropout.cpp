#include "colcomb/training/dropout.hpp"

namespace colcomb::training {

std::vector<float> draw_dropout(const NetworkDescription& network, std::size_t count,
                                Random& random) {
  const double probability = network.dropout;
  if (probability <= 0) return {};
  const auto kept = static_cast<float>(1 / (1 - probability));
  std::vector<float> factors(count * network.layers.back().in_channels);
  for (float& factor : factors) factor = random.uniform() < probability ? 0 : kept;
  return factors;
}

}  // namespace colcomb::training
