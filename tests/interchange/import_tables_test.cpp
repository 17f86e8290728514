// Activation functions other than ReLU: the model's own numbers, and what becomes of them in
// integers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/quantization/check.hpp"
#include "colcomb/quantization/quantize.hpp"
#include "tests/interchange/import_support.hpp"
#include "tests/support/onnx_tables.hpp"

namespace colcomb::tests {
namespace {

using interchange::ImportedModel;
using ::testing::HasSubstr;

/// What a builder's model gives for one image; and the imported network, in floats.
struct Scores {
  std::vector<double> model, imported;
};

/// The largest difference of the imported network's logits from the model's, relative to these.
double difference(const Scores& scores) {
  double scale = 1;
  double most = 0;
  for (std::size_t k = 0; k < scores.model.size(); ++k) {
    scale = std::max(scale, std::abs(scores.model[k]));
    most = std::max(most, std::abs(scores.model[k] - scores.imported[k]));
  }
  return most / scale;
}

Scores scores_of(const OnnxBuilder& builder, const FloatNetwork& network,
                 const std::vector<std::uint8_t>& image) {
  return {OnnxEvaluation(builder.model).run_image(normalized(image)),
          float_forward(network, image).logits};
}

std::vector<std::uint8_t> images_for(const ImportedModel& model, Random& random,
                                     std::size_t count) {
  std::vector<std::uint8_t> images;
  for (std::size_t i = 0; i < count; ++i) {
    const auto image = random_image(random, model.network.description.input);
    images.insert(images.end(), image.begin(), image.end());
  }
  return images;
}

/// The function of the last node of a graph of one value's functions.
double evaluated(const AddActivation& add, double x) {
  OnnxBuilder b(1, 1, 1);
  b.output(b.node("Identity", {add(b, "image")}));
  return OnnxEvaluation(b.model).run_image({x}).front();
}

/// Whether PRelu has a slope for each of 4 channels, which one number cannot stand for.
AddActivation of_one_channel(const ActivationForm& form) {
  if (form.name != "PRelu with one slope") return form.add;
  return [](OnnxBuilder& b, const std::string& x) {
    return b.node("PRelu", {x, b.tensor({1, 1, 1}, {0.3F})});
  };
}

TEST(ImportTables, FunctionsAreTheModels) {
  std::vector<std::pair<ActivationForm, std::int64_t>> forms = newer_activation_forms();
  for (ActivationForm& form : activation_forms()) forms.emplace_back(std::move(form), 13);
  for (const auto& [form, opset] : forms) {
    SCOPED_TRACE(form.name);
    OnnxBuilder builder = TableModels(form.add).two_layers();
    builder.opset(opset);
    const ImportedModel model = imported(builder);
    ASSERT_EQ(complaints(model), "");
    ASSERT_EQ(model.functions.size(), 2U);
    for (const auto& function : model.functions) {
      ASSERT_TRUE(function);
      EXPECT_EQ(function->name, form.table);
      const AddActivation one = of_one_channel(form);
      for (double x = -8; x <= 8; x += 0.4375)
        EXPECT_NEAR(function->of(x, 0), evaluated(one, x), 1e-6 * (1 + std::abs(x))) << x;
    }
  }
}

TEST(ImportTables, NetworksGiveTheModelsLogits) {
  double worst = 0;
  for (const ActivationForm& form : activation_forms()) {
    SCOPED_TRACE(form.name);
    const OnnxBuilder builder = TableModels(form.add).two_layers();
    const ImportedModel model = imported(builder);
    ASSERT_EQ(complaints(model), "");
    Random random(5);
    const auto images = images_for(model, random, 3);
    const FloatNetwork network = network_of(model, images);
    ASSERT_NO_THROW(validate(network, "network"));
    const std::size_t size = images.size() / 3;
    // The table is on straight lines between 256 points: what is lost is about a step.
    const double found =
        difference(scores_of(builder, network, {images.begin(), images.begin() + size}));
    EXPECT_LT(found, 0.005);
    worst = std::max(worst, found);
  }
  EXPECT_GT(worst, 0);
}

using MakeModel = OnnxBuilder (TableModels::*)();

/// In integers the network is the fake-quantized one byte for byte, and near the model.
void expect_quantizes(const std::string& form_name, MakeModel make, double tolerance) {
  SCOPED_TRACE(form_name);
  for (const ActivationForm& form : activation_forms()) {
    if (form.name != form_name) continue;
    const OnnxBuilder builder = (TableModels(form.add).*make)();
    const ImportedModel model = imported(builder);
    ASSERT_EQ(complaints(model), "");
    Random random(7);
    constexpr std::size_t kImages = 20;
    const auto images = images_for(model, random, kImages);
    const FloatNetwork network = network_of(model, images);
    ASSERT_NO_THROW(validate(network, "network"));
    EXPECT_TRUE(has_tables(network.description));
    const QuantizedNetwork integers = quantization::quantize(network, {0});
    const auto check = quantization::check_quantization(network, integers, {0}, images, 1);
    EXPECT_EQ(check.images, kImages);
    EXPECT_GT(check.stages.back().noise.decibels().value_or(0), 18) << form.name;
    const std::size_t size = images.size() / kImages;
    const std::vector<std::uint8_t> image(images.begin(), images.begin() + size);
    EXPECT_LT(difference(scores_of(builder, network, image)), tolerance);
    return;
  }
  FAIL() << "no such form";
}

TEST(ImportTables, LeNetWithTanhQuantizes) {
  expect_quantizes("Tanh", &TableModels::lenet, 0.02);
}
TEST(ImportTables, LeakyReluNetworkWithResidualsQuantizes) {
  expect_quantizes("LeakyRelu with alpha", &TableModels::residuals, 0.02);
}
TEST(ImportTables, SiluNetworksQuantize) {
  expect_quantizes("SiLU", &TableModels::residuals, 0.03);
  expect_quantizes("SiLU", &TableModels::inverted_residuals, 0.03);
}
TEST(ImportTables, HardSwishNetworkWithoutGatesQuantizes) {
  expect_quantizes("HardSwish of Clip", &TableModels::inverted_residuals, 0.03);
}

// MobileNetV3's form: x * HardSigmoid(mean of x): no layer computes it.
TEST(ImportTables, AGateIsNamedAsOne) {
  Random random(1);
  OnnxBuilder b(2, 6, 6);
  const auto x = b.node("Relu", {b.node("Conv", {"image", b.normal(random, {4, 2, 1, 1}, 0, 1)})});
  const auto pooled = b.node("GlobalAveragePool", {x});
  const auto gate =
      b.node("HardSigmoid", {b.node("Conv", {pooled, b.normal(random, {4, 4, 1, 1}, 0, 1)})});
  const auto gated = b.node("Mul", {x, gate});
  const auto flat = b.node("Flatten", {b.node("GlobalAveragePool", {gated})});
  b.output(b.node("Gemm", {flat, b.normal(random, {4, 3}, 0, 1)}));
  EXPECT_THAT(complaints(imported(b)), HasSubstr("Mul6: a gate: a map times another map"));
}

TEST(ImportTables, SlopesPerChannelAreATablePerRow) {
  for (const bool differ : {false, true}) {
    const std::vector<float> slopes =
        differ ? std::vector<float>{0.1F, -0.2F, 0.6F, 0.4F} : std::vector<float>(4, 0.3F);
    const AddActivation add = [&](OnnxBuilder& b, const std::string& x) {
      return b.node("PRelu", {x, b.tensor({4, 1, 1}, slopes)});
    };
    const OnnxBuilder builder = TableModels(add).two_layers();
    const ImportedModel model = imported(builder);
    ASSERT_EQ(complaints(model), "");
    const interchange::ScalarFunction& function = model.functions.at(0).value();
    EXPECT_EQ(function.name, differ ? "PRelu(x, 4 slopes)" : "PRelu(x, 0.3)");
    for (std::size_t c = 0; c < slopes.size(); ++c) {
      EXPECT_DOUBLE_EQ(function.of(-2, c), -2 * static_cast<double>(slopes[c]));
      EXPECT_DOUBLE_EQ(function.of(2, c), 2);
    }
    Random random(7);
    constexpr std::size_t kImages = 20;
    const auto images = images_for(model, random, kImages);
    const FloatNetwork network = network_of(model, images);
    ASSERT_NO_THROW(validate(network, "network"));
    EXPECT_EQ(has_row_tables(network.description), differ);
    const std::vector<std::uint8_t> image(images.begin(), images.begin() + images.size() / kImages);
    EXPECT_LT(difference(scores_of(builder, network, image)), 0.01);
    const QuantizedNetwork integers = quantization::quantize(network, {0});
    const auto check = quantization::check_quantization(network, integers, {0}, images, 1);
    EXPECT_GT(check.stages.back().noise.decibels().value_or(0), 18);
  }
}

TEST(ImportTables, SlopesPerPixelAreRefused) {
  const AddActivation add = [](OnnxBuilder& b, const std::string& x) {
    std::vector<float> slopes(4 * 6 * 6, 0.1F);
    slopes.back() = 0.2F;
    return b.node("PRelu", {x, b.tensor({4, 6, 6}, slopes)});
  };
  const std::string complaint = complaints(imported(TableModels(add).two_layers()));
  EXPECT_THAT(complaint, HasSubstr("its slopes: constant is 4 x 6 x 6"));
}

// What several nodes read stays one layer, and functions behind it find it.
TEST(ImportTables, AFunctionMayBeReadInSeveralPlaces) {
  Random random(1);
  OnnxBuilder b(2, 6, 6);
  const auto conv = b.node("Conv", {"image", b.normal(random, {4, 2, 1, 1}, 0, 1)});
  const auto x = b.node("Sigmoid", {conv});
  const auto tanh = b.node("Tanh", {x});
  const auto other = b.node("Relu", {b.node("Conv", {x, b.normal(random, {4, 4, 1, 1}, 0, 1)})});
  const auto both = b.node("Mul", {x, tanh});
  const auto sum = b.node("Add", {other, both});
  const auto flat = b.node("Flatten", {b.node("GlobalAveragePool", {sum})});
  b.output(b.node("Gemm", {flat, b.normal(random, {4, 3}, 0, 1)}));
  const ImportedModel model = imported(b);
  ASSERT_EQ(complaints(model), "");
  const auto images = images_for(model, random, 1);
  EXPECT_LT(difference(scores_of(b, network_of(model, images), images)), 0.02);
}

// Behind a maximum, of joined maps, and in front of batch norm, a pointwise layer has the table.
TEST(ImportTables, FunctionsMayStandAnywhere) {
  Random random(2);
  OnnxBuilder b(2, 9, 8);
  const auto conv = [&](const std::string& x, std::int64_t in, std::int64_t out) {
    const auto y = b.node("Conv", {x, b.normal(random, {out, in, 3, 3}, 0, 0.3)});
    b.with("pads", OnnxBuilder::Ints{1, 1, 1, 1});
    return y;
  };
  const auto pooled = b.node("MaxPool", {conv("image", 2, 4)});
  b.with("kernel_shape", OnnxBuilder::Ints{2, 2}).with("strides", OnnxBuilder::Ints{2, 2});
  const auto silu = b.node("Mul", {pooled, b.node("Sigmoid", {pooled})});
  const auto relu = b.node("Relu", {conv(silu, 4, 3)});
  const auto both = b.node("Concat", {silu, relu});
  b.with("axis", 1);
  const auto elu = b.node("Elu", {both});
  const auto norm =
      b.node("BatchNormalization",
             {elu, b.normal(random, {7}, 1, 0.2), b.normal(random, {7}, 0, 0.2),
              b.normal(random, {7}, 0, 0.2), b.tensor({7}, std::vector<float>(7, 0.8F))});
  const auto last = b.node("Tanh", {conv(norm, 7, 4)});
  const auto flat = b.node("Flatten", {b.node("GlobalAveragePool", {last})});
  b.output(b.node("Gemm", {flat, b.normal(random, {4, 3}, 0, 1)}));
  const ImportedModel model = imported(b);
  ASSERT_EQ(complaints(model), "");
  const auto images = images_for(model, random, 2);
  const FloatNetwork network = network_of(model, images);
  ASSERT_NO_THROW(validate(network, "network"));
  EXPECT_LT(difference(scores_of(b, network, {images.begin(), images.begin() + images.size() / 2})),
            0.01);
}

// 0 is a byte of every signed map that is padded, and that byte is what surrounds the map.
TEST(ImportTables, ZeroIsAByteOfPaddedMaps) {
  const AddActivation silu = activation_forms()[15].add;
  const ImportedModel model = imported(TableModels(silu).two_layers());
  ASSERT_EQ(complaints(model), "");
  Random random(3);
  const auto images = images_for(model, random, 2);
  const auto limits = interchange::measure_limits(model, images, kNoSaturation);
  const FloatNetwork network = interchange::rescaled(model, limits);
  const LayerDescription& first = network.description.hidden[0];
  ASSERT_TRUE(first.activation && limits[0].sums);
  EXPECT_GT(first.zero, 0);
  EXPECT_DOUBLE_EQ(limits[0].offset, first.zero * limits[0].limit / 256);
  EXPECT_EQ(network.description.hidden[1].zero, 0);  // the mean needs none
  const QuantizedNetwork integers = quantization::quantize(network, {0});
  EXPECT_EQ(integers.hidden[1].padding, std::vector<std::uint8_t>(4, first.zero));
  // A sum of 0 is the byte of the sums' offset, and SiLU(0) = 0.
  const double zero_sum = limits[0].sums->offset * 256 / limits[0].sums->limit;
  EXPECT_NEAR(zero_sum, std::round(zero_sum), 1e-9);
  EXPECT_EQ(bytes_of(*first.activation)[static_cast<std::size_t>(std::lround(zero_sum))],
            first.zero);
}

// Tanh is 1 to within a quarter of a step from about 4 on: sums of 40 do not make its steps coarse.
TEST(ImportTables, FlatEndsOfAFunctionTakeNoBytes) {
  const AddActivation tanh = [](OnnxBuilder& b, const std::string& x) {
    return b.node("Tanh", {x});
  };
  const ImportedModel model = imported(TableModels(tanh).two_layers());
  const auto limits = interchange::given_limits(model, 40);
  ASSERT_TRUE(limits[0].sums);
  EXPECT_LT(limits[0].sums->limit, 9);
  EXPECT_GT(limits[0].sums->limit, 6);
  EXPECT_NEAR(limits[0].sums->offset, limits[0].sums->limit / 2, 0.05);
  EXPECT_NEAR(limits[0].limit, 2 * 256.0 / 255, 0.01);
}

TEST(ImportTables, AFunctionWithoutFiniteValuesIsNamed) {
  const AddActivation exp = [](OnnxBuilder& b, const std::string& x) { return b.node("Exp", {x}); };
  const ImportedModel model = imported(TableModels(exp).two_layers());
  ASSERT_EQ(complaints(model), "");
  try {
    static_cast<void>(interchange::given_limits(model, 1000));
    FAIL();
  } catch (const UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("activation function Exp"));
    EXPECT_THAT(error.what(), HasSubstr("must be finite"));
  }
}

}  // namespace
}  // namespace colcomb::tests
