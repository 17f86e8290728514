// Each operator against an evaluation by ONNX's definitions.
#include <gmock/gmock.h>

#include "colcomb/quantization/quantize.hpp"
#include "colcomb/semantics/integer_run.hpp"
#include "tests/interchange/import_support.hpp"

namespace colcomb::tests {
namespace {

using ::testing::HasSubstr;
using Ints = OnnxBuilder::Ints;

/// A random model under construction: a map of this shape.
struct Draft {
  OnnxBuilder builder;
  std::string map;
  std::int64_t channels, height, width;
};

Draft start(Random& random, std::int64_t least_side = 1) {
  const auto side = [&] { return least_side + static_cast<std::int64_t>(random.below(8)); };
  const std::int64_t channels = 1 + static_cast<std::int64_t>(random.below(3));
  const std::int64_t height = side();
  const std::int64_t width = side();
  return {OnnxBuilder(channels, height, width), "image", channels, height, width};
}

/// Pointwise convolution and ReLU, so that the map is a layer's.
void add_layer(Draft& draft, Random& random, std::int64_t filters) {
  OnnxBuilder& b = draft.builder;
  const auto weights = b.normal(random, {filters, draft.channels, 1, 1}, 0, 1);
  const auto bias = b.normal(random, {filters}, 0.3, 0.5);
  draft.map = b.node("Relu", {b.node("Conv", {draft.map, weights, bias})});
  draft.channels = filters;
}

void finish_by_mean(Draft& draft, Random& random) {
  OnnxBuilder& b = draft.builder;
  const auto pooled = b.node("Flatten", {b.node("GlobalAveragePool", {draft.map})});
  const auto weights = b.normal(random, {draft.channels, 3}, 0, 1);
  b.output(b.node("Gemm", {pooled, weights, b.normal(random, {3}, 0, 1)}));
}

/// Flatten and Gemm, so that every pixel counts for itself. `size`: of the flattened map.
void finish_by_pixels(Draft& draft, Random& random, std::int64_t size) {
  OnnxBuilder& b = draft.builder;
  const auto flat = b.node("Flatten", {draft.map});
  b.output(b.node("Gemm", {flat, b.normal(random, {4, size}, 0, 1)}));
  b.with("transB", 1);
}

/// Extents of one side's output by ONNX's rule; 0 or less: none.
std::int64_t outputs(std::int64_t in, std::int64_t kernel, std::int64_t dilation,
                     std::int64_t stride, std::int64_t pads) {
  const std::int64_t slack = in + pads - (kernel - 1) * dilation - 1;
  return slack < 0 ? 0 : slack / stride + 1;
}

TEST(ImportOperators, ConvolutionsOfAnyWindow) {
  std::size_t made = 0;
  for (std::uint64_t seed = 0; seed < 220; ++seed) {
    SCOPED_TRACE(seed);
    Random random(seed);
    Draft draft = start(random);
    OnnxBuilder& b = draft.builder;
    for (std::size_t layer = 0; layer < 2; ++layer) {
      const auto pick = [&](std::uint64_t most) {
        return static_cast<std::int64_t>(random.below(most + 1));
      };
      const Ints kernel = {1 + pick(3), 1 + pick(3)}, dilations = {1 + pick(1), 1 + pick(1)};
      const Ints pads = {pick(2), pick(2), pick(2), pick(2)};
      const std::int64_t stride = 1 + pick(3);
      const std::int64_t groups = pick(2) == 0 ? draft.channels : 1;
      const std::int64_t filters = groups * (1 + pick(3));
      const auto automatic = pick(3);
      const bool same = automatic == 1 || automatic == 2;
      const auto padded = [&](std::size_t a) { return automatic == 0 ? pads[a] + pads[a + 2] : 0; };
      const auto out = [&](std::size_t a, std::int64_t in) {
        return same ? (in + stride - 1) / stride
                    : outputs(in, kernel[a], dilations[a], stride, padded(a));
      };
      const std::int64_t height = out(0, draft.height);
      const std::int64_t width = out(1, draft.width);
      if (height < 1 || width < 1) break;
      const auto weights =
          b.normal(random, {filters, draft.channels / groups, kernel[0], kernel[1]}, 0, 1);
      std::vector<std::string> inputs = {draft.map, weights};
      if (pick(1) == 0) inputs.push_back(b.normal(random, {filters}, 0.3, 0.5));
      auto product = b.node("Conv", inputs);
      b.with("strides", Ints{stride, stride}).with("dilations", dilations).with("group", groups);
      if (automatic == 0) b.with("pads", pads);
      if (same) b.with("auto_pad", std::string(automatic == 1 ? "SAME_UPPER" : "SAME_LOWER"));
      if (automatic == 3) b.with("auto_pad", std::string("VALID"));
      if (pick(2) == 0) {
        const auto scale = b.normal(random, {filters}, 1, 0.3);
        const auto offset = b.normal(random, {filters}, 0.3, 0.3);
        const auto mean = b.normal(random, {filters}, 0, 0.3);
        const auto variance =
            b.tensor({filters}, std::vector<float>(static_cast<std::size_t>(filters), 0.7F));
        product = b.node("BatchNormalization", {product, scale, offset, mean, variance});
        b.with("epsilon", 1e-3F);
      }
      draft.map = pick(1) == 0 ? b.node("Relu", {product})
                               : b.node("Clip", {product, b.tensor({}, {0}), b.tensor({}, {1.5F})});
      draft.channels = filters;
      draft.height = height;
      draft.width = width;
      ++made;
    }
    if (draft.map == "image") continue;
    if (random.below(2) == 0) {
      finish_by_mean(draft, random);
    } else {
      finish_by_pixels(draft, random, draft.channels * draft.height * draft.width);
    }
    expect_same_logits(draft.builder, random);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(made, 150U);
}

/// A random MaxPool or AveragePool; returns false if it has no output.
bool add_pooling(Draft& draft, Random& random, bool maximum) {
  OnnxBuilder& b = draft.builder;
  const auto pick = [&](std::uint64_t most) {
    return static_cast<std::int64_t>(random.below(most + 1));
  };
  const Ints kernel = {1 + pick(4), 1 + pick(4)};
  const std::int64_t stride = 1 + pick(3);
  const bool include = !maximum && pick(1) == 0;
  const bool pads_allowed = maximum || include;
  Ints pads = {0, 0, 0, 0};
  if (pads_allowed) {
    for (std::size_t i = 0; i < 4; ++i)
      pads[i] = pick(static_cast<std::uint64_t>(kernel[i % 2] - 1));
  }
  const bool ceil_mode = maximum && pick(1) == 0;
  Ints out(2);
  const Ints in = {draft.height, draft.width};
  for (std::size_t a = 0; a < 2; ++a) {
    const std::int64_t slack = in[a] + pads[a] + pads[a + 2] - kernel[a];
    if (slack < 0) return false;
    out[a] = slack / stride + 1;
    if (ceil_mode && slack % stride != 0 && out[a] * stride < in[a] + pads[a]) ++out[a];
    if ((out[a] - 1) * stride >= in[a] + pads[a]) return false;  // a window of padding alone
  }
  draft.map = b.node(maximum ? "MaxPool" : "AveragePool", {draft.map});
  b.with("kernel_shape", kernel).with("strides", Ints{stride, stride}).with("pads", pads);
  if (ceil_mode) b.with("ceil_mode", 1);
  if (include) b.with("count_include_pad", 1);
  draft.height = out[0];
  draft.width = out[1];
  return true;
}

TEST(ImportOperators, MaximaOfAnyWindow) {
  std::size_t made = 0;
  for (std::uint64_t seed = 0; seed < 120; ++seed) {
    SCOPED_TRACE(seed);
    Random random(1000 + seed);
    Draft draft = start(random);
    const bool before_relu = random.below(3) == 0;
    add_layer(draft, random, 1 + static_cast<std::int64_t>(random.below(3)));
    if (before_relu) draft.map = draft.builder.model.graph().node(0).output(0);
    if (!add_pooling(draft, random, true)) continue;
    if (before_relu) draft.map = draft.builder.node("Relu", {draft.map});
    ++made;
    finish_by_pixels(draft, random, draft.channels * draft.height * draft.width);
    if (before_relu) {
      // The first ReLU is not on the way to the output; ONNX allows that.
      ASSERT_EQ(imported(draft.builder).nodes.front().op, "Conv");
    }
    expect_same_logits(draft.builder, random);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(made, 45U);
}

TEST(ImportOperators, MaximaAreExactInIntegers) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE(seed);
    Random random(2000 + seed);
    Draft draft = start(random, 3);
    add_layer(draft, random, 5);
    OnnxBuilder& b = draft.builder;
    draft.map = b.node("MaxPool", {draft.map});
    b.with("kernel_shape", Ints{3, 3}).with("strides", Ints{2, 2}).with("pads", Ints{1, 1, 1, 1});
    finish_by_mean(draft, random);
    const auto model = imported(b, 8);
    ASSERT_EQ(complaints(model), "");
    const auto image = random_image(random, model.network.description.input);
    const QuantizedNetwork network = quantization::quantize(network_of(model, image));
    ASSERT_EQ(network.hidden.size(), 1U);
    const semantics::Trace trace = semantics::run_traced(network, image);
    QuantizedNetwork unpooled = network;
    unpooled.description.hidden.front().pooling.reset();
    const semantics::Trace activations = semantics::run_traced(unpooled, image);
    const semantics::Map& before = activations.outputs.front();
    const semantics::Map& after = trace.outputs.back();
    ASSERT_EQ(after.height, (before.height + 1) / 2);
    for (std::size_t i = 0; i < after.values.size(); ++i) {
      const std::size_t c = i / after.pixels();
      const std::size_t y = i % after.pixels() / after.width;
      const std::size_t x = i % after.width;
      std::uint8_t most = 0;
      for (std::size_t r = 2 * y == 0 ? 0 : 2 * y - 1; r < std::min(2 * y + 2, before.height);
           ++r) {
        for (std::size_t q = 2 * x == 0 ? 0 : 2 * x - 1; q < std::min(2 * x + 2, before.width); ++q)
          most = std::max(most, before.plane(c)[r * before.width + q]);
      }
      ASSERT_EQ(after.values[i], most) << "channel " << c << ", pixel " << y << ", " << x;
    }
  }
}

// Neither poolings nor a flattened map are filter matrices.
TEST(ImportOperators, PoolingsAndAFlattenedMapAddNoLayer) {
  Random random(1);
  OnnxBuilder b(1, 28, 28);
  auto map = b.node("Relu", {b.node("Conv", {"image", b.normal(random, {64, 1, 3, 3}, 0, 1)})});
  map = b.node("MaxPool", {map});
  b.with("kernel_shape", Ints{2, 2}).with("strides", Ints{2, 2});
  map = b.node("Relu", {b.node("Conv", {map, b.normal(random, {5, 64, 1, 1}, 0, 1)})});
  map = b.node("AveragePool", {map});
  b.with("kernel_shape", Ints{3, 3}).with("strides", Ints{2, 2}).with("pads", Ints{1, 1, 1, 1});
  const auto flat = b.node("Flatten", {map});
  b.output(b.node("Gemm", {flat, b.normal(random, {5 * 7 * 7, 10}, 0, 1)}));
  const auto model = imported(b);
  ASSERT_EQ(complaints(model), "");
  const NetworkDescription& network = model.network.description;
  ASSERT_EQ(network.hidden.size(), 2U);
  EXPECT_EQ(network.hidden[0].pooling,
            (PoolingWindow{PoolingKind::kMax, 2, 2, 2, 0, 0, 13, 13, false}));
  EXPECT_EQ(network.hidden[1].pooling,
            (PoolingWindow{PoolingKind::kMean, 3, 3, 2, 1, 1, 7, 7, false}));
  EXPECT_FALSE(network.hidden[0].fixed || network.hidden[1].fixed);
  EXPECT_FALSE(network.global_pooling);
  EXPECT_EQ(network.classifier.columns.size(), 5U * 7 * 7);
  EXPECT_EQ(network.classifier.window, (Window{7, 7, 1, 1, 0, 0, 1, 1}));
}

// What another node reads in front of a pooling stays: the pooling is a layer's of its own then.
TEST(ImportOperators, AMapReadInFrontOfItsPoolingStays) {
  Random random(1);
  OnnxBuilder b(1, 8, 8);
  const auto conv = [&](const std::string& x, std::int64_t channels) {
    return b.node("Conv", {x, b.normal(random, {4, channels, 1, 1}, 0, 0.5)});
  };
  const auto first = b.node("Relu", {conv("image", 1)});
  // The pooling comes before the addition that reads `first` itself.
  const auto pooled = b.node("MaxPool", {first});
  b.with("kernel_shape", Ints{3, 3}).with("strides", Ints{1, 1}).with("pads", Ints{1, 1, 1, 1});
  const auto sum = b.node("Add", {conv(pooled, 4), first});
  const auto last = b.node("Relu", {sum});
  const auto flat = b.node("Flatten", {b.node("GlobalAveragePool", {last})});
  b.output(b.node("Gemm", {flat, b.normal(random, {4, 3}, 0, 1)}));
  const auto model = imported(b);
  ASSERT_EQ(complaints(model), "");
  const NetworkDescription& network = model.network.description;
  ASSERT_EQ(network.hidden.size(), 3U);
  EXPECT_FALSE(network.hidden[0].pooling);
  EXPECT_TRUE(network.hidden[1].fixed);
  EXPECT_TRUE(network.hidden[1].pooling);
  EXPECT_EQ(network.hidden[2].residual, 0U);
  expect_same_logits(b, random);
}

TEST(ImportOperators, MeansOfAnyWindow) {
  std::size_t made = 0;
  for (std::uint64_t seed = 0; seed < 120; ++seed) {
    SCOPED_TRACE(seed);
    Random random(3000 + seed);
    Draft draft = start(random);
    add_layer(draft, random, 3);
    if (!add_pooling(draft, random, false)) continue;
    ++made;
    // A pointwise layer behind it, which must find the means in a map of its own.
    add_layer(draft, random, 2);
    finish_by_pixels(draft, random, 2 * draft.height * draft.width);
    expect_same_logits(draft.builder, random);
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(made, 50U);
}

TEST(ImportOperators, ResidualAdditions) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE(seed);
    Random random(4000 + seed);
    Draft draft = start(random);
    OnnxBuilder& b = draft.builder;
    add_layer(draft, random, 4);
    for (std::size_t block = 0; block < 3; ++block) {
      const std::string source = draft.map;
      add_layer(draft, random, 4);
      const auto product = b.node("Conv", {draft.map, b.normal(random, {4, 4, 3, 3}, 0, 0.4)});
      b.with("pads", Ints{1, 1, 1, 1});
      const bool first = random.below(2) == 0;
      const std::string sum = b.node("Add", {first ? source : product, first ? product : source});
      draft.map = b.node("Relu", {sum});
    }
    // Two layers added, without a product between.
    const std::string source = draft.map;
    add_layer(draft, random, 4);
    draft.map = b.node("Relu", {b.node("Add", {draft.map, source})});
    finish_by_mean(draft, random);
    expect_same_logits(b, random);
    if (HasFatalFailure()) return;
  }
}

TEST(ImportOperators, HeadsOfEveryForm) {
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    Random random(5000 + seed);
    Draft draft = start(random);
    OnnxBuilder& b = draft.builder;
    add_layer(draft, random, 3);
    std::int64_t size = 3 * draft.height * draft.width;
    std::string flat;
    switch (random.below(6)) {
      case 0:
        flat = b.node("Reshape", {draft.map, b.integers({-1, size})});
        break;
      case 1:
        flat = b.node("Reshape", {draft.map, b.integers({1, -1})});
        break;
      case 2: {  // x.view(x.size(0), -1)
        const auto shape = b.node("Shape", {draft.map});
        const auto first = b.integers({0});
        auto* const graph = b.model.mutable_graph();
        graph->mutable_initializer(graph->initializer_size() - 1)->clear_dims();  // a scalar
        const auto batch = b.node("Gather", {shape, first});
        b.with("axis", 0);
        const auto listed = b.node("Unsqueeze", {batch, b.integers({0})});
        const auto target = b.node("Concat", {listed, b.integers({-1})});
        b.with("axis", 0);
        flat = b.node("Reshape", {draft.map, target});
        break;
      }
      case 3:
        flat = b.node("ReduceMean", {draft.map});
        b.with("axes", Ints{-2, -1}).with("keepdims", 0);
        size = 3;
        break;
      case 4:
        flat = b.node("Squeeze", {b.node("GlobalAveragePool", {draft.map}), b.integers({2, 3})});
        size = 3;
        break;
      default:
        flat = b.node("Dropout", {b.node("Identity", {b.node("Flatten", {draft.map})})});
    }
    if (random.below(2) == 0) {  // a hidden layer on it
      const auto product = b.node(
          "Gemm", {flat, b.normal(random, {5, size}, 0, 0.5), b.normal(random, {1, 5}, 0, 1)});
      b.with("transB", 1).with("alpha", 0.5F).with("beta", 2.0F);
      flat = b.node("Relu", {product});
      size = 5;
    }
    const auto product = b.node("MatMul", {flat, b.normal(random, {size, 4}, 0, 1)});
    b.output(b.node("Softmax", {b.node("Add", {b.normal(random, {4}, 0, 1), product})}));
    b.with("axis", -1);
    expect_same_logits(b, random);
    if (HasFatalFailure()) return;
  }
}

