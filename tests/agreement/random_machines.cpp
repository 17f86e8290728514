// Random machines x networks: the exact engine, blocks in shuffled order, against the integer
// network in every value and against the closed form in every clock, byte and count.
//   random_machines FIRST COUNT    seeds FIRST to FIRST + COUNT - 1; prints the first that differs
#include <fmt/format.h>

#include <cstdlib>
#include <exception>
#include <string>

#include "colcomb/simulation/count_difference.hpp"
#include "colcomb/simulation/exact/exact_options.hpp"
#include "colcomb/simulation/exact/first_difference.hpp"
#include "colcomb/simulation/simulate.hpp"
#include "tests/support/random_machine.hpp"

namespace colcomb {
namespace {

/// Every fourth network is no chain of layers.
bool has_branches(std::uint64_t seed) {
  return seed % 4 == 2;
}

/// What differs, or "".
std::string difference(std::uint64_t seed) {
  Random random(seed);
  const tests::Machine machine = tests::random_machine(random, has_branches(seed));
  const QuantizedNetwork& network = machine.network;
  ArrayConfig config = machine.config;
  const std::size_t count = config.batch * tests::between(random, 1, 3);
  if (seed % 8 == 0) tests::set_random_lines(random, network, config);
  const auto images = tests::random_images(random, network.description.input, count);
  const std::string where = fmt::format("seed {}, {}: ", seed, describe(config));
  try {
    validate(config, "random");
    const simulation::Simulation exact =
        simulation::simulate_exact(network, config, images, {.shuffle = seed});
    const simulation::Simulation fast = simulation::simulate_fast(network, config, images, 1);
    if (const auto found = simulation::first_difference(network, fast.values, exact.values))
      return where + simulation::describe(*found, network);
    const std::string counts = simulation::first_count_difference(exact.result, fast.result);
    return counts.empty() ? "" : where + counts;
  } catch (const std::exception& error) {
    return where + error.what();
  }
}

int run(std::uint64_t first, std::uint64_t count) {
  std::uint64_t cross_layer = 0;
  std::uint64_t branches = 0;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const std::string found = difference(seed);
    if (!found.empty()) {
      fmt::print("{}\n", found);
      return 1;
    }
    cross_layer += seed % 8 == 0 ? 1 : 0;
    branches += has_branches(seed) ? 1 : 0;
  }
  fmt::print("seeds {} to {}: {} machines agree, {} of them cross-layer, {} with branches\n", first,
             first + count - 1, count, cross_layer, branches);
  return 0;
}

}  // namespace
}  // namespace colcomb

int main(int argc, char** argv) {
  if (argc != 3) {
    fmt::print(stderr, "usage: random_machines FIRST COUNT\n");
    return 2;
  }
  return colcomb::run(std::strtoull(argv[1], nullptr, 10), std::strtoull(argv[2], nullptr, 10));
}
