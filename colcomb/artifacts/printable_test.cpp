#include "colcomb/artifacts/printable.hpp"

#include <gtest/gtest.h>

#include "colcomb/base/error.hpp"

namespace colcomb {
namespace {

// Limits of each sequence length: Unicode standard, table 3-7 (well-formed UTF-8 byte sequences).
TEST(Printable, WellFormedUtf8WithoutControlCharacters) {
  for (const char* text :
       {"", " ", "conv0", "a,\"b\"", "~", "Sch\xc3\xb6n", "\xc2\xa0", "\xdf\xbf", "\xe0\xa0\x80",
        "\xed\x9f\xbf", "\xee\x80\x80", "\xef\xbf\xbd", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"})
    EXPECT_TRUE(is_printable(text)) << text;
}

TEST(Printable, ControlCharactersAndMalformedBytesAreNot) {
  for (const char* text : {"\n", "a\tb", "\x1b[0m", "\x7f", "\xc2\x80", "\xc2\x9f", "\xff", "\x80",
                           "\xc0\xaf", "\xc1\xbf", "\xc3", "\xc3(", "\xe0\x9f\xbf", "\xed\xa0\x80",
                           "\xe2\x82", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80"})
    EXPECT_FALSE(is_printable(text)) << text;
  EXPECT_FALSE(is_printable(std::string("a\0b", 3)));
}

TEST(Printable, TheErrorIsPrintableItself) {
  try {
    require_printable("a\"\xff\n", "net.ckpt", "layer name");
    FAIL() << "accepted";
  } catch (const UserError& error) {
    EXPECT_TRUE(is_printable(error.what()));
    EXPECT_NE(std::string(error.what()).find(R"(a"\xff\x0a)"), std::string::npos) << error.what();
    EXPECT_NE(std::string(error.what()).find("layer name"), std::string::npos);
  }
}

}  // namespace
}  // namespace colcomb