TEST(ImportOperators, AMapOfClassesAveragedIsTheOutput) {
  for (const bool relu : {false, true}) {
    Random random(6);
    Draft draft = start(random, 2);
    OnnxBuilder& b = draft.builder;
    add_layer(draft, random, 3);
    const auto weights = b.normal(random, {4, 3, 1, 1}, 0, 1);
    auto map = b.node("Conv", {draft.map, weights, b.normal(random, {4}, 0, 1)});
    if (relu) map = b.node("Relu", {map});
    b.output(b.node("Flatten", {b.node("GlobalAveragePool", {map})}));
    expect_same_logits(b, random);
  }
}

TEST(ImportOperators, ConstantsAndNormsFold) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    SCOPED_TRACE(seed);
    Random random(7000 + seed);
    Draft draft = start(random);
    OnnxBuilder& b = draft.builder;
    const auto padded =
        b.node("Pad", {draft.map, b.integers({0, 0, 1, 0, 0, 0, 2, 1}), b.tensor({}, {0})});
    auto x = b.node("Conv", {padded, b.normal(random, {3, draft.channels, 2, 2}, 0, 1)});
    const auto vector = [&] { return b.normal(random, {3, 1, 1}, 1, 0.3); };
    const auto norm = [&] {
      return b.node("BatchNormalization",
                    {x, b.normal(random, {3}, 1, 0.3), b.normal(random, {3}, 0, 0.3),
                     b.normal(random, {3}, 0, 0.3), b.tensor({3}, {0.5F, 1, 2})});
    };
    x = b.node("Mul", {x, vector()});
    if (random.below(2) == 0) x = norm();
    x = b.node("Add", {vector(), x});
    x = b.node("Div", {x, vector()});
    x = norm();
    x = b.node("Sub", {b.tensor({1, 3, 1, 1}, {1, 2, 3}), x});
    draft.map = b.node("Relu", {x});
    draft.channels = 3;
    x = draft.map;
    draft.map = b.node("Relu", {norm()});  // on a layer: a pointwise layer of its own
    finish_by_mean(draft, random);
    expect_same_logits(b, random);
    if (HasFatalFailure()) return;
  }
}

