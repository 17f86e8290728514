#include "colcomb/network/shift.hpp"

#include <gtest/gtest.h>

#include "colcomb/base/random.hpp"
#include "colcomb/models/block_network.hpp"
#include "colcomb/network/shift_by_index.hpp"

namespace colcomb::network {
namespace {

/// Written straight from the definition.
torch::Tensor naive_shift(const torch::Tensor& input, const std::vector<Column>& columns,
                          std::int64_t stride) {
  const auto height = input.size(2), width = input.size(3);
  const auto out_height = (height + stride - 1) / stride, out_width = (width + stride - 1) / stride;
  auto output =
      torch::zeros({input.size(0), input.size(1), out_height, out_width}, input.options());
  auto from = input.accessor<double, 4>();
  auto to = output.accessor<double, 4>();
  for (std::int64_t b = 0; b < input.size(0); ++b) {
    for (std::int64_t c = 0; c < input.size(1); ++c) {
      const Column column = columns[static_cast<std::size_t>(c)];
      for (std::int64_t y = 0; y < out_height; ++y) {
        for (std::int64_t x = 0; x < out_width; ++x) {
          const std::int64_t sy = y * stride + column.dy, sx = x * stride + column.dx;
          if (sy >= 0 && sy < height && sx >= 0 && sx < width) to[b][c][y][x] = from[b][c][sy][sx];
        }
      }
    }
  }
  return output;
}

struct ShiftedMap {
  std::int64_t batch, channels, height, width;
  std::size_t kernel, stride;
};

class ShiftShapes : public testing::TestWithParam<ShiftedMap> {};

TEST_P(ShiftShapes, EqualsTheDefinition) {
  const ShiftedMap s = GetParam();
  torch::manual_seed(3);
  const auto columns = models::draw_shifts(static_cast<std::size_t>(s.channels), s.kernel, 5, 0);
  const auto input = torch::randn({s.batch, s.channels, s.height, s.width}, torch::kDouble);
  EXPECT_TRUE(torch::equal(shift(input, columns, s.stride),
                           naive_shift(input, columns, static_cast<std::int64_t>(s.stride))));
}

TEST_P(ShiftShapes, BackwardIsTheTranspose) {
  const ShiftedMap s = GetParam();
  torch::manual_seed(4);
  const auto columns = models::draw_shifts(static_cast<std::size_t>(s.channels), s.kernel, 6, 0);
  auto input =
      torch::randn({s.batch, s.channels, s.height, s.width}, torch::kDouble).requires_grad_();
  const auto output = shift(input, columns, s.stride);
  const auto probe = torch::randn(output.sizes(), torch::kDouble);
  output.backward(probe);
  // <shift(x), p> = <x, shift^T(p)> for every x: checked with an x of its own.
  const auto other = torch::randn(input.sizes(), torch::kDouble);
  const double left = (naive_shift(other, columns, static_cast<std::int64_t>(s.stride)) * probe)
                          .sum()
                          .item<double>();
  const double right = (other * input.grad()).sum().item<double>();
  EXPECT_NEAR(left, right, 1e-9 * (1 + std::abs(left)));
}

TEST_P(ShiftShapes, ByIndexEqualsTheDefinition) {
  const ShiftedMap s = GetParam();
  torch::manual_seed(5);
  const auto columns = models::draw_shifts(static_cast<std::size_t>(s.channels), s.kernel, 7, 0);
  const auto input = torch::randn({s.batch, s.channels, s.height, s.width}, torch::kDouble);
  const ShiftByIndex by_index(columns, s.stride, input);
  const auto wanted = naive_shift(input, columns, static_cast<std::int64_t>(s.stride));
  EXPECT_TRUE(torch::equal(by_index(input), wanted));
  const auto channels_last = input.contiguous(torch::MemoryFormat::ChannelsLast);
  const auto output = by_index(channels_last);
  EXPECT_TRUE(torch::equal(output, wanted));
  EXPECT_TRUE(output.is_contiguous(torch::MemoryFormat::ChannelsLast));
}

TEST_P(ShiftShapes, ByIndexHasTheKernelsGradient) {
  const ShiftedMap s = GetParam();
  torch::manual_seed(6);
  const auto columns = models::draw_shifts(static_cast<std::size_t>(s.channels), s.kernel, 8, 0);
  const auto numbers = torch::randn({s.batch, s.channels, s.height, s.width}, torch::kDouble);
  auto input = numbers.clone().requires_grad_();
  auto same = numbers.clone().requires_grad_();
  const auto output = shift(input, columns, s.stride);
  const auto probe = torch::randn(output.sizes(), torch::kDouble);
  output.backward(probe);
  ShiftByIndex(columns, s.stride, same)(same).backward(probe);
  EXPECT_TRUE(torch::equal(input.grad(), same.grad()));
}

INSTANTIATE_TEST_SUITE_P(Awkward, ShiftShapes,
                         testing::Values(ShiftedMap{1, 1, 1, 1, 3, 1}, ShiftedMap{2, 3, 5, 7, 3, 1},
                                         ShiftedMap{2, 17, 8, 8, 5, 2},
                                         ShiftedMap{1, 5, 7, 3, 9, 1}, ShiftedMap{3, 4, 9, 9, 3, 2},
                                         ShiftedMap{1, 8, 6, 5, 7, 3},
                                         ShiftedMap{2, 33, 16, 16, 3, 1}));

}  // namespace
}  // namespace colcomb::network
