#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "colcomb/artifacts/float_network.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/base/error.hpp"

namespace colcomb {
namespace {

using ::testing::HasSubstr;

/// 1 x 2 x 2 image, a pointwise layer of 2 filters on 1 channel, a linear layer of 3 classes.
NetworkDescription small_description() {
  NetworkDescription network;
  network.input = {1, 2, 2, {0.5}, {0.25}, 1};
  network.classes = 3;
  LayerDescription first;
  first.name = "conv0";
  first.in_channels = 1;
  first.out_channels = 2;
  first.columns = convolution_columns(1, 1);
  first.in_height = first.in_width = 2;
  network.hidden = {first};
  network.classifier = make_classifier(2, 3);
  network.classifier.alpha = 2;
  return network;
}

FloatNetwork small_float_network() {
  FloatNetwork network;
  network.description = small_description();
  FloatLayer first;
  first.weights = Matrix<float>(2, 1, {1.0F, -2.0F});
  first.mask = Matrix<std::uint8_t>(2, 1, {1, 0});
  first.batch_norm = BatchNorm{{1, 1}, {0, 0}, {0, 0}, {1, 1}};
  network.hidden = {first};
  network.classifier.weights = Matrix<float>(3, 2, 0.5F);
  network.classifier.groups = ColumnGroups{{{0, 1}}};
  network.classifier.bias = {0, 1, 2};
  return network;
}

QuantizedNetwork small_quantized_network() {
  QuantizedNetwork network;
  network.description = small_description();
  QuantizedLayer first;
  first.weights = pack(Matrix<std::int8_t>(2, 1, {64, -128}), singleton_groups(1));
  first.bias = {0, 0};
  first.fraction_bits = 6;
  first.padding = {128};
  QuantizedLayer& linear = network.classifier;
  linear.weights = pack(Matrix<std::int8_t>(3, 2, {1, 0, 0, 1, 0, 0}), ColumnGroups{{{0, 1}}});
  linear.bias = {0, 0, 0};
  linear.fraction_bits = 7;
  linear.padding = {0, 0};
  network.hidden = {first};
  return network;
}

/// Like the small one, with four hidden pointwise layers of 2, 3, 3 and 1 filters and strides 1, 2,
/// 3 and 1 on a 13 x 7 image: maps of 13 x 7, 7 x 4, 3 x 2 and 3 x 2.
NetworkDescription residual_description() {
  NetworkDescription network = small_description();
  network.input.height = 13;
  network.input.width = 7;
  const LayerDescription pointwise = network.layer(0);
  network.hidden.clear();
  const std::size_t filters[] = {2, 3, 3, 1}, strides[] = {1, 2, 3, 1};
  const std::size_t heights[] = {13, 13, 7, 3}, widths[] = {7, 7, 4, 2};
  std::size_t channels = 1;
  for (std::size_t i = 0; i < 4; ++i) {
    LayerDescription layer = pointwise;
    layer.name = "layer" + std::to_string(i);
    layer.in_channels = channels;
    channels = layer.out_channels = filters[i];
    layer.columns = convolution_columns(layer.in_channels, 1);
    layer.stride = strides[i];
    layer.in_height = heights[i];
    layer.in_width = widths[i];
    network.hidden.push_back(layer);
  }
  network.classifier = make_classifier(1, 3);
  return network;
}

template <class Network>
std::string refusal(Network network, const std::function<void(Network&)>& change) {
  EXPECT_NO_THROW(validate(network, "file"));
  change(network);
  try {
    validate(network, "file");
  } catch (const UserError& error) {
    EXPECT_EQ(error.parts().where, "file");
    return error.what();
  }
  ADD_FAILURE() << "accepted";
  return "";
}

std::string float_refusal(const std::function<void(FloatNetwork&)>& change) {
  return refusal<FloatNetwork>(small_float_network(), change);
}

std::string quantized_refusal(const std::function<void(QuantizedNetwork&)>& change) {
  return refusal<QuantizedNetwork>(small_quantized_network(), change);
}

TEST(FloatNetwork, EffectiveFilterIsMasked) {
  const FloatNetwork network = small_float_network();
  const FilterMatrix first = effective_filter(network, 0);
  EXPECT_EQ(first.weights, Matrix<float>(2, 1, {1.0F, 0.0F}));
  EXPECT_EQ(first.columns, convolution_columns(1, 1));
  EXPECT_EQ(effective_filter(network, 1).weights, network.layer(1).weights);
}

TEST(Residual, StrideIsTheProductOfTheStridesSinceTheSource) {
  NetworkDescription network = residual_description();
  const auto stride = [&network](std::size_t source, std::size_t layer) {
    network.layer(layer).residual = source;
    EXPECT_NO_THROW(validate(network, "file")) << source << " into " << layer;
    return residual_stride(network, layer);
  };
  EXPECT_EQ(stride(0, 1), 2U);
  EXPECT_EQ(stride(1, 2), 3U);
  EXPECT_EQ(stride(0, 2), 6U);
  network.layer(3).out_channels = network.layer(4).in_channels = 3;
  network.layer(4).columns = convolution_columns(3, 1);
  EXPECT_EQ(stride(2, 3), 1U);
  EXPECT_EQ(stride(0, 3), 6U);
}

TEST(Residual, StrideOfALongChainDoesNotOverflow) {
  NetworkDescription network = residual_description();
  LayerDescription layer = network.layer(3);
  layer.in_channels = layer.in_height = layer.in_width = 1;
  layer.columns = convolution_columns(1, 1);
  layer.stride = 64;  // sixteen of these would wrap 64 bits to 0
  for (std::size_t i = 0; i < 16; ++i) {
    layer.name = "tail" + std::to_string(i);
    layer.in_height = i == 0 ? 3 : 1;
    layer.in_width = i == 0 ? 2 : 1;
    network.hidden.push_back(layer);
  }
  network.layer(19).residual = 3;
  EXPECT_NO_THROW(validate(network, "file"));
  EXPECT_GE(residual_stride(network, 19), 3U);  // pixel 0 alone: the source is 3 x 2
}

TEST(Residual, ValidateNamesLayerAndRule) {
  using N = NetworkDescription;
  const auto refused = [](const std::function<void(N&)>& change) {
    return refusal<N>(residual_description(), change);
  };
  EXPECT_THAT(
      refused([](N& n) { n.layer(3).residual = 2; }),
      HasSubstr("layer layer3: residual is 'layer2 with 3 channels': must have at most this "
                "layer's out channels"));
  EXPECT_THAT(refused([](N& n) { n.layer(2).residual = 2; }),
              HasSubstr("layer layer2: residual is '2': must name an earlier layer"));
  EXPECT_THAT(refused([](N& n) { n.classifier.residual = 3; }),
              HasSubstr("classifier linear: residual is '3': must be absent"));
}

TEST(FloatNetwork, ValidateNamesLayerAndField) {
  constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
  using N = FloatNetwork;
  EXPECT_THAT(float_refusal([](N& n) { n.description.classes = 0; }), HasSubstr("classes"));
  EXPECT_THAT(float_refusal([](N& n) { n.hidden.pop_back(); }),
              HasSubstr("hidden layers is '0': must be as many as the description has"));
  EXPECT_THAT(float_refusal([](N& n) { n.layer(0).weights = Matrix<float>(1, 2); }),
              HasSubstr("layer conv0: weights is '1 x 2'"));
  EXPECT_THAT(float_refusal([](N& n) { n.layer(1).weights(2, 1) = kNan; }),
              HasSubstr("layer linear: weight at row 2, column 1 is 'nan'"));
  EXPECT_THAT(float_refusal([](N& n) { n.layer(0).mask = Matrix<std::uint8_t>(2, 2); }),
              HasSubstr("layer conv0: mask is '2 x 2'"));
  EXPECT_THAT(float_refusal([](N& n) { n.layer(0).mask(1, 0) = 2; }),
              HasSubstr("layer conv0: mask is '2': must be 0 or 1"));
  EXPECT_THAT(float_refusal([](N& n) {
                n.layer(1).groups->groups[0] = {1, 1};
              }),
              HasSubstr("layer linear: groups: a column is in two groups"));
  EXPECT_THAT(float_refusal([](N& n) { n.layer(0).batch_norm.reset(); }),
              HasSubstr("layer conv0: batch norm is 'absent'"));
  EXPECT_THAT(float_refusal([](N& n) { n.layer(1).batch_norm.emplace(); }),
              HasSubstr("layer linear: batch norm is 'present'"));
  EXPECT_THAT(float_refusal([](N& n) { n.layer(0).batch_norm->mean.pop_back(); }),
              HasSubstr("layer conv0: batch norm mean is '1 values'"));
  EXPECT_THAT(float_refusal([](N& n) { n.layer(0).batch_norm->variance[1] = -1; }),
              HasSubstr("layer conv0: batch norm variance is '-1'"));
  EXPECT_THAT(float_refusal([](N& n) { n.layer(1).bias.pop_back(); }),
              HasSubstr("layer linear: bias is '2 values'"));
  EXPECT_THAT(float_refusal([](N& n) {
                n.layer(0).bias = {0, 0};
              }),
              HasSubstr("layer conv0: bias is '2 values': must be absent"));
}

/// The small networks on an image of 2 channels, their first layer depthwise.
template <class Network>
Network depthwise(Network network) {
  network.description.input.channels = 2;
  network.description.input.mean = {0.5, 0.5};
  network.description.input.std = {0.25, 0.25};
  LayerDescription& layer = network.description.layer(0);
  layer.in_channels = layer.conv_groups = layer.alpha = 2;
  layer.columns = convolution_columns(2, 1);
  return network;
}

TEST(ConvGroups, ValidateNamesLayerAndRule) {
  const auto refused = [](std::size_t conv_groups) {
    return refusal<NetworkDescription>(
        depthwise(small_float_network()).description,
        [&](NetworkDescription& n) { n.layer(0).conv_groups = conv_groups; });
  };
  const char* const rule = "must divide the filters and the input channels";
  EXPECT_THAT(refused(0), HasSubstr(std::string("layer conv0: conv_groups is '0': ") + rule));
  EXPECT_THAT(refused(3), HasSubstr(std::string("conv_groups is '3': ") + rule));
  EXPECT_THAT(refused(4), HasSubstr(std::string("conv_groups is '4': ") + rule));
  EXPECT_THAT(refusal<NetworkDescription>(small_description(),
                                          [](NetworkDescription& n) {
                                            n.classes = n.layer(1).out_channels = 4;
                                            n.layer(1).conv_groups = 2;
                                          }),
              HasSubstr("classifier linear: conv_groups is '2': must be 1"));
}

TEST(ConvGroups, NothingLiesBetweenThem) {
  using F = FloatNetwork;
  F network = depthwise(small_float_network());
  network.layer(0).weights = Matrix<float>(2, 2, {1, 0, 0, -2});
  network.layer(0).mask = Matrix<std::uint8_t>(2, 2, {1, 0, 0, 0});
  EXPECT_THAT(refusal<F>(network, [](F& n) { n.layer(0).weights(0, 1) = 0.5F; }),
              HasSubstr("layer conv0: weight at row 0, column 1 is '0.5 with mask 0': must be 0 "
                        "with mask 0: it lies between the layer's 2 conv_groups"));
  EXPECT_THAT(refusal<F>(network, [](F& n) { n.layer(0).mask(1, 0) = 1; }),
              HasSubstr("layer conv0: weight at row 1, column 0 is '0 with mask 1'"));
  EXPECT_THAT(refusal<F>(network, [](F& n) { n.layer(0).mask = {}; }),
              HasSubstr("layer conv0: mask is 'absent'"));
  using Q = QuantizedNetwork;
  Q packed = depthwise(small_quantized_network());
  packed.layer(0).weights = pack(Matrix<std::int8_t>(2, 2, {5, 0, 0, 7}), ColumnGroups{{{0, 1}}});
  packed.layer(0).padding = {0, 0};
  EXPECT_THAT(refusal<Q>(packed, [](Q& n) { n.layer(0).weights.selects(0, 0) = 1; }),
              HasSubstr("layer conv0: weight at row 0, group 0 is '5 in column 1': must lie within "
                        "one of the layer's 2 conv_groups"));
}

/// One image channel of 7 x 9, a window of 2 x 3 taps, dilated and padded, and the linear layer.
NetworkDescription window_description() {
  NetworkDescription network = small_description();
  network.input.height = 7;
  network.input.width = 9;
  LayerDescription& layer = network.layer(0);
  layer.in_height = 7;
  layer.in_width = 9;
  layer.stride = 2;
  layer.window = Window{2, 3, 3, 1, 1, 2, 3, 5};
  layer.columns = window_columns(1, *layer.window);
  return network;
}

TEST(WindowOfLayer, ColumnsAreTapsInTheOrderChannelRowColumn) {
  const NetworkDescription network = window_description();
  EXPECT_NO_THROW(validate(network, "file"));
  const std::vector<Column> expected = {{0, -1, -2}, {0, -1, -1}, {0, -1, 0},
                                        {0, 2, -2},  {0, 2, -1},  {0, 2, 0}};
  EXPECT_EQ(network.layer(0).columns, expected);
  EXPECT_EQ(network.layer(0).out_height(), 3U);
  EXPECT_EQ(network.layer(0).out_width(), 5U);
  EXPECT_EQ(network.layer(0).kernel_height(), 2U);
  EXPECT_EQ(network.layer(0).kernel_width(), 3U);
}

TEST(WindowOfLayer, ValidateNamesLayerAndRule) {
  using N = NetworkDescription;
  const auto refused = [](const std::function<void(N&)>& change) {
    return refusal<N>(window_description(), change);
  };
  EXPECT_THAT(refused([](N& n) { n.layer(0).window->kernel_height = 0; }),
              HasSubstr("layer conv0: window is '0 taps with dilation 3'"));
  EXPECT_THAT(refused([](N& n) { n.layer(0).window->dilation_width = 600; }),
              HasSubstr("window is '3 taps with dilation 600': must have 1 to 256 taps"));
  EXPECT_THAT(refused([](N& n) { n.layer(0).window->pad_left = 256; }),
              HasSubstr("window is 'padding 256': must be at most 255"));
  EXPECT_THAT(refused([](N& n) { n.layer(0).window->out_height = 0; }),
              HasSubstr("window is '0 outputs for 7 inputs'"));
  // The last of 133 outputs would begin at 264 - 1, that is 256 pixels behind the map's 7.
  EXPECT_THAT(refused([](N& n) { n.layer(0).window->out_height = 133; }),
              HasSubstr("window is '133 outputs for 7 inputs'"));
  EXPECT_THAT(refused([](N& n) { n.layer(0).kernel = 3; }),
              HasSubstr("must be that of a convolution whose kernel is given as 1"));
  EXPECT_THAT(refused([](N& n) { n.layer(0).columns[0].dy = -2; }),
              HasSubstr("column is '(channel 0, dy -2, dx -2)'"));
  EXPECT_THAT(refused([](N& n) { n.layer(0).columns.pop_back(); }), HasSubstr("columns is '5'"));
  EXPECT_THAT(refused([](N& n) { n.layer(0).fixed = true; }),
              HasSubstr("layer conv0: fixed is 'true'"));
}

TEST(PoolingOfLayer, ValidateNamesLayerAndRule) {
  using N = NetworkDescription;
  const auto refused = [](const std::function<void(PoolingWindow&)>& change) {
    return refusal<N>(small_description(), [&](N& n) {
      const std::size_t height = n.layer(0).sum_height();
      const std::size_t width = n.layer(0).sum_width();
      n.layer(0).pooling = PoolingWindow{.out_height = height, .out_width = width};
      change(*n.layer(0).pooling);
    });
  };
  EXPECT_THAT(refused([](PoolingWindow& p) { p.kernel_height = 0; }),
              HasSubstr("layer conv0: pooling is 'kernel 0 with padding 0': must be 1 to 256"));
  EXPECT_THAT(refused([](PoolingWindow& p) { p.pad_left = 1; }),
              HasSubstr("pooling is 'kernel 1 with padding 1'"));
  EXPECT_THAT(refused([](PoolingWindow& p) { p.stride = 65; }),
              HasSubstr("pooling is 'stride 65': must be 1 to 64"));
  EXPECT_THAT(refused([](PoolingWindow& p) { p.out_width = 0; }),
              HasSubstr("pooling is '0 outputs'"));
  EXPECT_THAT(refused([](PoolingWindow& p) { ++p.out_height; }),
              HasSubstr("must be windows of which each holds a pixel of the map"));
  EXPECT_THAT(refused([](PoolingWindow& p) { p.count_padding = true; }),
              HasSubstr("pooling is 'count_padding': must be false for maxima"));
}

TEST(ActivationOfLayer, ValidateNamesLayerAndRule) {
  using N = NetworkDescription;
  const auto refused = [](const std::function<void(N&)>& change) {
    return refusal<N>(small_description(), [&](N& n) {
      n.layer(0).activation = ActivationTable{"Tanh", std::vector<float>(kTableEntries, 1.5F)};
      change(n);
    });
  };
  EXPECT_THAT(refused([](N& n) { n.layer(0).activation->values.pop_back(); }),
              HasSubstr("layer conv0: activation is '255 values': must have 256, one per byte"));
  EXPECT_THAT(refused([](N& n) {
                n.layer(0).activation->values[7] = std::numeric_limits<float>::infinity();
              }),
              HasSubstr("layer conv0: activation value 7 is 'inf': must be finite"));
  EXPECT_THAT(refused([](N& n) { n.layer(0).activation->name = "T\n"; }),
              HasSubstr("layer conv0: activation"));
  EXPECT_THAT(refused([](N& n) {
                n.layer(0).batch_norm = false;
                n.layer(0).fixed = true;
              }),
              HasSubstr("activation is 'Tanh': must be absent: the layer's weights are fixed"));
  EXPECT_THAT(refused([](N& n) { n.classifier.zero = 1; }),
              HasSubstr("classifier linear: activation is 'present'"));
}

TEST(Residual, SourceMustHaveAPixelForEachOutput) {
  NetworkDescription network = residual_description();
  network.layer(1).residual = 0;  // 7 x 4 outputs, 2 pixels apart, from 13 x 7
  EXPECT_NO_THROW(validate(network, "file"));
  LayerDescription& layer = network.layer(1);
  layer.window = Window{1, 1, 1, 1, 0, 0, 8, 4};  // its row 7 would add the source's row 14
  network.layer(2).in_height = 8;
  network.layer(3).in_height = 3;
  EXPECT_THAT(refusal<NetworkDescription>(residual_description(),
                                          [&](NetworkDescription& n) { n = network; }),
              HasSubstr("layer layer1: residual is 'layer0 with 13 x 7 pixels'"));
}

TEST(FloatNetwork, ABiasStandsInForBatchNorm) {
  FloatNetwork network = small_float_network();
  network.description.layer(0).batch_norm = false;
  network.layer(0).batch_norm.reset();
  network.layer(0).bias = {0.5F, -0.5F};
  EXPECT_NO_THROW(validate(network, "file"));
  network.layer(0).bias.pop_back();
  EXPECT_THROW(validate(network, "file"), UserError);
}

TEST(QuantizedNetwork, ValidateNamesLayerAndField) {
  using N = QuantizedNetwork;
  EXPECT_THAT(quantized_refusal([](N& n) { n.hidden.pop_back(); }),
              HasSubstr("hidden layers is '0': must be as many as the description has"));
  EXPECT_THAT(quantized_refusal([](N& n) { n.pooling.fraction_bits = 9; }),
              HasSubstr("pooling fraction bits is '9': must be 0 to 8"));
  EXPECT_THAT(quantized_refusal([](N& n) { n.layer(0).weights.columns = 2; }),
              HasSubstr("layer conv0: columns is '2'"));
  EXPECT_THAT(quantized_refusal([](N& n) {
                n.layer(1).weights.groups.groups[0] = {0, 2};
              }),
              HasSubstr("layer linear: groups: a column index is out of range"));
  EXPECT_THAT(quantized_refusal([](N& n) { n.description.layer(1).alpha = 1; }),
              HasSubstr("layer linear: groups: a group has more than alpha columns"));
  EXPECT_THAT(
      quantized_refusal([](N& n) { n.layer(0).weights.values = Matrix<std::int8_t>(2, 2); }),
      HasSubstr("layer conv0: weights is '2 x 2'"));
  EXPECT_THAT(
      quantized_refusal([](N& n) { n.layer(0).weights.selects = Matrix<std::uint8_t>(1, 1); }),
      HasSubstr("layer conv0: selects is '1 x 1'"));
  EXPECT_THAT(quantized_refusal([](N& n) { n.layer(1).weights.selects(1, 0) = 2; }),
              HasSubstr("layer linear: select at row 1, group 0 is '2': must be below"));
  EXPECT_THAT(quantized_refusal([](N& n) { n.layer(1).weights.selects(2, 0) = 1; }),
              HasSubstr("layer linear: select at row 2, group 0 is '1': must be 0"));
  EXPECT_THAT(quantized_refusal([](N& n) { n.layer(0).weight_code = WeightCode::kPowerOfTwo; }),
              HasSubstr("layer conv0: weight at row 1, group 0 is '-128': must be 0 or a power of "
                        "two up to 64"));
  EXPECT_THAT(quantized_refusal([](N& n) { n.layer(1).bias.pop_back(); }),
              HasSubstr("layer linear: bias is '2 values'"));
  EXPECT_THAT(quantized_refusal([](N& n) { n.layer(0).padding.clear(); }),
              HasSubstr("layer conv0: padding is '0 values'"));
  EXPECT_THAT(quantized_refusal([](N& n) { n.layer(0).fraction_bits = 23; }),
              HasSubstr("layer conv0: fraction bits is '23'"));
  EXPECT_THAT(quantized_refusal([](N& n) { n.layer(0).row_exponents = {1, 1, 1, 1, 1, 1, 1, 1}; }),
              HasSubstr("layer conv0: row exponents is '8 values': must be none or one per out"));
  EXPECT_THAT(quantized_refusal([](N& n) { n.layer(0).row_exponents.resize(2, 8); }),
              HasSubstr("layer conv0: row exponent 0 is '8': must be 0 to 7"));
  EXPECT_THAT(quantized_refusal([](N& n) {
                n.layer(0).fraction_bits = 22;
                n.layer(0).row_exponents = {0, 1};
              }),
              HasSubstr("row exponent 1 is '1': must be 0 to 7, and at most 22 with the layer's"));
  EXPECT_THAT(quantized_refusal([](N& n) { n.layer(0).row_exponents.resize(2, 0); }),
              HasSubstr("layer conv0: row exponents is 'all 0': must be absent then"));
  EXPECT_THAT(quantized_refusal([](N& n) {
                n.classifier.row_exponents = {1, 0, 2};
              }),
              HasSubstr("classifier linear: row exponents is 'present': must be absent"));
}

TEST(Classifier, ReadsPooledValuesOrTheWholeMap) {
  using N = NetworkDescription;
  const auto refused = [](const std::function<void(N&)>& change) {
    return refusal<N>(small_description(), change);
  };
  EXPECT_THAT(refused([](N& n) { n.classifier.batch_norm = true; }),
              HasSubstr("classifier linear: batch norm is 'present': must have a bias instead"));
  EXPECT_THAT(refused([](N& n) { n.classifier.fixed = true; }),
              HasSubstr("classifier linear: fixed is 'true'"));
  const char* const rule = "must be a convolution with kernel 1 and stride 1";
  EXPECT_THAT(refused([](N& n) { n.classifier.stride = 2; }),
              HasSubstr(std::string("'convolution with kernel 1 and stride 2': ") + rule));
  EXPECT_THAT(refused([](N& n) { n.classifier.kind = LayerKind::kShift; }), HasSubstr(rule));
  EXPECT_THAT(refused([](N& n) {
                n.classifier.window = Window{};
                n.classifier.columns = window_columns(2, Window{});
              }),
              HasSubstr("classifier linear: window is 'present': must be absent behind global"));
  EXPECT_THAT(refused([](N& n) { n.classifier.pooling.emplace(); }),
              HasSubstr("classifier linear: pooling is 'present'"));
  EXPECT_THAT(refused([](N& n) { n.global_pooling = false; }),
              HasSubstr("layer linear: input is '2 x 1 x 1': must be the shape"));
  EXPECT_THAT(refused([](N& n) { n.classifier.columns[1].dx = 1; }),
              HasSubstr("layer linear: column is '(channel 1, dy 0, dx 1)'"));
  EXPECT_THAT(refused([](N& n) { n.classifier.in_width = 2; }),
              HasSubstr("layer linear: input is '2 x 1 x 2'"));
  EXPECT_THAT(refused([](N& n) { n.classes = 4; }),
              HasSubstr("classes is '4': must be the classifier's out channels"));
}

TEST(Network, NeedsAHiddenLayer) {
  const auto no_hidden = [](auto& network) {
    network.hidden.clear();
    if constexpr (requires { network.description; }) network.description.hidden.clear();
  };
  const char* const expected = "hidden layers is '0': must be at least 1";
  EXPECT_THAT(refusal<NetworkDescription>(small_description(), no_hidden), HasSubstr(expected));
  EXPECT_THAT(refusal<FloatNetwork>(small_float_network(), no_hidden), HasSubstr(expected));
  EXPECT_THAT(refusal<QuantizedNetwork>(small_quantized_network(), no_hidden), HasSubstr(expected));
}

TEST(Names, ArePrintableUtf8) {
  using N = NetworkDescription;
  const auto refused = [](const std::function<void(N&)>& change) {
    return refusal<N>(small_description(), change);
  };
  const char* const rule = "must be valid UTF-8 without control characters";
  EXPECT_THAT(refused([](N& n) { n.hidden[0].name = "a,\"\xff"; }),
              HasSubstr(std::string(R"(name of layer 0 is 'a,"\xff': )") + rule));
  EXPECT_THAT(refused([](N& n) { n.classifier.name = "\x1b[31m"; }),
              HasSubstr(R"(name of layer 1 is '\x1b[31m')"));
  EXPECT_THAT(refused([](N& n) { n.data.name = "cifar\n10"; }),
              HasSubstr(R"(data set name is 'cifar\x0a10')"));
  EXPECT_THAT(refused([](N& n) {
                n.data.class_names = {"cat", "dog", "\xc3"};
              }),
              HasSubstr(R"(name of class 2 is '\xc3')"));
  NetworkDescription network = small_description();
  network.data = {"Tiere \xe2\x80\x93 klein",
                  {"K\xc3\xa4"
                   "fer",
                   "", "a,\"b\""}};
  EXPECT_NO_THROW(validate(network, "file"));
  EXPECT_THAT(quantized_refusal([](QuantizedNetwork& n) { n.origin = "packed\tfrom"; }),
              HasSubstr(R"(origin is 'packed\x09from')"));
}

TEST(ClassNames, AreNoneOrAsManyAsClasses) {
  EXPECT_THAT(refusal<NetworkDescription>(small_description(),
                                          [](NetworkDescription& n) {
                                            n.data.class_names = {"cat", "dog"};
                                          }),
              HasSubstr("class names is '2': must be none or as many as classes"));
}

TEST(Samples, AreImagesWithLabels) {
  using N = QuantizedNetwork;
  const auto with = [](std::size_t count) {
    return [count](N& n) {
      n.samples.labels.assign(count, 2);
      n.samples.pixels.assign(count * 4, 9);  // 1 x 2 x 2
    };
  };
  N network = small_quantized_network();
  with(64)(network);
  EXPECT_NO_THROW(validate(network, "file"));
  EXPECT_THAT(quantized_refusal(with(65)), HasSubstr("samples is '65': must be at most 64"));
  EXPECT_THAT(refusal<N>(network, [](N& n) { n.samples.pixels.pop_back(); }),
              HasSubstr("sample pixels is '255 bytes'"));
  EXPECT_THAT(refusal<N>(network, [](N& n) { n.samples.labels[7] = 3; }),
              HasSubstr("sample label is '3': must be a class"));
  EXPECT_THAT(refusal<N>(network, [](N& n) { n.samples.labels[7] = -1; }),
              HasSubstr("sample label is '-1'"));
}

TEST(LayerStack, CountsTheClassifierBehindTheHiddenLayers) {
  const NetworkDescription network = residual_description();
  ASSERT_EQ(network.layer_count(), 5U);
  EXPECT_EQ(&network.layer(0), &network.hidden[0]);
  EXPECT_EQ(&network.layer(3), &network.hidden[3]);
  EXPECT_EQ(&network.layer(4), &network.classifier);
  EXPECT_FALSE(network.is_classifier(3));
  EXPECT_TRUE(network.is_classifier(4));
  EXPECT_FALSE(network.is_pooled(2));
  EXPECT_TRUE(network.is_pooled(3));
  std::vector<const LayerDescription*> all;
  for (const LayerDescription& layer : network.all()) all.push_back(&layer);
  EXPECT_EQ(all, (std::vector<const LayerDescription*>{&network.hidden[0], &network.hidden[1],
                                                       &network.hidden[2], &network.hidden[3],
                                                       &network.classifier}));
  EXPECT_EQ(network.input.size(), 13U * 7);
  EXPECT_EQ(network.hidden[2].input_size(), 3U * 7 * 4);
  EXPECT_EQ(network.hidden[2].output_size(), 3U * 3 * 2);
}

TEST(QuantizedNetwork, LogitScaleIsOneActivationScaleOverTheBinaryScales) {
  QuantizedNetwork network = small_quantized_network();
  EXPECT_EQ(logit_scale(network), 6.0 / 256 / 128);
  network.pooling.fraction_bits = 3;
  EXPECT_EQ(logit_scale(network), 6.0 / 256 / 1024);
}

}  // namespace
}  // namespace colcomb
