#include "colcomb/combining/permutation.hpp"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>

#include "colcomb/base/random.hpp"
#include "colcomb/combining/channel_order.hpp"
#include "tests/support/random_network.hpp"

namespace colcomb::combining {
namespace {

using Order = std::vector<std::uint32_t>;

/// One layer's output before pooling, written straight from its definition.
struct Map {
  std::size_t height = 0;
  std::size_t width = 0;
  std::vector<std::vector<std::int64_t>> channels;

  [[nodiscard]] std::int64_t at(const Column& column, std::size_t y, std::size_t x,
                                std::int64_t padding) const {
    const std::int64_t row = static_cast<std::int64_t>(y) + column.dy;
    const std::int64_t col = static_cast<std::int64_t>(x) + column.dx;
    const auto h = static_cast<std::int64_t>(height);
    const auto w = static_cast<std::int64_t>(width);
    if (row < 0 || col < 0 || row >= h || col >= w) return padding;
    return channels[static_cast<std::size_t>(column.channel)]
                   [static_cast<std::size_t>(row * w + col)];
  }
};

/// Accumulations of every layer on a random input, without clamps or shifts, so that no difference
/// can hide in them. Pooling is left out for the same reason: the linear layer reads pixel (0, 0).
std::vector<Map> forward(const QuantizedNetwork& network, const Map& input) {
  std::vector<Map> outputs;
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    const LayerDescription& layer = network.description.layer(i);
    const QuantizedLayer& numbers = network.layer(i);
    const Matrix<std::int8_t> weights = unpack(numbers.weights);
    const Map& in = i == 0 ? input : outputs[i - 1];
    Map out{layer.out_height(), layer.out_width(), {}};
    for (std::size_t n = 0; n < layer.out_channels; ++n) {
      auto& plane = out.channels.emplace_back();
      for (std::size_t y = 0; y < out.height; ++y) {
        for (std::size_t x = 0; x < out.width; ++x) {
          std::int64_t sum = numbers.bias[n];
          for (std::size_t m = 0; m < layer.columns.size(); ++m) {
            const auto channel = static_cast<std::size_t>(layer.columns[m].channel);
            sum += weights(n, m) * in.at(layer.columns[m], y * layer.stride, x * layer.stride,
                                         numbers.padding[channel]);
          }
          if (layer.residual && n < outputs[*layer.residual].channels.size()) {
            const Map& source = outputs[*layer.residual];
            const std::size_t s = residual_stride(network.description, i);
            sum += source.channels[n][y * s * source.width + x * s] << numbers.row_fraction_bits(n);
          }
          plane.push_back(sum % 1009);  // keeps the numbers small over many layers
        }
      }
    }
    outputs.push_back(std::move(out));
  }
  return outputs;
}

Map random_input(const QuantizedNetwork& network, Random& random) {
  const LayerDescription& first = network.description.hidden.front();
  Map map{first.in_height, first.in_width, {}};
  for (std::size_t c = 0; c < first.in_channels; ++c) {
    auto& plane = map.channels.emplace_back();
    for (std::size_t p = 0; p < map.height * map.width; ++p)
      plane.push_back(static_cast<std::int64_t>(random.below(256)));
  }
  return map;
}

RC_GTEST_PROP(PermuteRows, MovesEveryChannelAndChangesNoNumber, ()) {
  Random random(*rc::gen::inRange<std::uint64_t>(0, 1'000'000));
  const QuantizedNetwork network = tests::random_quantized_network(random);
  const Map input = random_input(network, random);
  const PermutedNetwork permuted = permute_rows(network);
  validate(permuted.network, "permuted network");
  const std::vector<Map> before = forward(network, input);
  const std::vector<Map> after = forward(permuted.network, input);
  for (std::size_t i = 0; i < before.size(); ++i) {
    const Order& filters = permuted.filters[i];
    RC_ASSERT(filters.size() == before[i].channels.size());
    for (std::size_t p = 0; p < filters.size(); ++p)
      RC_ASSERT(after[i].channels[p] == before[i].channels[filters[p]]);
    const auto& table = network.description.layer(i).activation;
    if (!table) continue;
    const ActivationTable& moved = *permuted.network.description.layer(i).activation;
    for (std::size_t p = 0; p < filters.size(); ++p)
      RC_ASSERT(bytes_of(moved, p) == bytes_of(*table, filters[p]));
  }
  RC_ASSERT(after.back().channels == before.back().channels);
}

RC_GTEST_PROP(PermuteRows, LeavesNoSwitchboxBehindALayerWithOneReaderOfSingleColumns, ()) {
  Random random(*rc::gen::inRange<std::uint64_t>(0, 1'000'000));
  QuantizedNetwork network = tests::random_quantized_network(random);
  for (auto& layer : network.description.all()) layer.residual.reset();
  const PermutedNetwork permuted = permute_rows(network);
  for (std::size_t i = 1; i < network.layer_count(); ++i) {
    const LayerDescription& layer = network.description.layer(i);
    if (layer.kernel_height() * layer.kernel_width() > 1) continue;
    RC_ASSERT(!permuted.routing[i].needs_switchbox());
    // The groups' channels run on from one group to the next.
    std::int32_t next = 0;
    for (const auto& group : permuted.network.layer(i).weights.groups.groups) {
      for (const std::uint32_t column : group)
        RC_ASSERT(permuted.network.description.layer(i).columns[column].channel == next++);
    }
  }
}

/// A chain of pointwise layers of four channels on a 1 x 1 map, the last of which is the
/// classifier; each layer's weights are all 1 in their group's first column.
QuantizedNetwork chain(const std::vector<ColumnGroups>& groups) {
  QuantizedNetwork network;
  network.description.input = {4, 1, 1, {0, 0, 0, 0}, {1, 1, 1, 1}, 1};
  network.description.classes = 4;
  network.hidden.resize(groups.size() - 1);
  network.description.hidden.resize(groups.size() - 1);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    LayerDescription& layer = network.description.layer(i);
    layer.name = "layer" + std::to_string(i);
    layer.batch_norm = i + 1 < groups.size();
    layer.in_channels = layer.out_channels = 4;
    layer.alpha = 2;
    layer.columns = convolution_columns(4, 1);
    layer.in_height = layer.in_width = 1;
    Matrix<std::int8_t> weights(4, 4);
    for (std::size_t n = 0; n < 4; ++n) {
      for (const auto& group : groups[i].groups) weights(n, group.front()) = 1;
    }
    network.layer(i) = {pack(weights, groups[i]), {0, 0, 0, 0}, 0, {0, 0, 0, 0}};
  }
  return network;
}

