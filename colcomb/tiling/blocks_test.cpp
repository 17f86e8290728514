#include "colcomb/tiling/blocks.hpp"

#include <gtest/gtest.h>

#include <set>

#include "tests/support/effort.hpp"
#include "tests/support/random_network.hpp"

namespace colcomb::tiling {
namespace {

/// The rows from the first to the last that the words of each image reach, collected word by word,
/// rows of all images counted on.
std::set<std::int64_t> naive_rows(const ReadWindow& window, const LayerDescription& description,
                                  std::uint64_t begin, std::uint64_t words) {
  const auto pixels = description.words().words();
  const auto height = static_cast<std::int64_t>(description.in_height);
  std::set<std::int64_t> rows;
  if (window.channels == 0) return rows;
  std::set<std::uint64_t> images;
  for (std::uint64_t w = begin; w < begin + words; ++w) images.insert(w / pixels);
  for (const std::uint64_t image : images) {
    std::set<std::int64_t> touched;
    for (std::uint64_t w = begin; w < begin + words; ++w) {
      if (w / pixels != image) continue;
      const auto y = static_cast<std::int64_t>(w % pixels / description.words().width());
      for (const std::int64_t dy : {window.least_dy, window.most_dy})
        touched.insert(y * static_cast<std::int64_t>(description.stride) + dy);
    }
    for (std::int64_t row = *touched.begin(); row <= *touched.rbegin(); ++row) {
      if (row >= 0 && row < height) rows.insert(static_cast<std::int64_t>(image) * height + row);
    }
  }
  return rows;
}

/// What of some groups' columns a word reads.
ReadWindow random_window_of(Random& random, const QuantizedLayer& layer,
                            const LayerDescription& description) {
  ReadWindow window;
  for (const auto& group : layer.weights.groups.groups) {
    if (random.below(2) == 0) continue;
    widen(window, group, description);
    window.channels += group.size();
  }
  return window;
}

TEST(Blocks, RowsEqualThoseFoundWordByWord) {
  std::size_t empty = 0;
  for (std::uint64_t seed = 1; seed <= tests::cases(300); ++seed) {
    Random random(seed);
    const QuantizedNetwork network = tests::random_quantized_network(random);
    for (std::size_t i = 0; i < network.layer_count(); ++i) {
      const LayerDescription& description = network.description.layer(i);
      const ReadWindow window = random_window_of(random, network.layer(i), description);
      const std::uint64_t words = 3 * description.words().words();
      const std::uint64_t begin = random.below(words);
      const std::uint64_t length = 1 + random.below(words - begin);
      const ByteRange range = rows_read(window, description, begin, length);
      const std::set<std::int64_t> rows = naive_rows(window, description, begin, length);
      ByteRange expected;
      if (!rows.empty()) {
        expected.begin = static_cast<std::uint64_t>(*rows.begin()) * description.in_width;
        expected.end = static_cast<std::uint64_t>(*rows.rbegin() + 1) * description.in_width;
      }
      EXPECT_EQ(range, expected) << "seed " << seed << ", layer " << i;
      empty += rows.empty() ? 1U : 0U;
    }
  }
  EXPECT_GT(empty, tests::cases(10));
}

TEST(Blocks, WordsInsideEqualThoseCountedOneByOne) {
  for (std::uint64_t seed = 1; seed <= tests::cases(300); ++seed) {
    Random random(seed);
    const NetworkDescription network = tests::random_description(random);
    for (std::size_t i = 0; i < network.layer_count(); ++i) {
      const LayerDescription& description = network.layer(i);
      const std::uint64_t pixels = description.words().words();
      const std::uint64_t begin = random.below(3 * pixels);
      const std::uint64_t length = random.below(3 * pixels - begin + 1);
      const Column& column = description.columns[random.below(description.columns.size())];
      std::uint64_t expected = 0;
      for (std::uint64_t w = begin; w < begin + length; ++w) {
        const auto p = static_cast<std::int64_t>(w % pixels);
        const auto width = static_cast<std::int64_t>(description.words().width());
        const auto stride = static_cast<std::int64_t>(description.stride);
        const std::int64_t y = p / width * stride + column.dy;
        const std::int64_t x = p % width * stride + column.dx;
        const bool inside = y >= 0 && y < static_cast<std::int64_t>(description.in_height) &&
                            x >= 0 && x < static_cast<std::int64_t>(description.in_width);
        expected += inside ? 1U : 0U;
      }
      EXPECT_EQ(words_inside(description, column.dy, column.dx, begin, length), expected)
          << "seed " << seed << ", layer " << i;
    }
  }
}

// A 4 x 3 map, dy -1 to 1: word 0 touches rows -1 to 1, of which two exist.
TEST(Blocks, HaloIsClippedToTheMap) {
  LayerDescription description;
  description.in_height = 4;
  description.in_width = 3;
  const ReadWindow window{2, -1, 1};
  const auto rows = [&](std::uint64_t first, std::uint64_t end) {
    return ByteRange{3 * first, 3 * end};
  };
  EXPECT_EQ(rows_read(window, description, 0, 1), rows(0, 2));
  EXPECT_EQ(rows_read(window, description, 3, 1), rows(0, 3));
  EXPECT_EQ(rows_read(window, description, 2, 2), rows(0, 3));     // rows 0 and 1 touch 0 to 2
  EXPECT_EQ(rows_read(window, description, 0, 12), rows(0, 4));    // the whole map
  EXPECT_EQ(rows_read(window, description, 11, 2), rows(2, 6));    // 2 rows in each of 2 images
  EXPECT_EQ(rows_read(window, description, 11, 14), rows(2, 10));  // and a whole one between
  EXPECT_TRUE(rows_read({}, description, 0, 12).empty());
}

// Two output rows on a map of one, stride 3: the second row's words read nothing, and a block that
// begins there begins with the next image.
TEST(Blocks, RangesBeginWithTheNextImageBelowTheMap) {
  LayerDescription description;
  description.in_height = 1;
  description.in_width = 5;
  description.stride = 3;
  description.window = Window{.out_height = 2, .out_width = 1};
  EXPECT_TRUE(rows_read({1, 0, 0}, description, 1, 1).empty());
  EXPECT_EQ(rows_read({1, 0, 0}, description, 1, 2), (ByteRange{5, 10}));
}

TEST(Blocks, BurstsAreWhole) {
  ArrayConfig config;
  config.dram_burst_bytes = 8;
  EXPECT_EQ(whole_bursts({7, 9}, config), (ByteRange{0, 16}));
  EXPECT_EQ(whole_bursts({8, 16}, config), (ByteRange{8, 16}));
  EXPECT_EQ(burst_bytes({15, 17}, config), 16U);
  EXPECT_EQ(burst_bytes({3, 4}, config), 8U);
  EXPECT_EQ(burst_bytes({3, 3}, config), 0U);
}

TEST(Blocks, LargestBlockEqualsTheOneFoundByTryingAll) {
  LayerDescription description;
  description.in_height = 7;
  description.in_width = 5;
  const ReadWindow window{3, -1, 2};
  const std::uint64_t words = 2 * 35;
  for (std::uint64_t limit = 0; limit < 250; limit += 3) {
    const auto fits = [&](std::uint64_t begin, std::uint64_t length) {
      const ByteRange range = rows_read(window, description, begin, length);
      return 2 * (range.end - range.begin) + length <= limit;
    };
    std::uint64_t expected = 0;
    std::uint64_t expected_rows = 0;  // of whole rows of 5
    for (std::uint64_t b = 1; b <= words; ++b) {
      bool all = true;
      for (std::uint64_t begin = 0; begin < words; begin += b)
        all = all && fits(begin, std::min(b, words - begin));
      if (all) expected = b;
      if (all && b % 5 == 0) expected_rows = b;
    }
    EXPECT_EQ(largest_block(words, 1, fits), expected) << "limit " << limit;
    EXPECT_EQ(largest_block(words, 5, fits), expected_rows) << "limit " << limit;
  }
}

}  // namespace
}  // namespace colcomb::tiling
