#include "colcomb/training/dropout.hpp"

namespace colcomb::training {

std::vector<float> draw_dropout(const NetworkDescription& network, const dataset::Batch& batch,
                                Random& random) {
  const double probability = network.dropout;
  if (probability <= 0) return {};
  const auto kept = static_cast<float>(1 / (1 - probability));
  const std::size_t channels = network.classifier.columns.size();
  for (std::size_t i = 0; i < batch.before * channels; ++i) (void)random.uniform();
  std::vector<float> factors(batch.count * channels);
  for (float& factor : factors) factor = random.uniform() < probability ? 0 : kept;
  return factors;
}

}  // namespace colcomb::training