TEST(ImportOperators, ZerosOfGroupedConvolutionsStayPruned) {
  Random random(8);
  OnnxBuilder b(2, 4, 4);
  const auto product = b.node("Conv", {"image", b.normal(random, {4, 1, 3, 3}, 0, 1)});
  b.with("group", 2);
  const auto map = b.node("Relu", {product});
  Draft draft{b, map, 4, 2, 2};
  finish_by_mean(draft, random);
  const auto model = imported(draft.builder);
  EXPECT_EQ(model.network.description.hidden.front().conv_groups, 2U);
  const FloatLayer& layer = model.network.hidden.front();
  ASSERT_EQ(layer.mask.size(), 4U * 18);
  for (std::size_t n = 0; n < 4; ++n) {
    for (std::size_t m = 0; m < 18; ++m)
      EXPECT_EQ(layer.mask(n, m), (n / 2 == m / 9) ? 1 : 0) << n << ", " << m;
  }
}

TEST(ImportLimits, TiedLayersShareOneAndTheModelsOwnIsKept) {
  Random random(9);
  OnnxBuilder b(1, 4, 4);
  const auto layer = [&](const std::string& from, std::int64_t in, float scale) {
    std::vector<float> weights(static_cast<std::size_t>(2 * in), scale);
    return b.node("Conv", {from, b.tensor({2, in, 1, 1}, weights), b.tensor({2}, {1, 1})});
  };
  const auto first = b.node("Relu", {layer("image", 1, 0.1F)});
  const auto second = b.node("Relu", {b.node("Add", {layer(first, 2, 0.5F), first})});
  const auto third = b.node("Clip", {layer(second, 2, 1), b.tensor({}, {0}), b.tensor({}, {2.5F})});
  Draft draft{b, third, 2, 4, 4};
  finish_by_mean(draft, random);
  const auto model = imported(draft.builder);
  ASSERT_EQ(complaints(model), "");
  EXPECT_EQ(model.tied_to, (std::vector<std::size_t>{0, 0, 2}));
  const std::vector<std::uint8_t> white(16, 255);
  // (1 - .4) / .25 = 2.4; 0.1 * 2.4 + 1 = 1.24; 1.24 + 1 + 1.24 = 3.48 in both, the larger.
  const auto limits = interchange::measure_limits(model, white, kNoSaturation);
  EXPECT_NEAR(limits[0].limit, 3.48, 1e-6);
  EXPECT_EQ(limits[1].limit, limits[0].limit);
  EXPECT_EQ(limits[2].limit, 2.5);
  EXPECT_EQ(limits[2].saturated, 0);  // the model's own limit: nothing is lost
  const auto given = interchange::given_limits(model, 12);
  EXPECT_EQ(given[0].limit, 12);
  EXPECT_EQ(given[2].limit, 2.5);
  const FloatNetwork network = interchange::rescaled(model, given);
  EXPECT_FLOAT_EQ(network.layer(0).weights(0, 0), 0.1F * 6 / 12);
  EXPECT_FLOAT_EQ(network.layer(0).bias[0], 6.0F / 12);
  EXPECT_FLOAT_EQ(network.layer(1).weights(0, 0), 0.5F);
  EXPECT_FLOAT_EQ(network.layer(2).weights(0, 0), 1.0F * 12 / 2.5F);
}

