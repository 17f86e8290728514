#include "colcomb/network/convolve.hpp"

#include <gtest/gtest.h>

#include "colcomb/artifacts/conv_groups.hpp"
#include "colcomb/network/cnn.hpp"

namespace colcomb::network {
namespace {

struct Shape {
  std::size_t channels, filters, kernel, stride, conv_groups;
  bool window = false;
};

LayerDescription layer_of(const Shape& shape) {
  LayerDescription layer;
  layer.name = "grouped";
  layer.in_channels = shape.channels;
  layer.out_channels = shape.filters;
  layer.kernel = shape.kernel;
  layer.stride = shape.stride;
  layer.conv_groups = shape.conv_groups;
  layer.in_height = 7;
  layer.in_width = 5;
  layer.columns = convolution_columns(shape.channels, shape.kernel);
  if (shape.window) {  // even, oblong, dilated, cropped
    layer.kernel = 1;
    layer.window = Window{2, 3, 2, 1, 1, 0, 3, 4};
    layer.columns = window_columns(shape.channels, *layer.window);
  }
  return layer;
}

const Shape kShapes[] = {{6, 6, 3, 1, 6},       {6, 6, 3, 2, 6}, {6, 12, 3, 1, 6},
                         {6, 4, 3, 1, 2},       {8, 4, 1, 1, 4}, {4, 8, 5, 2, 2},
                         {6, 6, 1, 1, 3, true}, {1, 1, 3, 1, 1}, {5, 7, 3, 1, 1},
                         {4, 4, 1, 2, 4, true}};

struct Result {
  torch::Tensor output, by_input, by_weight;
};

/// `product` of input and weight, and both gradients of a weighted sum of it.
template <class Product>
Result differentiate(const torch::Tensor& input, const torch::Tensor& weight, Product product) {
  const auto x = input.clone().requires_grad_(true);
  const auto w = weight.clone().requires_grad_(true);
  const torch::Tensor output = product(x, w);
  (output * torch::arange(output.numel()).view(output.sizes()).cos()).sum().backward();
  return {output.detach(), x.grad(), w.grad()};
}

void expect_equal(const Result& actual, const Result& expected) {
  EXPECT_TRUE(torch::allclose(actual.output, expected.output, 1e-9, 1e-12));
  EXPECT_TRUE(torch::allclose(actual.by_input, expected.by_input, 1e-9, 1e-12));
  EXPECT_TRUE(torch::allclose(actual.by_weight, expected.by_weight, 1e-9, 1e-12));
}

torch::Tensor mask_of(const LayerDescription& layer, const torch::Tensor& weight) {
  const Matrix<std::uint8_t> within = conv_group_mask(layer);
  const auto mask = torch::empty_like(weight);
  for (std::size_t i = 0; i < within.size(); ++i) mask.data_ptr<double>()[i] = within.values()[i];
  return mask;
}

/// The full convolution of the same layer with its weights masked.
torch::Tensor masked_full(const LayerDescription& layer, const torch::Tensor& x,
                          const torch::Tensor& w, const torch::Tensor& mask) {
  LayerDescription full = layer;
  full.conv_groups = 1;
  return convolve(x, w * mask, full);
}

/// Each group's channels by themselves, through LibTorch.
torch::Tensor group_by_group(const LayerDescription& layer, const torch::Tensor& x,
                             const torch::Tensor& w) {
  const auto groups = static_cast<std::int64_t>(layer.conv_groups);
  const std::int64_t rows = w.size(0) / groups, channels = w.size(1) / groups;
  std::vector<torch::Tensor> parts;
  for (std::int64_t g = 0; g < groups; ++g) {
    const auto own = w.narrow(0, g * rows, rows).narrow(1, g * channels, channels);
    parts.push_back(torch::conv2d(x.narrow(1, g * channels, channels), own, {},
                                  static_cast<std::int64_t>(layer.stride),
                                  static_cast<std::int64_t>(layer.kernel / 2)));
  }
  return torch::cat(parts, 1);
}

TEST(Convolve, GroupsEqualTheMaskedFullConvolutionAndGroupByGroup) {
  torch::manual_seed(3);
  for (const Shape& shape : kShapes) {
    SCOPED_TRACE(testing::Message()
                 << shape.channels << " to " << shape.filters << " in " << shape.conv_groups);
    const LayerDescription layer = layer_of(shape);
    const auto input =
        torch::randn({2, static_cast<std::int64_t>(shape.channels), 7, 5}, torch::kDouble);
    // Values between the groups too: they must not be read.
    const auto weight = torch::randn(
        {static_cast<std::int64_t>(shape.filters), static_cast<std::int64_t>(shape.channels),
         static_cast<std::int64_t>(layer.kernel_height()),
         static_cast<std::int64_t>(layer.kernel_width())},
        torch::kDouble);
    const auto mask = mask_of(layer, weight);
    const Result actual = differentiate(
        input, weight, [&](const auto& x, const auto& w) { return convolve(x, w, layer); });
    expect_equal(actual, differentiate(input, weight, [&](const auto& x, const auto& w) {
                   return masked_full(layer, x, w, mask);
                 }));
    EXPECT_TRUE(torch::equal(actual.by_weight * (1 - mask), torch::zeros_like(weight)));
    EXPECT_GT(actual.by_weight.masked_select(mask.gt(0)).abs().min().item<double>(), 0);
    if (layer.window) continue;
    expect_equal(actual, differentiate(input, weight, [&](const auto& x, const auto& w) {
                   return group_by_group(layer, x, w);
                 }));
  }
}

TEST(Convolve, OfAShiftLayerIsPointwiseInGroups) {
  torch::manual_seed(4);
  LayerDescription layer = layer_of({6, 4, 3, 2, 2});
  layer.kind = LayerKind::kShift;  // whose stride the shift has taken
  const auto shifted = torch::randn({2, 6, 4, 3}, torch::kDouble);
  const auto weight = torch::randn({4, 6, 1, 1}, torch::kDouble);
  LayerDescription pointwise = layer;
  pointwise.kernel = pointwise.stride = 1;
  expect_equal(differentiate(shifted, weight,
                             [&](const auto& x, const auto& w) { return convolve(x, w, layer); }),
               differentiate(shifted, weight, [&](const auto& x, const auto& w) {
                 return group_by_group(pointwise, x, w);
               }));
}

// Before and behind the layer, its stored weights and mask are those of the full matrix.
TEST(Layer, OfAGroupedConvolutionStartsWithZerosBetweenItsGroups) {
  const LayerDescription description = layer_of({64, 64, 3, 1, 64});
  const Layer layer(description, false, 3, 0);
  ASSERT_TRUE(layer->mask.defined());
  const auto mask = mask_of(description, layer->weight.to(torch::kDouble)).to(torch::kFloat);
  EXPECT_TRUE(torch::equal(layer->mask, mask));
  EXPECT_TRUE(torch::equal((layer->weight != 0).to(torch::kFloat), mask));
  // By the fan of one group: 9 inputs, and 9 outputs of a channel.
  const auto own = layer->weight.masked_select(mask.gt(0));
  EXPECT_NEAR(own.std().item<double>(), std::sqrt(2.0 / 9), 0.04);
  EXPECT_NEAR(own.mean().item<double>(), 0, 0.06);
  EXPECT_FALSE(Layer(layer_of({64, 64, 3, 1, 1}), false, 3, 0)->mask.defined());
}

}  // namespace
}  // namespace colcomb::network