TEST(PermuteRows, BringsAGroupsChannelsTogether) {
  const QuantizedNetwork network =
      chain({{{{0, 2}, {1, 3}}}, {{{2, 0}, {3, 1}}}, {{{0, 1}, {2, 3}}}});
  EXPECT_EQ(routing_of(network), (std::vector<LayerRouting>{{2, 0}, {2, 0}, {2, 2}}));
  const PermutedNetwork permuted = permute_rows(network);
  // Layer 0 reads the image, whose channels stay where they are. Layer 1's groups {2, 0} and {3, 1}
  // take the first four places, so its columns 0 to 3 now read channels 1, 3, 0 and 2.
  EXPECT_EQ(permuted.filters, (std::vector<Order>{{2, 0, 3, 1}, {0, 1, 2, 3}, {0, 1, 2, 3}}));
  EXPECT_EQ(permuted.routing, (std::vector<LayerRouting>{{2, 0}, {2, 2}, {2, 2}}));
  EXPECT_TRUE(permuted.routing[0].needs_switchbox());
  std::vector<std::int32_t> channels;
  for (const Column& column : permuted.network.description.layer(1).columns)
    channels.push_back(column.channel);
  EXPECT_EQ(channels, (std::vector<std::int32_t>{1, 3, 0, 2}));
}

// A row in another place is no longer beside those of its convolution group.
TEST(PermuteRows, GroupedConvolutionsThatMoveBecomeFullOnes) {
  QuantizedNetwork network =
      chain({{{{0}, {1}, {2}, {3}}}, {{{0, 1}, {2, 3}}}, {{{0, 2}, {1, 3}}}, {{{0, 1}, {2, 3}}}});
  for (std::size_t i = 0; i < 2; ++i) {
    network.description.layer(i).conv_groups = 2;
    Matrix<std::int8_t> halves(4, 4);
    for (std::size_t n = 0; n < 4; ++n) halves(n, n / 2 * 2) = 3;
    network.layer(i).weights = pack(halves, network.layer(i).weights.groups);
  }
  validate(network, "network");
  const PermutedNetwork permuted = permute_rows(network);
  EXPECT_EQ(permuted.filters[0], (Order{0, 1, 2, 3}));
  EXPECT_EQ(permuted.filters[1], (Order{0, 2, 1, 3}));
  EXPECT_EQ(permuted.network.description.layer(0).conv_groups, 2U);
  EXPECT_EQ(permuted.network.description.layer(1).conv_groups, 1U);
}