TEST(ImportLimits, LogitsAreDividedWhereTheirWeightsWouldNotFit) {
  OnnxBuilder b(1, 4, 4);
  const auto map = b.node("Relu", {b.node("Conv", {"image", b.tensor({1, 1, 1, 1}, {1})})});
  const auto flat = b.node("Flatten", {b.node("GlobalAveragePool", {map})});
  b.output(b.node("Gemm", {flat, b.tensor({1, 2}, {150, -300}), b.tensor({2}, {8, 16})}));
  const auto model = imported(b);
  // 300 * 12 / 6 = 600, which is 75 times 8
  const auto limits = interchange::given_limits(model, 12);
  EXPECT_EQ(interchange::logit_divisor(model, limits), 8);
  const FloatNetwork network = interchange::rescaled(model, limits);
  EXPECT_FLOAT_EQ(network.classifier.weights(1, 0), -75);
  EXPECT_FLOAT_EQ(network.classifier.weights(0, 0), 37.5F);
  EXPECT_FLOAT_EQ(network.classifier.bias[1], 2);
  EXPECT_NO_THROW((void)quantization::quantize(network));
  EXPECT_EQ(interchange::logit_divisor(model, interchange::given_limits(model, 2.5)), 1);
}

/// A chain of two pointwise layers on an 8 x 8 image, the second of which adds the first one's
/// output before it ends at `second`.
OnnxBuilder residual_model(float first, float second) {
  OnnxBuilder b(1, 8, 8);
  const auto end = [&b](const std::string& from, float limit) {
    return limit == 0 ? b.node("Relu", {from})
                      : b.node("Clip", {from, b.tensor({}, {0}), b.tensor({}, {limit})});
  };
  const auto layer = [&b](const std::string& from, Ints dims, std::vector<float> weights) {
    return b.node("Conv", {from, b.tensor(dims, weights)});
  };
  const auto source = end(layer("image", {2, 1, 1, 1}, {14, -9}), first);
  const auto sum = b.node("Add", {layer(source, {2, 2, 1, 1}, {0.2F, -0.1F, 0.3F, 0.5F}), source});
  Random random(3);
  const auto map = end(sum, second);
  Draft draft{b, map, 2, 8, 8};
  finish_by_mean(draft, random);
  return draft.builder;
}

