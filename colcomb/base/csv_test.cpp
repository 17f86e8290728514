#include "colcomb/base/csv.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace colcomb {
namespace {

// RFC 4180, section 2, rules 5 to 7.
TEST(Csv, QuotesWhatWouldEndAField) {
  EXPECT_EQ(csv_field("conv0"), "conv0");
  EXPECT_EQ(csv_field(""), "");
  EXPECT_EQ(csv_field(" spaces stay "), " spaces stay ");
  EXPECT_EQ(csv_field("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_field("a\"b"), "\"a\"\"b\"");
  EXPECT_EQ(csv_field("\""), "\"\"\"\"");
  EXPECT_EQ(csv_field("two\nlines"), "\"two\nlines\"");
  EXPECT_EQ(csv_field("a\rb"), "\"a\rb\"");
}

TEST(Csv, RowsHoldFieldsOfAllKinds) {
  EXPECT_EQ(CsvRow("conv,0", 3, 0.25, std::uint64_t{1} << 40U).line(),
            "\"conv,0\",3,0.25,1099511627776\n");
  EXPECT_EQ(CsvRow("", "", 1).line(), ",,1\n");
  EXPECT_EQ(CsvRow("a").add("b\"", 2).line(), "a,\"b\"\"\",2\n");
}

}  // namespace
}  // namespace colcomb
