#include "colcomb/cost/sram.hpp"

#include <gtest/gtest.h>

namespace colcomb::cost {
namespace {

using Names = std::set<std::string>;

// 24,000 bytes of macros of 512 x 8: 47.
TEST(BankCost, TakesTwoPortMacrosOfTheWordsWidth) {
  const Technology t = find_technology("sg13g2");
  const BankCost bank = bank_cost(t, 24'000, 8);
  EXPECT_EQ(bank.read.entries, (Names{"sram.2p.8bit.512B.read"}));
  EXPECT_DOUBLE_EQ(bank.read.value->low, 11.3447);
  EXPECT_DOUBLE_EQ(bank.write.value->low, 14.0418);
  EXPECT_DOUBLE_EQ(bank.area.value->low, 47 * 57397);
  EXPECT_DOUBLE_EQ(bank.leakage.value->low, 47 * 79.7e-6);
  EXPECT_FALSE(bank.block_rams.value);
  // The smallest that holds all: 256 x 8.
  EXPECT_EQ(bank_cost(t, 100, 8).area.entries, (Names{"sram.2p.8bit.256B.area"}));
}

// 128 bits: four macros of 32 side by side, each of 1024 words for 16,384 bytes; an access pays
// four.
TEST(BankCost, PutsMacrosSideBySideForWiderWords) {
  const Technology t = find_technology("sg13g2");
  const BankCost bank = bank_cost(t, 16'384, 128);
  EXPECT_DOUBLE_EQ(bank.read.value->low, 4 * 48.2666);
  EXPECT_DOUBLE_EQ(bank.area.value->low, 4 * 264167);
  // 24 bits are three of 8.
  EXPECT_DOUBLE_EQ(bank_cost(t, 600, 24).read.value->low, 3 * 8.285);
}

// 3 KiB between 2 (1.838) and 4 (3.305): exp(0.415037 ln 1.838 + 0.584963 ln 3.305) = 2.5907.
TEST(BankCost, InterpolatesSizesOfAModelInLogarithms) {
  const Technology t = find_technology("cmos45");
  const BankCost bank = bank_cost(t, 3 * 1024, 8);
  EXPECT_NEAR(bank.read.value->low, 2.5907, 1e-4);
  EXPECT_TRUE(bank.read.assumptions.contains("log_sizes"));
  EXPECT_TRUE(bank.read.assumptions.contains("single_port"));
  EXPECT_FALSE(bank.read.assumptions.contains("other_width"));
  // The area of words of 8 bits is that of 32.
  EXPECT_EQ(bank.area.entries, (Names{"sram.1p.32bit.2048B.area", "sram.1p.32bit.4096B.area"}));
  EXPECT_TRUE(bank.area.assumptions.contains("other_width"));
  EXPECT_DOUBLE_EQ(bank_cost(t, 4096, 8).read.value->low, 3.305);
}

// Never beyond the table: below it the smallest, above it several of the largest.
TEST(BankCost, NeverExtrapolates) {
  const Technology t = find_technology("cmos45");
  EXPECT_DOUBLE_EQ(bank_cost(t, 10, 32).read.value->low, 1.324);
  const BankCost large = bank_cost(t, 2 * 512 * 1024, 32);
  EXPECT_DOUBLE_EQ(large.read.value->low, 45.733);
  EXPECT_DOUBLE_EQ(large.area.value->low, 2 * 1.7739e6);
}

TEST(BankCost, CountsBlockRams) {
  const Technology t = find_technology("ice40-hx8k");
  EXPECT_EQ(bank_cost(t, 1024, 8).block_rams.value, (Range{2, 2}));
  EXPECT_EQ(bank_cost(t, 1, 8).block_rams.value, (Range{1, 1}));
  EXPECT_EQ(bank_cost(t, 2048, 32).block_rams.value, (Range{4, 4}));
  EXPECT_FALSE(bank_cost(t, 1024, 8).read.value);
}

}  // namespace
}  // namespace colcomb::cost