TEST(PermuteRows, GivesBothSidesOfAResidualOneOrder) {
  // Layer 1 adds layer 0's output, so layers 1 and 2 read channels in one order: layer 1 wants 0
  // with 2 and 1 with 3, layer 2 wants 0 with 3 and 1 with 2. Only one of them can have both.
  QuantizedNetwork network =
      chain({{{{0}, {1}, {2}, {3}}}, {{{0, 2}, {1, 3}}}, {{{0, 3}, {1, 2}}}, {{{0, 3}, {1, 2}}}});
  network.description.layer(1).residual = 0;
  const PermutedNetwork permuted = permute_rows(network);
  EXPECT_EQ(permuted.filters[0], permuted.filters[1]);
  EXPECT_FALSE(permuted.routing[1].needs_switchbox());
  EXPECT_TRUE(permuted.routing[2].needs_switchbox());
  EXPECT_FALSE(permuted.routing[3].needs_switchbox());
}

TEST(PermuteRows, ServesTheReadersThatAgree) {
  // Layers 0, 1 and 2 share one order, and two of their three readers want the same.
  QuantizedNetwork network =
      chain({{{{0}, {1}, {2}, {3}}}, {{{0, 2}, {1, 3}}}, {{{0, 3}, {1, 2}}}, {{{0, 3}, {1, 2}}}});
  network.description.layer(1).residual = 0;
  network.description.layer(2).residual = 1;
  const PermutedNetwork permuted = permute_rows(network);
  EXPECT_TRUE(permuted.routing[1].needs_switchbox());
  EXPECT_FALSE(permuted.routing[2].needs_switchbox());
  EXPECT_FALSE(permuted.routing[3].needs_switchbox());
}

TEST(PermuteRows, KeepsThePlacesOfLayersJoinedAcrossWidths) {
  // Layer 1 adds layer 0's four channels to the first four of its five rows; layer 2 stands alone.
  QuantizedNetwork network =
      chain({{{{0}, {1}, {2}, {3}}}, {{{0, 2}, {1, 3}}}, {{{0, 3}, {1, 2}}}, {{{0, 3}, {1, 2}}}});
  network.description.layer(1).residual = 0;
  network.description.layer(1).out_channels = network.description.layer(2).in_channels = 5;
  network.description.layer(2).columns = convolution_columns(5, 1);
  network.layer(1) = {pack(Matrix<std::int8_t>(5, 4), {}), {0, 1, 2, 3, 4}, 0, {0, 0, 0, 0}};
  network.layer(2) = {
      pack(Matrix<std::int8_t>(4, 5), {{{0, 3}, {1, 2}}}), {0, 0, 0, 0}, 0, {0, 0, 0, 0, 0}};
  validate(network, "network");
  const PermutedNetwork permuted = permute_rows(network);
  EXPECT_EQ(permuted.filters[0], (Order{0, 1, 2, 3}));
  EXPECT_EQ(permuted.filters[1], (Order{0, 1, 2, 3, 4}));
  EXPECT_EQ(permuted.filters[2], (Order{0, 3, 1, 2}));
  EXPECT_TRUE(permuted.routing[2].needs_switchbox());
  EXPECT_FALSE(permuted.routing[3].needs_switchbox());
}

TEST(OrderChannels, ContinuesABlockAtEitherEnd) {
  // {1, 4} is placed; {4, 0} goes on at its back, {3, 1} at its front; {0, 3} cannot be.
  EXPECT_EQ(order_channels({{1, 4}, {4, 0}, {3, 1}, {0, 3}}, 6), (Order{3, 1, 4, 0, 2, 5}));
}

TEST(IsContiguous, LooksAtPlaces) {
  EXPECT_TRUE(is_contiguous({0, 2}, {3, 0, 2, 1}));
  EXPECT_FALSE(is_contiguous({0, 1}, {3, 0, 2, 1}));
  EXPECT_TRUE(is_contiguous({1}, {3, 0, 2, 1}));
}

}  // namespace
}  // namespace colcomb::combining
