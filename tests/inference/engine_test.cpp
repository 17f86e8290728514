#include "colcomb/inference/engine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "colcomb/base/check.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/semantics/integer_run.hpp"
#include "tests/support/allocation.hpp"
#include "tests/support/random_branches.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/small_network.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::inference {
namespace {

std::vector<std::uint8_t> random_images(Random& random, const QuantizedNetwork& network,
                                        std::size_t count) {
  std::vector<std::uint8_t> images;
  for (std::size_t b = 0; b < count; ++b) {
    const auto image = tests::random_image(random, network.description.input);
    images.insert(images.end(), image.begin(), image.end());
  }
  return images;
}

/// The reference's logits and sums of global pooling, and its saturation counts of all images.
struct Expected {
  std::vector<std::int32_t> logits;
  std::vector<std::uint64_t> saturated;
  std::vector<std::uint64_t> pool_sums;
};

Expected reference(const QuantizedNetwork& network, std::span<const std::uint8_t> images,
                   std::size_t image_size) {
  Expected expected;
  expected.saturated = std::vector<std::uint64_t>(network.hidden.size());
  for (std::size_t begin = 0; begin < images.size(); begin += image_size) {
    const auto trace = semantics::run_traced(network, images.subspan(begin, image_size));
    expected.logits.insert(expected.logits.end(), trace.logits.begin(), trace.logits.end());
    expected.pool_sums.insert(expected.pool_sums.end(), trace.pool_sums.begin(),
                              trace.pool_sums.end());
    for (std::size_t i = 0; i < trace.saturated.size(); ++i)
      expected.saturated[i] += trace.saturated[i];
  }
  return expected;
}

/// Every kernel and both ways of sharing work give the reference's numbers.
void expect_equal(Random& random, const QuantizedNetwork& network, std::uint64_t seed) {
  const std::size_t count = 1 + random.below(5);
  const std::vector<std::uint8_t> images = random_images(random, network, count);
  const Expected expected = reference(network, images, images.size() / count);
  for (const std::string& kernel : kernel_names()) {
    for (const std::size_t threads : {1U, 2U, 5U}) {
      Engine engine(network, {threads, kernel});
      RC_ASSERT(engine.image_size() == images.size() / count);
      for (int again = 0; again < 2; ++again) {  // the second run finds used buffers
        std::vector<std::int32_t> logits(count * engine.classes(), -1);
        std::vector<std::uint64_t> saturated(engine.hidden_layers());
        engine.run(images, logits, saturated);
        RC_TAG(kernel);
        if (logits != expected.logits || saturated != expected.saturated)
          RC_FAIL(kernel + " with " + std::to_string(threads) + " threads differs, seed " +
                  std::to_string(seed));
        logits.assign(logits.size(), -1);
        engine.run(images, logits);
        RC_ASSERT(logits == expected.logits);
        RC_ASSERT(engine.global_pooling_channels() * count == expected.pool_sums.size());
        if (expected.pool_sums.empty()) continue;
        std::vector<std::uint64_t> sums(expected.pool_sums.size());
        engine.pool_sums(images, sums);
        RC_ASSERT(sums == expected.pool_sums);
      }
    }
  }
}

void expect_equal(const tests::NetworkLimits& limits, std::uint64_t seed) {
  Random random(seed);
  expect_equal(random, tests::random_quantized_network(random, limits), seed);
}

RC_GTEST_PROP(Engine, SmallNetworksEqualTheReference, (std::uint64_t seed)) {
  expect_equal({}, seed);
}

RC_GTEST_PROP(Engine, NetworksWithBranchesEqualTheReference, (std::uint64_t seed)) {
  Random random(seed);
  const NetworkDescription description = tests::random_branches(random, {30, 8});
  expect_equal(random, tests::random_quantized_network(random, description), seed);
}

// Several windows, all numbers of 16-row blocks, groups beyond a window.
RC_GTEST_PROP(Engine, WideNetworksEqualTheReference, (std::uint64_t seed)) {
  expect_equal({150, 64}, seed);
}

// Maps of one layout take over each other's buffers: a 3 x 3 layer that wrote into the map it still
// reads, or into one that a residual addition reads later, would read its own results.
TEST(Engine, MapsThatShareBuffersEqualTheReference) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    Random random(seed);
    QuantizedNetwork network = tests::convolution_chain(random, 5 + seed, 3, 5);
    if (seed % 2 == 0) network.description.hidden[2].residual = 0;
    const std::vector<std::uint8_t> images = random_images(random, network, 2);
    const Expected expected = reference(network, images, images.size() / 2);
    for (const std::string& kernel : kernel_names()) {
      Engine engine(network, {1, kernel});
      std::vector<std::int32_t> logits(2 * engine.classes());
      engine.run(images, logits);
      EXPECT_EQ(logits, expected.logits) << kernel << ", seed " << seed;
    }
  }
}

