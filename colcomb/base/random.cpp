#include "colcomb/base/random.hpp"

#include <bit>
#include <cmath>

#include "colcomb/base/check.hpp"

namespace colcomb {
namespace {

std::uint64_t splitmix64(std::uint64_t& x) {
  std::uint64_t z = (x += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

}  // namespace

Random::Random(std::uint64_t seed) : state_{} {
  for (auto& word : state_) word = splitmix64(seed);
}

Random Random::stream(std::uint64_t seed, std::uint64_t purpose, std::uint64_t index) {
  std::uint64_t mixed = seed;
  mixed = splitmix64(mixed) ^ purpose;
  mixed = splitmix64(mixed) ^ index;
  return Random(splitmix64(mixed));
}

std::uint64_t Random::bits() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t t = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= t;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

double Random::uniform() {
  return static_cast<double>(bits() >> 11) * 0x1.0p-53;
}

std::uint64_t Random::below(std::uint64_t bound) {
  COLCOMB_CHECK(bound > 0, "empty range");
  // Rejection keeps every value equally likely; the loop repeats with probability below 1/2.
  const std::uint64_t threshold = (0 - bound) % bound;
  for (;;) {
    const std::uint64_t candidate = bits();
    if (candidate >= threshold) return candidate % bound;
  }
}

double Random::normal() {
  // Box-Muller, one of the pair thrown away: no hidden state beside the four words.
  const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
  return radius * std::cos(2.0 * 3.14159265358979323846 * uniform());
}

std::size_t Random::categorical(std::span<const double> weights) {
  double total = 0;
  for (const double w : weights) total += w;
  COLCOMB_CHECK(total > 0, "categorical distribution without weight");
  double left = uniform() * total;
  for (std::size_t i = 0; i + 1 < weights.size(); ++i) {
    if (left < weights[i]) return i;
    left -= weights[i];
  }
  return weights.size() - 1;
}

}  // namespace colcomb