// A normalized pixel is -1.6 to 2.4, so the source reaches 33.6, far beyond the sum's end of 6.
TEST(ImportLimits, AClipOfAResidualSumDoesNotClipItsSource) {
  Random random(4);
  expect_same_logits(residual_model(0, 6), random);
  expect_same_logits(residual_model(20, 6), random);
  expect_same_logits(residual_model(6, 6), random);
  expect_same_logits(residual_model(0, 0), random);
}

TEST(ImportLimits, ASourceThatEndsBelowItsSumIsReadByColumns) {
  for (const float end : {0.0F, 20.0F}) {
    Random random(8);
    const OnnxBuilder model = residual_model(6, end);
    const NetworkDescription network = imported(model).network.description;
    ASSERT_EQ(network.hidden.size(), 2U);
    EXPECT_FALSE(network.hidden[1].residual);
    EXPECT_EQ(network.hidden[1].more_inputs.size(), 1U);
    expect_same_logits(model, random);
  }
}

TEST(ImportOperators, PoolingsOfOnePixelAreNoLayers) {
  for (const char* op : {"AveragePool", "MaxPool"}) {
    Random random(5);
    OnnxBuilder b(1, 6, 6);
    const auto map =
        b.node("Relu", {b.node("Conv", {"image", b.normal(random, {3, 1, 1, 1}, 0, 1)})});
    const auto pooled = b.node(op, {map});
    b.with("kernel_shape", Ints{1, 1});
    Draft draft{b, pooled, 3, 6, 6};
    finish_by_mean(draft, random);
    EXPECT_EQ(imported(draft.builder).network.hidden.size(), 1U) << op;
    expect_same_logits(draft.builder, random);
  }
}