// 289 pixels of 255 are more than 16 bits hold. One channel, weights 1: the logit is the mean.
TEST(Engine, MeansOfLargeMapsByHand) {
  const QuantizedNetwork network = tests::dense_network(17, 17, 1, 1, 1);
  std::vector<std::uint8_t> images(2 * 289, 255);
  std::fill(images.begin() + 289 + 257, images.end(), 0);
  for (const std::string& kernel : kernel_names()) {
    Engine engine(network, {1, kernel});
    std::vector<std::int32_t> logits(2);
    engine.run(images, logits);
    // 257 * 255 / 289 = 226.76
    EXPECT_EQ(logits, (std::vector<std::int32_t>{255, 227})) << kernel;
  }
}

QuantizedNetwork some_network() {
  Random random(7);
  return tests::random_quantized_network(random, {40, 8});
}

TEST(Engine, RunAllocatesNothing) {
  const QuantizedNetwork network = some_network();
  for (const std::string& kernel : kernel_names()) {
    for (const std::size_t threads : {1U, 2U}) {
      Engine engine(network, {threads, kernel});
      const std::vector<std::uint8_t> images(3 * engine.image_size(), 99);
      std::vector<std::int32_t> logits(3 * engine.classes());
      std::vector<std::uint64_t> saturated(engine.hidden_layers());
      const std::size_t before = tests::allocation_count();
      ASSERT_GT(before, 0U);
      engine.run(images, logits);
      engine.run(images, logits, saturated);
      EXPECT_EQ(tests::allocation_count(), before) << kernel << ", " << threads << " threads";
    }
  }
}

TEST(Engine, NoImages) {
  Engine engine(some_network(), {2, {}});
  engine.run({}, {});
}

TEST(Engine, ReadsPackedNetworkFiles) {
  const tests::TemporaryFolder folder;
  const QuantizedNetwork network = some_network();
  save_packed_network(network, folder.path() / "network.packed");
  Engine engine(folder.path() / "network.packed");
  Random random(3);
  const auto image = random_images(random, network, 1);
  std::vector<std::int32_t> logits(engine.classes());
  engine.run(image, logits);
  EXPECT_EQ(logits, semantics::run(network, image));
}

TEST(Engine, MovesWithItsThreads) {
  Engine first(some_network(), {2, {}});
  Engine second = std::move(first);
  const std::vector<std::uint8_t> image(second.image_size(), 1);
  std::vector<std::int32_t> logits(second.classes());
  second.run(image, logits);
  EXPECT_EQ(logits, semantics::run(some_network(), image));
}

TEST(Engine, NamesTheKernelsItHas) {
  EXPECT_EQ(kernel_names().back(), "portable");
  EXPECT_EQ(Engine(some_network()).kernel(), kernel_names().front());
  try {
    Engine(some_network(), {1, "vliw"});
    FAIL();
  } catch (const UserError& error) {
    EXPECT_EQ(error.parts().value, "vliw");
    EXPECT_THAT(error.parts().rule, testing::HasSubstr("portable"));
  }
}

TEST(Engine, RefusesWhatIsNoNetwork) {
  QuantizedNetwork network = some_network();
  network.layer(0).fraction_bits = 23;
  EXPECT_THROW(Engine{network}, UserError);
  Engine engine(some_network());
  std::vector<std::int32_t> logits(engine.classes());
  EXPECT_THROW(engine.run(std::vector<std::uint8_t>(engine.image_size() + 1), logits),
               InternalError);
  EXPECT_THROW(engine.run(std::vector<std::uint8_t>(2 * engine.image_size()), logits),
               InternalError);
}

}  // namespace
}  // namespace colcomb::inference
