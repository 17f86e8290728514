#include "colcomb/inference/look_up.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "colcomb/base/random.hpp"

namespace colcomb::inference {
namespace {

TEST(LookUp, GivesTheTablesBytesAndTouchesNoOthers) {
  Random random(1);
  TableBytes table;
  for (std::uint8_t& entry : table) entry = static_cast<std::uint8_t>(random.below(256));
  constexpr std::size_t kStep = 211;
  for (const LookUp& look_up : supported_look_ups()) {
    SCOPED_TRACE(look_up.name);
    for (std::size_t count = 0; count <= 200; ++count) {
      std::vector<std::uint8_t> bytes(3 * kStep);
      for (std::size_t i = 0; i < bytes.size(); ++i)
        bytes[i] = static_cast<std::uint8_t>(count + 5 * i / 3);
      std::vector<std::uint8_t> expected = bytes;
      for (std::size_t r = 0; r < 3; ++r) {
        for (std::size_t i = 0; i < count; ++i) {
          std::uint8_t& byte = expected[r * kStep + i];
          byte = table[byte];
        }
      }
      look_up.run(table, {bytes.data(), 3, kStep, count});
      ASSERT_EQ(bytes, expected) << count;
    }
  }
}

TEST(LookUp, KnowsEveryEntry) {
  TableBytes table;
  for (std::size_t p = 0; p < table.size(); ++p) table[p] = static_cast<std::uint8_t>(p * 77 + 13);
  for (const LookUp& look_up : supported_look_ups()) {
    std::vector<std::uint8_t> bytes;
    for (std::size_t p = 0; p < 256; ++p) bytes.push_back(static_cast<std::uint8_t>(p));
    look_up.run(table, {bytes.data(), 1, 0, 256});
    EXPECT_TRUE(std::equal(bytes.begin(), bytes.end(), table.begin())) << look_up.name;
  }
}

}  // namespace
}  // namespace colcomb::inference
