#include "colcomb/tiling/blocks.hpp"

#include <gtest/gtest.h>

#include <set>
#include <tuple>

#include "tests/support/random_network.hpp"

namespace colcomb::tiling {
namespace {

/// The rows touched, collected word by word.
std::uint64_t naive_bytes(const QuantizedLayer& layer, const LayerDescription& description,
                          std::size_t group_begin, std::size_t groups, std::uint64_t begin,
                          std::uint64_t words) {
  std::set<std::int32_t> channels;
  std::set<int> offsets;
  for (std::size_t g = group_begin; g < group_begin + groups; ++g) {
    for (const auto m : layer.weights.groups.groups[g]) {
      channels.insert(description.columns[m].channel);
      offsets.insert(description.columns[m].dy);
    }
  }
  if (channels.empty()) return 0;
  const auto pixels = description.out_height() * description.out_width();
  std::set<std::uint64_t> images;
  for (std::uint64_t w = begin; w < begin + words; ++w) images.insert(w / pixels);
  std::uint64_t rows = 0;
  for (const std::uint64_t image : images) {
    std::set<std::int64_t> touched;
    for (std::uint64_t w = begin; w < begin + words; ++w) {
      if (w / pixels != image) continue;
      const auto y = static_cast<std::int64_t>(w % pixels / description.out_width());
      for (const int dy : {*offsets.begin(), *offsets.rbegin()})
        touched.insert(y * static_cast<std::int64_t>(description.stride) + dy);
    }
    for (std::int64_t row = *touched.begin(); row <= *touched.rbegin(); ++row)
      rows += row >= 0 && row < static_cast<std::int64_t>(description.in_height) ? 1U : 0U;
  }
  return rows * description.in_width * channels.size();
}

TEST(Blocks, BytesEqualThoseCountedWordByWord) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Random random(seed);
    const QuantizedNetwork network = tests::random_quantized_network(random);
    for (std::size_t i = 0; i < network.layer_count(); ++i) {
      const QuantizedLayer& layer = network.layer(i);
      const LayerDescription& description = network.description.layer(i);
      const std::size_t all = layer.weights.groups.size();
      const std::size_t group_begin = random.below(all + 1);
      const std::size_t groups = random.below(all - group_begin + 1);
      const std::uint64_t words = 3 * description.out_height() * description.out_width();
      const std::uint64_t begin = random.below(words);
      const std::uint64_t length = 1 + random.below(words - begin);
      EXPECT_EQ(block_bytes(window_of(layer, description, group_begin, groups), description, begin,
                            length),
                naive_bytes(layer, description, group_begin, groups, begin, length))
          << "seed " << seed << ", layer " << i;
    }
  }
}

// A 4 x 3 map, two channels, dy -1 to 1: word 0 touches rows -1 to 1, of which two exist.
TEST(Blocks, HaloIsClippedToTheMap) {
  LayerDescription description;
  description.in_height = 4;
  description.in_width = 3;
  const ReadWindow window{2, -1, 1};
  EXPECT_EQ(block_bytes(window, description, 0, 1), 2U * 2 * 3);
  EXPECT_EQ(block_bytes(window, description, 3, 1), 2U * 3 * 3);
  EXPECT_EQ(block_bytes(window, description, 2, 2), 2U * 3 * 3);    // rows 0 and 1 touch 0 to 2
  EXPECT_EQ(block_bytes(window, description, 0, 12), 2U * 4 * 3);   // the whole map
  EXPECT_EQ(block_bytes(window, description, 11, 2), 2U * 4 * 3);   // 2 rows in each of 2 images
  EXPECT_EQ(block_bytes(window, description, 11, 14), 2U * 8 * 3);  // and a whole one between
  EXPECT_EQ(block_bytes({2, 4, 4}, description, 0, 12), 0U);        // all padding
  EXPECT_EQ(block_bytes({}, description, 0, 12), 0U);
}

TEST(Blocks, LargestBlockEqualsTheOneFoundByTryingAll) {
  LayerDescription description;
  description.in_height = 7;
  description.in_width = 5;
  const ReadWindow window{3, -1, 2};
  const std::uint64_t words = 2 * 35;
  for (std::uint64_t limit = 0; limit < 500; limit += 7) {
    const auto fits = [&](std::uint64_t begin, std::uint64_t length) {
      return 2 * block_bytes(window, description, begin, length) + length <= limit;
    };
    std::uint64_t expected = 0;
    for (std::uint64_t b = 1; b <= 60; ++b) {
      bool all = true;
      for (std::uint64_t begin = 0; begin < words; begin += b)
        all = all && fits(begin, std::min(b, words - begin));
      if (all) expected = b;
    }
    EXPECT_EQ(largest_block(words, 60, fits), expected) << "limit " << limit;
  }
}

}  // namespace
}  // namespace colcomb::tiling
