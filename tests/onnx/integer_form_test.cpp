// Exported integer graphs, evaluated operator by operator, against the integer network.
#include <gtest/gtest.h>

#include <limits>

#include "colcomb/base/error.hpp"
#include "colcomb/semantics/integer_run.hpp"
#include "tests/support/block_network.hpp"
#include "tests/support/onnx_batch.hpp"
#include "tests/support/random_branches.hpp"

namespace colcomb::tests {
namespace {

void expect_equal_logits(const QuantizedNetwork& network, Random& random) {
  const onnx::ModelProto model = exported_model(network, interchange::OnnxForm::kInteger);
  const Batch batch = random_batch(random, network.description.input, 2);
  const auto tensors = OnnxEvaluation(model).run(batch.tensor);
  const OnnxTensor& logits = tensors.at("logits");
  ASSERT_EQ(logits.type, onnx::TensorProto::INT32);
  const auto classes = static_cast<std::int64_t>(network.description.classes);
  ASSERT_EQ(logits.shape, (OnnxShape{2, classes}));
  for (std::size_t b = 0; b < 2; ++b) {
    const auto expected = semantics::run(network, batch.images[b]);
    for (std::size_t n = 0; n < expected.size(); ++n) {
      const std::size_t at = b * expected.size() + n;
      ASSERT_EQ(logits.integer(at), expected[n]) << "image " << b << " class " << n;
      ASSERT_EQ(tensors.at("scores").values[at],
                expected[n] * static_cast<double>(static_cast<float>(logit_scale(network))));
    }
  }
}

constexpr std::uint64_t kNetworks = 150;

TEST(IntegerForm, IntegerLogitsAreThoseOfTheIntegerNetwork) {
  for (std::uint64_t seed = 1; seed <= kNetworks; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const QuantizedNetwork network = random_quantized_network(random);
    expect_equal_logits(network, random);
    if (HasFatalFailure()) return;
  }
}

TEST(IntegerForm, OfNetworksWithBranchesToo) {
  for (std::uint64_t seed = 1; seed <= kNetworks / 3; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const QuantizedNetwork network = random_quantized_network(random, random_branches(random));
    expect_equal_logits(network, random);
    if (HasFatalFailure()) return;
  }
}

TEST(IntegerForm, AccumulationsWrapModulo32Bits) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    QuantizedNetwork network = random_quantized_network(random);
    for (QuantizedLayer& layer : network.all()) {
      for (std::size_t n = 0; n < layer.bias.size(); ++n) {
        layer.bias[n] = n % 2 == 0 ? std::numeric_limits<std::int32_t>::max()
                                   : std::numeric_limits<std::int32_t>::min();
      }
    }
    network.hidden.front().fraction_bits = kMaxFractionBits;
    network.hidden.front().row_exponents.clear();
    expect_equal_logits(network, random);
    if (HasFatalFailure()) return;
  }
}

TEST(IntegerForm, AColumnThatOccursTwiceIsReadTwice) {
  Random random(5);
  QuantizedNetwork network = random_quantized_network(random);
  LayerDescription& layer = network.description.hidden.front();
  ASSERT_GT(layer.columns.size(), 1U);
  layer.columns[1] = layer.columns[0];
  expect_equal_logits(network, random);
}

TEST(IntegerForm, ALayerWithoutWeightsGivesItsBias) {
  Random random(9);
  QuantizedNetwork network = random_quantized_network(random);
  for (auto& value : network.hidden.front().weights.values.values()) value = 0;
  for (auto& select : network.hidden.front().weights.selects.values()) select = 0;
  expect_equal_logits(network, random);
}

}  // namespace
}  // namespace colcomb::tests
