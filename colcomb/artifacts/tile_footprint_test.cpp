#include "colcomb/artifacts/tile_footprint.hpp"

#include <gtest/gtest.h>

#include "colcomb/base/random.hpp"

namespace colcomb {
namespace {

/// Word by word.
std::optional<Footprint> plain_footprint(const PlaneReader& r, std::uint64_t begin,
                                         std::uint64_t words) {
  std::optional<Footprint> result;
  for (std::uint64_t word = begin; word < begin + words; ++word) {
    const std::uint64_t image = word / (r.out_height * r.out_width);
    const auto y = static_cast<std::int64_t>(word / r.out_width % r.out_height * r.stride) + r.dy;
    const auto x = static_cast<std::int64_t>(word % r.out_width * r.stride) + r.dx;
    if (y < 0 || x < 0 || y >= static_cast<std::int64_t>(r.in_height) ||
        x >= static_cast<std::int64_t>(r.in_width))
      continue;
    const std::uint64_t byte = (image * r.in_height + static_cast<std::uint64_t>(y)) * r.in_width +
                               static_cast<std::uint64_t>(x);
    if (!result) result = Footprint{byte, byte};
    result->first = std::min(result->first, byte);
    result->last = std::max(result->last, byte);
  }
  return result;
}

TEST(TileFootprint, EqualsTheWordsOneByOne) {
  Random random(5);
  std::size_t found = 0;
  for (int i = 0; i < 20'000; ++i) {
    PlaneReader reader{1 + random.below(5),
                       1 + random.below(5),
                       1 + random.below(5),
                       1 + random.below(5),
                       1 + random.below(3),
                       static_cast<std::int64_t>(random.below(13)) - 6,
                       static_cast<std::int64_t>(random.below(13)) - 6};
    const std::uint64_t all = 3 * reader.out_height * reader.out_width;
    const std::uint64_t begin = random.below(all);
    const std::uint64_t words = random.below(all - begin + 1);
    const auto expected = plain_footprint(reader, begin, words);
    ASSERT_EQ(footprint(reader, begin, words), expected) << i;
    found += expected ? 1 : 0;
  }
  EXPECT_GT(found, 2'000U);
}

}  // namespace
}  // namespace colcomb