/// A layer on the image, then a Reshape to one vector and the classifier.
OnnxBuilder reshaped_model(const Ints& shape, std::int64_t allowzero) {
  Random random(6);
  OnnxBuilder b(1, 2, 2);
  b.opset(14);
  const auto map =
      b.node("Relu", {b.node("Conv", {"image", b.normal(random, {3, 1, 1, 1}, 0, 1)})});
  const auto flat = b.node("Reshape", {map, b.integers(shape)});
  b.with("allowzero", allowzero);
  b.output(b.node("MatMul", {flat, b.normal(random, {12, 5}, 0, 1)}));
  return b;
}

TEST(ImportOperators, AllowzeroMattersOnlyWhereTheShapeHoldsAZero) {
  Random random(7);
  expect_same_logits(reshaped_model({-1, 12}, 1), random);
  expect_same_logits(reshaped_model({0, 12}, 0), random);
  EXPECT_THAT(complaints(imported(reshaped_model({0, 12}, 1))),
              HasSubstr("allowzero is 1 and the shape holds a 0"));
}

TEST(ImportOperators, Float16AndDoubleModelsAreReadAsFloats) {
  for (const auto type : {onnx::TensorProto::FLOAT16, onnx::TensorProto::DOUBLE}) {
    OnnxBuilder b(1, 4, 4);
    b.model.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type()->set_elem_type(
        type);
    const auto cast = b.node("Cast", {"image"});
    b.with("to", static_cast<std::int64_t>(onnx::TensorProto::FLOAT));
    Random random(8);
    const auto map = b.node("Relu", {b.node("Conv", {cast, b.normal(random, {2, 1, 3, 3}, 0, 1)})});
    const auto back = b.node("Cast", {map});
    b.with("to", static_cast<std::int64_t>(type));
    const auto again = b.node("Cast", {back});
    b.with("to", static_cast<std::int64_t>(onnx::TensorProto::FLOAT));
    Draft draft{b, again, 2, 2, 2};
    finish_by_mean(draft, random);
    expect_same_logits(draft.builder, random);
  }
}

TEST(ImportOperators, TheSumOfTwoLayersIsNeverNegative) {
  Random random(9);
  OnnxBuilder b(1, 4, 4);
  const auto layer = [&](const std::string& from, std::int64_t in) {
    return b.node("Relu", {b.node("Conv", {from, b.normal(random, {2, in, 1, 1}, 0.2, 0.5)})});
  };
  const auto first = layer("image", 1);
  const auto second = layer(first, 2);
  const auto third = layer(b.node("Add", {second, first}), 2);
  Draft draft{b, third, 2, 4, 4};
  finish_by_mean(draft, random);
  expect_same_logits(draft.builder, random);
}

}  // namespace
}  // namespace colcomb::tests
