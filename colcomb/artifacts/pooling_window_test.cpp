#include "colcomb/artifacts/pooling_window.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <vector>

#include "tests/support/word_oracle.hpp"

namespace colcomb {
namespace {

/// Calls body(size, side) for every way to lay windows over one side of a small map.
void each_side(const std::function<void(std::size_t, const PoolingSide&)>& body) {
  for (std::size_t size = 1; size <= 6; ++size) {
    for (std::size_t kernel = 1; kernel <= 5; ++kernel) {
      for (std::size_t stride = 1; stride <= 3; ++stride) {
        for (std::size_t padding = 0; padding < kernel; ++padding) {
          for (std::size_t out = 1; (out - 1) * stride < size + padding; ++out)
            body(size, {kernel, stride, padding, out});
        }
      }
    }
  }
}

TEST(PoolingSide, EqualsItsWindowsPixelByPixel) {
  std::size_t sides = 0;
  each_side([&](std::size_t size, const PoolingSide& side) {
    ++sides;
    std::vector<std::vector<std::ptrdiff_t>> windows(side.out);
    for (std::size_t o = 0; o < side.out; ++o) {
      for (std::size_t k = 0; k < side.kernel; ++k) {
        windows[o].push_back(static_cast<std::ptrdiff_t>(o * side.stride + k) -
                             static_cast<std::ptrdiff_t>(side.padding));
      }
      EXPECT_EQ(side.first(o), windows[o].front());
      EXPECT_EQ(static_cast<std::ptrdiff_t>(side.last(o)), windows[o].back());
      const auto inside = [&](std::ptrdiff_t p) {
        return p >= 0 && p < static_cast<std::ptrdiff_t>(size);
      };
      const auto pixels = std::ranges::count_if(windows[o], inside);
      EXPECT_EQ(static_cast<std::ptrdiff_t>(side.end(o, size) - side.begin(o)), pixels);
      EXPECT_EQ(static_cast<std::ptrdiff_t>(side.begin(o)),
                *std::ranges::find_if(windows[o], inside));
    }
    std::size_t most = 0;
    for (std::size_t p = 0; p <= side.last(side.out - 1); ++p) {
      std::vector<std::size_t> holding;
      std::size_t complete = 0;
      std::optional<std::size_t> completed;
      for (std::size_t o = 0; o < side.out; ++o) {
        if (std::ranges::find(windows[o], static_cast<std::ptrdiff_t>(p)) != windows[o].end())
          holding.push_back(o);
        if (windows[o].back() < static_cast<std::ptrdiff_t>(p)) ++complete;
        if (windows[o].back() == static_cast<std::ptrdiff_t>(p)) completed = o;
      }
      EXPECT_EQ(side.complete_before(p), complete);
      EXPECT_EQ(side.completed_by(p), completed);
      if (!holding.empty()) {
        EXPECT_EQ(side.first_with(p), holding.front());
        EXPECT_EQ(side.end_with(p), holding.back() + 1);
      } else {
        EXPECT_GE(side.first_with(p), side.end_with(p));
      }
      most = std::max(most, holding.size());
    }
    EXPECT_LE(most, side.overlap());
    EXPECT_LE(side.overlap(), side.out);
  });
  EXPECT_GT(sides, 500U);
}

TEST(WordGrid, EqualsTheWordsWrittenDownWindowByWindow) {
  std::vector<std::pair<std::size_t, PoolingSide>> sides;
  each_side([&](std::size_t size, const PoolingSide& side) { sides.emplace_back(size, side); });
  std::size_t beyond = 0;
  for (std::size_t i = 0; i < sides.size(); i += 3) {
    for (std::size_t j = 1; j < sides.size(); j += 17) {
      const auto& [height, v] = sides[i];
      const auto& [width, h] = sides[j];
      if (v.stride != h.stride) continue;
      colcomb::LayerDescription layer;
      layer.in_height = height;
      layer.in_width = width;
      layer.pooling = colcomb::PoolingWindow{.kernel_height = v.kernel,
                                             .kernel_width = h.kernel,
                                             .stride = v.stride,
                                             .pad_top = v.padding,
                                             .pad_left = h.padding,
                                             .out_height = v.out,
                                             .out_width = h.out};
      const WordGrid grid = layer.words();
      const tests::WordOracle oracle(layer);
      ASSERT_EQ(grid.height(), oracle.height);
      ASSERT_EQ(grid.width(), oracle.width);
      ASSERT_EQ(grid.outputs(), oracle.pixels);
      beyond += grid.height() > height || grid.width() > width ? 1U : 0U;
      std::optional<std::size_t> last;
      for (std::size_t word = 0; word < oracle.words(); ++word) {
        const auto pixel = grid.completed_by(word / oracle.width, word % oracle.width);
        ASSERT_EQ(pixel ? static_cast<std::ptrdiff_t>(*pixel) : -1, oracle.output[word]);
        ASSERT_EQ(grid.complete_before(word), oracle.completed(word));
        if (pixel && last) {
          ASSERT_GE(word - *last, grid.spacing());
        }
        if (pixel) last = word;
      }
      // The next image follows.
      std::size_t first = 0;
      while (oracle.output[first] < 0) ++first;
      ASSERT_GE(first + oracle.words() - *last, grid.spacing());
      ASSERT_GE(grid.least_interval() * grid.width(), 3U);
    }
  }
  EXPECT_GT(beyond, 100U);
}

TEST(WordGrid, WithoutPoolingEveryWordCompletesItsPixel) {
  const WordGrid grid{3, 4, std::nullopt};
  EXPECT_EQ(grid.words(), 12U);
  EXPECT_EQ(grid.completed_by(2, 1), 9U);
  EXPECT_EQ(grid.complete_before(7), 7U);
  EXPECT_EQ(grid.spacing(), 1U);
  EXPECT_EQ(grid.least_interval(), 1U);
}

// 3 x 3 windows over 2 x 2 pixels with one of padding: the corner holds 4 pixels.
TEST(PoolingWindow, DividesByThePixelsThatCount) {
  colcomb::PoolingWindow pooling{.kind = PoolingKind::kMean,
                                 .kernel_height = 3,
                                 .kernel_width = 3,
                                 .stride = 2,
                                 .pad_top = 1,
                                 .pad_left = 1};
  EXPECT_EQ(pooling.divisor(0, 0, 2, 2), 4U);
  pooling.count_padding = true;
  EXPECT_EQ(pooling.divisor(0, 0, 2, 2), 9U);
}

TEST(PoolingClocks, AddUp) {
  const colcomb::PoolingWindow most{};
  const colcomb::PoolingWindow mean{.kind = PoolingKind::kMean};
  EXPECT_EQ(pooling_clocks(std::nullopt, false), 0U);
  EXPECT_EQ(pooling_clocks(std::nullopt, true), 18U);
  EXPECT_EQ(pooling_clocks(most, false), 3U);
  EXPECT_EQ(pooling_clocks(mean, false), 20U);
  EXPECT_EQ(pooling_clocks(mean, true), 38U);
}

}  // namespace
}  // namespace colcomb
