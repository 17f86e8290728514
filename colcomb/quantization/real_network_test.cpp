#include "colcomb/quantization/real_network.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "colcomb/semantics/integer_run.hpp"
#include "tests/support/float_forward.hpp"
#include "tests/support/random_branches.hpp"

namespace colcomb::quantization {
namespace {

constexpr double kIntegerStep = 6.0 / 256;

/// A chain, or every third time a network whose layers read any earlier ones.
FloatNetwork network_of(Random& random, std::uint64_t seed) {
  if (seed % 3 != 0) return tests::random_float_network(random);
  NetworkDescription description = tests::random_branches(random);
  EXPECT_NO_THROW(validate(description, "network")) << "seed " << seed;
  return tests::random_float_network(random, std::move(description));
}

// The oracle normalizes, pads with zeros and applies batch norm as training does; here all of that
// is folded.
TEST(RealNetwork, WithoutRoundingIsTheFloatNetwork) {
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    Random random(seed);
    const FloatNetwork network = network_of(random, seed);
    const auto image = tests::random_image(random, network.description.input);
    const auto expected = tests::float_forward(network, image);
    const RealNetwork real(network, {tests::pooling_bits(network, 3)});
    const RealTrace trace = real.run(image, RoundedLayers(network.layer_count(), false));
    ASSERT_EQ(trace.outputs.size(), expected.outputs.size());
    for (std::size_t i = 0; i < expected.outputs.size(); ++i) {
      ASSERT_EQ(trace.outputs[i].values.size(), expected.outputs[i].values.size());
      for (std::size_t p = 0; p < expected.outputs[i].values.size(); ++p) {
        ASSERT_NEAR(trace.outputs[i].values[p] * kIntegerStep, expected.outputs[i].values[p], 1e-6)
            << "seed " << seed << ", layer " << i << ", place " << p;
      }
    }
    for (std::size_t c = 0; c < expected.pooled.size(); ++c)
      ASSERT_NEAR(trace.pooled[c] * kIntegerStep, expected.pooled[c], 1e-6) << "seed " << seed;
    for (std::size_t n = 0; n < expected.logits.size(); ++n)
      ASSERT_NEAR(trace.logits[n] * kIntegerStep, expected.logits[n], 1e-6) << "seed " << seed;
  }
}

TEST(RealNetwork, AllRoundedIsTheIntegerNetwork) {
  for (std::uint64_t seed = 1; seed <= 250; ++seed) {
    Random random(seed);
    const FloatNetwork network = network_of(random, seed);
    const QuantizeOptions options{tests::pooling_bits(network, random.below(9)),
                                  seed % 2 == 0 ? WeightCode::kInt8 : WeightCode::kPowerOfTwo,
                                  seed % 5 < 2 ? WeightScales::kChannel : WeightScales::kLayer};
    const auto image = tests::random_image(random, network.description.input);
    const QuantizedNetwork integers = quantize(network, options);
    const semantics::Trace expected = semantics::run_traced(integers, image);
    const RealNetwork real(network, options);
    const RealTrace trace = real.run(image, RoundedLayers(network.layer_count(), true));
    for (std::size_t i = 0; i < expected.outputs.size(); ++i) {
      for (std::size_t p = 0; p < expected.outputs[i].values.size(); ++p) {
        ASSERT_EQ(trace.outputs[i].values[p], expected.outputs[i].values[p])
            << "seed " << seed << ", layer " << i << ", place " << p;
      }
    }
    for (std::size_t c = 0; c < expected.pooled.size(); ++c) {
      ASSERT_EQ(std::ldexp(trace.pooled[c], static_cast<int>(options.pooling_fraction_bits)),
                expected.pooled[c])
          << "seed " << seed;
    }
    for (std::size_t n = 0; n < expected.logits.size(); ++n)
      ASSERT_EQ(trace.logits[n] * kIntegerStep, expected.logits[n] * logit_scale(integers)) << seed;
  }
}

TEST(RealNetwork, ALayerIsRoundedByItsOwnFlag) {
  for (std::uint64_t seed = 1; seed <= 30; ++seed) {
    Random random(seed);
    const FloatNetwork network = tests::random_float_network(random);
    const auto image = tests::random_image(random, network.description.input);
    const RealNetwork real(network, {2});
    const RoundedLayers none(network.layer_count(), false);
    const RealTrace plain = real.run(image, none);
    for (std::size_t layer = 0; layer < network.hidden.size(); ++layer) {
      RoundedLayers one = none;
      one[layer] = true;
      const RealTrace trace = real.run(image, one);
      for (std::size_t i = 0; i < layer; ++i)
        EXPECT_EQ(trace.outputs[i].values, plain.outputs[i].values) << "seed " << seed;
      for (const double value : trace.outputs[layer].values) EXPECT_EQ(value, std::floor(value));
      // From the layer on, the same with the outputs before it given.
      RealTrace rest = plain;
      real.run_from(layer, image, one, rest);
      for (std::size_t i = layer; i < trace.outputs.size(); ++i)
        EXPECT_EQ(rest.outputs[i].values, trace.outputs[i].values) << "seed " << seed;
      EXPECT_EQ(rest.logits, trace.logits) << "seed " << seed;
    }
  }
}

}  // namespace
}  // namespace colcomb::quantization
