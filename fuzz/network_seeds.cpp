#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/tiling/compile.hpp"
#include "fuzz/seeds.hpp"
#include "tests/golden/golden_program.hpp"
#include "tests/support/random_array.hpp"
#include "tests/support/random_branches.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/tiny_network.hpp"

namespace colcomb::fuzzing {
namespace {

constexpr std::size_t kLargest = 12'000;
constexpr std::size_t kSeeds = 8;

/// Every fourth network is no chain of layers.
NetworkDescription description_of(Random& random, std::uint64_t seed) {
  const tests::NetworkLimits limits{5, 3, true, seed % 3 == 0};
  return seed % 4 == 0 ? tests::random_branches(random, limits)
                       : tests::random_description(random, limits);
}

void keep_if_small(const std::filesystem::path& path, std::vector<Bytes>& seeds) {
  Bytes content = read_file(path);
  if (content.size() <= kLargest) seeds.push_back(std::move(content));
}

}  // namespace

std::vector<Bytes> packed_network_seeds() {
  const tests::TemporaryFolder folder;
  std::vector<Bytes> seeds;
  for (std::uint64_t seed = 1; seeds.size() < kSeeds; ++seed) {
    Random random(seed);
    QuantizedNetwork network =
        tests::random_quantized_network(random, description_of(random, seed));
    network.origin = "quantized";
    network.description.data = {"images",
                                std::vector<std::string>(network.description.classes, "\xc3\xa4")};
    network.samples = {tests::random_image(random, network.description.input), {0}};
    save_packed_network(network, folder / "seed");
    keep_if_small(folder / "seed", seeds);
  }
  return seeds;
}

std::vector<Bytes> checkpoint_seeds() {
  const tests::TemporaryFolder folder;
  std::vector<Bytes> seeds;
  Checkpoint tiny{tests::tiny_network(), {}, "trained"};
  tiny.training.identity.add("seed", "1");
  tiny.training.history.resize(1);
  tiny.training.optimizer = {{"momentum", {1, 1}, {0.5F}}};
  save_checkpoint(tiny, folder / "seed");
  keep_if_small(folder / "seed", seeds);
  for (std::uint64_t seed = 1; seeds.size() < kSeeds; ++seed) {
    Random random(seed);
    tiny.network = tests::random_float_network(random, description_of(random, seed));
    save_checkpoint(tiny, folder / "seed");
    keep_if_small(folder / "seed", seeds);
  }
  return seeds;
}

std::vector<Bytes> tile_program_seeds() {
  const tests::TemporaryFolder folder;
  std::vector<Bytes> seeds;
  save_tile_program(tests::golden_tile_program(), folder / "seed");
  keep_if_small(folder / "seed", seeds);
  for (std::uint64_t seed = 1; seeds.size() < kSeeds; ++seed) {
    Random random(seed);
    const QuantizedNetwork network =
        tests::random_quantized_network(random, description_of(random, seed));
    const ArrayConfig array = tests::random_array(random, network);
    save_tile_program(tiling::compile(network, array), folder / "seed");
    keep_if_small(folder / "seed", seeds);
  }
  return seeds;
}

}  // namespace colcomb::fuzzing
