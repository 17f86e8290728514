#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/base/files.hpp"
#include "tests/support/corruption.hpp"
#include "tests/support/random_branches.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb {
namespace {

using ::testing::HasSubstr;
using tests::TemporaryFolder;

QuantizedNetwork random_network(std::uint64_t seed) {
  Random random(seed);
  // Some of each version: with row exponents, with tables by row, with others, with branches,
  // chains.
  const tests::NetworkLimits limits{
      .tables = seed % 3 == 0, .row_exponents = seed % 5 == 0, .row_tables = seed % 6 == 0};
  QuantizedNetwork network =
      seed % 4 == 3 ? tests::random_quantized_network(
                          random, tests::random_branches(random, limits), limits.row_exponents)
                    : tests::random_quantized_network(random, limits);
  network.origin = "quantized from net.ckpt";
  network.description.data.name = "some images";
  for (std::size_t c = 0; c < network.description.classes; ++c)
    network.description.data.class_names.push_back("class " + std::to_string(c));
  for (std::size_t i = 0; i < seed % 3; ++i) {
    const auto image = tests::random_image(random, network.description.input);
    network.samples.pixels.insert(network.samples.pixels.end(), image.begin(), image.end());
    network.samples.labels.push_back(
        static_cast<std::int32_t>(random.below(network.description.classes)));
  }
  return network;
}

const tests::Loader kLoadPacked = [](const std::filesystem::path& path) {
  (void)load_packed_network(path);
};

TEST(PackedNetworkFile, RoundTripIsExact) {
  const TemporaryFolder folder;
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    const QuantizedNetwork original = random_network(seed);
    save_packed_network(original, folder / "p");
    EXPECT_EQ(load_packed_network(folder / "p"), original) << "seed " << seed;
  }
}

// An older program must not take a layer for one that reads the layer before.
TEST(PackedNetworkFile, VersionSaysWhatLayersReadAndHowTheyEnd) {
  const TemporaryFolder folder;
  std::set<int> versions;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const QuantizedNetwork network = random_network(seed);
    const int version = has_row_exponents(network) || has_row_tables(network.description) ? 7
                        : has_tables(network.description)                                 ? 6
                        : is_chain(network.description)                                   ? 4
                                                                                          : 5;
    versions.insert(version);
    save_packed_network(network, folder / "p");
    Bytes content = read_file(folder / "p");
    EXPECT_EQ(std::to_integer<int>(content[12]), version);
    for (const std::uint8_t other : {4, 5, 6, 7}) {
      if (other == version) continue;
      content[12] = std::byte{other};
      write_file_atomically(folder / "q", content);
      EXPECT_THAT(tests::refusal(kLoadPacked, folder / "q"), HasSubstr("version is"));
    }
  }
  EXPECT_EQ(versions, (std::set<int>{4, 5, 6, 7}));
}

TEST(PackedNetworkFile, RefusesEveryTruncationAndFlip) {
  const TemporaryFolder folder;
  save_packed_network(random_network(2), folder / "p");
  const Bytes content = read_file(folder / "p");
  tests::expect_every_truncation_refused(kLoadPacked, content, folder / "t");
  tests::expect_every_flip_refused(kLoadPacked, content, folder / "f");
}

TEST(PackedNetworkFile, HostilePayloadIsRefusedOrValid) {
  const TemporaryFolder folder;
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    save_packed_network(random_network(seed), folder / "p");
    const auto refused = tests::count_refused_hostile_payloads(kLoadPacked, read_file(folder / "p"),
                                                               folder / "h", 500);
    EXPECT_GT(refused, 20U);
  }
}

TEST(PackedNetworkFile, FailedSaveKeepsTheOldFile) {
  const TemporaryFolder folder;
  const QuantizedNetwork good = random_network(5);
  save_packed_network(good, folder / "p");
  QuantizedNetwork bad = good;
  bad.pooling.fraction_bits = 9;
  EXPECT_THAT(
      tests::refusal([&](const auto& path) { save_packed_network(bad, path); }, folder / "p"),
      HasSubstr("pooling fraction bits is '9'"));
  EXPECT_EQ(load_packed_network(folder / "p"), good);
}

}  // namespace
}  // namespace colcomb
