#include "colcomb/training/mixup.hpp"

#include <algorithm>
#include <cmath>

#include "colcomb/base/check.hpp"

namespace colcomb::training {
namespace {

/// Beta(a, a) by Johnk's rejection, which takes few tries for a <= 1.
double symmetric_beta(double a, Random& random) {
  for (;;) {
    const double u = std::pow(random.uniform(), 1 / a);
    const double v = std::pow(random.uniform(), 1 / a);
    if (u + v > 0 && u + v <= 1) return u / (u + v);
  }
}

}  // namespace

Mixed mix(dataset::Batch& batch, double strength, Random random) {
  COLCOMB_CHECK(strength > 0 && strength <= 1, "mixup's strength is above 0 and at most 1");
  Mixed result;
  // An image and its partner weigh each other alike, so a share and its complement do the same;
  // the larger keeps the first label the main one.
  const double drawn = symmetric_beta(strength, random);
  result.share = std::max(drawn, 1 - drawn);
  result.partners.assign(batch.labels.rbegin(), batch.labels.rend());
  const std::vector<std::uint8_t> images = batch.pixels;
  const std::size_t size = images.size() / batch.count;
  for (std::size_t i = 0; i < batch.count; ++i) {
    const std::size_t partner = batch.count - 1 - i;
    for (std::size_t p = 0; p < size; ++p) {
      const double value =
          result.share * images[i * size + p] + (1 - result.share) * images[partner * size + p];
      batch.pixels[i * size + p] = static_cast<std::uint8_t>(std::lround(value));
    }
  }
  return result;
}

}  // namespace colcomb::training
