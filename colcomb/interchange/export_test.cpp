#include "colcomb/interchange/export.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "tests/support/block_network.hpp"
#include "tests/support/float_forward.hpp"
#include "tests/support/onnx_batch.hpp"
#include "tests/support/onnx_evaluation.hpp"
#include "tests/support/random_branches.hpp"
#include "tests/support/real_forward.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::interchange {
namespace {

constexpr std::uint64_t kNetworks = 150;

/// Every third network is no chain of layers.
QuantizedNetwork network_of(Random& random, std::uint64_t seed) {
  return seed % 3 == 0 ? tests::random_quantized_network(random, tests::random_branches(random))
                       : tests::random_quantized_network(random);
}

// What each channel's own offset becomes: a slice per offset, no channel read twice.
TEST(Export, ShiftLayersMultiplyNoMoreThanTheirColumns) {
  const QuantizedNetwork network =
      tests::filled_block_network({{16, 24}, {2, 2}, {1, 2}, {4, 8}, 3, 8, 10}, 3);
  const onnx::ModelProto model = tests::exported_model(network, OnnxForm::kInteger);
  std::map<std::string, tests::OnnxShape> weights;
  for (const auto& tensor : model.graph().initializer()) {
    weights[tensor.name()] = {tensor.dims().begin(), tensor.dims().end()};
  }
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    const std::string& name = network.description.layer(i).name;
    const Matrix<std::int8_t> full = unpack(network.layer(i).weights);
    std::int64_t used = 0;
    for (std::size_t m = 0; m < full.cols(); ++m) {
      bool any = false;
      for (std::size_t n = 0; n < full.rows(); ++n) any |= full(n, m) != 0;
      used += any ? 1 : 0;
    }
    // The image and the map that is pooled keep their order and all their channels.
    const auto most = static_cast<std::int64_t>(full.cols());
    const auto rows = static_cast<std::int64_t>(full.rows());
    const bool shift = network.description.layer(i).kind == LayerKind::kShift;
    EXPECT_EQ(weights.at(name + "/weights"), (tests::OnnxShape{shift ? used : most, rows})) << name;
  }
}

// The QDQ form is the integer network with ties to even, exactly as long as floats hold the sums.
TEST(Export, QdqScoresAreThoseOfRoundingHalfToEven) {
  for (std::uint64_t seed = 1; seed <= kNetworks; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const QuantizedNetwork network = network_of(random, seed);
    const onnx::ModelProto model = tests::exported_model(network, OnnxForm::kQdq);
    const tests::Batch batch = tests::random_batch(random, network.description.input, 1);
    const auto scores = tests::OnnxEvaluation(model).run(batch.tensor).at("scores");
    const auto expected =
        tests::real_forward(network, batch.images[0], tests::Rounding::kHalfToEven);
    for (std::size_t n = 0; n < expected.size(); ++n)
      ASSERT_DOUBLE_EQ(scores.values[n], expected[n]) << "class " << n;
  }
}

TEST(Export, FloatScoresAreThoseWithoutRounding) {
  for (std::uint64_t seed = 1; seed <= kNetworks; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const QuantizedNetwork network = network_of(random, seed);
    const onnx::ModelProto model = tests::exported_model(network, OnnxForm::kFloat);
    const tests::Batch batch = tests::random_batch(random, network.description.input, 1);
    const auto scores = tests::OnnxEvaluation(model).run(batch.tensor).at("scores");
    const auto expected = tests::real_forward(network, batch.images[0], tests::Rounding::kNone);
    double scale = 1;
    for (const double score : expected) scale = std::max(scale, std::abs(score));
    for (std::size_t n = 0; n < expected.size(); ++n)
      ASSERT_NEAR(scores.values[n], expected[n], 1e-5 * scale) << "class " << n;
  }
}

// What float_forward computes plainly; layers read any earlier ones, by windows of all shapes.
TEST(Export, CheckpointsGiveTheFloatNetworksScores) {
  for (std::uint64_t seed = 1; seed <= kNetworks; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    const FloatNetwork network =
        seed % 3 == 0 ? tests::random_float_network(random, tests::random_branches(random))
                      : tests::random_float_network(random);
    onnx::ModelProto model;
    ASSERT_TRUE(model.ParseFromString(onnx_model(network, "network")));
    onnx::checker::check_model(model);
    const tests::Batch batch = tests::random_batch(random, network.description.input, 1);
    const auto scores = tests::OnnxEvaluation(model).run(batch.tensor).at("scores");
    const auto expected = tests::float_forward(network, batch.images[0]).logits;
    ASSERT_EQ(scores.shape, (tests::OnnxShape{1, static_cast<std::int64_t>(expected.size())}));
    // A drawn table's lines may be steep: what is rounded in front of one grows.
    const double most = has_tables(network.description) ? 5e-3 : 1e-5;
    double scale = 1;
    for (const double score : expected) scale = std::max(scale, std::abs(score));
    for (std::size_t n = 0; n < expected.size(); ++n)
      ASSERT_NEAR(scores.values[n], expected[n], most * scale) << "class " << n;
  }
}

TEST(Export, QdqRefusesABiasBelow32Bits) {
  Random random(2);
  QuantizedNetwork network = tests::random_quantized_network(random);
  network.layer(0).fraction_bits = 3;
  network.layer(0).bias[0] = std::numeric_limits<std::int32_t>::min();
  try {
    (void)onnx_model(network, {OnnxForm::kQdq}, "network.packed");
    FAIL();
  } catch (const UserError& error) {
    EXPECT_EQ(error.parts().where, "network.packed");
    EXPECT_EQ(error.parts().field, "layer layer0: bias 0");
  }
}

TEST(Export, SaysWhereItComesFromAndWhatItsLogitsAreWorth) {
  Random random(3);
  const QuantizedNetwork network = tests::random_quantized_network(random);
  const onnx::ModelProto model = tests::exported_model(network, OnnxForm::kInteger);
  EXPECT_EQ(model.producer_name(), "colcomb");
  EXPECT_FALSE(model.producer_version().empty());
  std::map<std::string, std::string> metadata;
  for (const auto& entry : model.metadata_props()) metadata[entry.key()] = entry.value();
  EXPECT_EQ(metadata.at("form"), "integer");
  EXPECT_EQ(std::stod(metadata.at("logit_scale")), logit_scale(network));
  EXPECT_EQ(model.graph().input(0).type().tensor_type().shape().dim(0).dim_param(), "batch");
}

TEST(Export, SavedFilesAreTheModelAndAlwaysTheSame) {
  Random random(4);
  const QuantizedNetwork network = tests::random_quantized_network(random);
  const tests::TemporaryFolder folder;
  const ExportSummary summary = save_onnx(network, {}, folder / "net.onnx");
  const std::string bytes = read_text_file(folder / "net.onnx");
  EXPECT_EQ(bytes, onnx_model(network, {}, "network"));
  EXPECT_EQ(summary.bytes, bytes.size());
  EXPECT_THROW(save_onnx(network, {}, folder / "missing" / "net.onnx"), UserError);
}

}  // namespace
}  // namespace colcomb::interchange
