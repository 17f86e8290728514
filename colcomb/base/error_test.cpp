#include "colcomb/base/error.hpp"

#include <gtest/gtest.h>

namespace colcomb {
namespace {

TEST(UserError, NamesFileFieldValueAndRule) {
  const UserError error = file_error("a.idx", "magic number", "0x123", "must be 0x803");
  EXPECT_STREQ(error.what(), "a.idx: magic number is '0x123': must be 0x803");
  EXPECT_EQ(error.kind(), UserError::Kind::kFailed);
}

TEST(UserError, LeavesOutWhatIsUnknown) {
  EXPECT_STREQ(file_error("a.idx", "", "", "cannot be opened").what(), "a.idx: cannot be opened");
  const UserError usage = usage_error("--alpha", "0", "must be 1 to 64");
  EXPECT_STREQ(usage.what(), "--alpha: '0': must be 1 to 64");
  EXPECT_EQ(usage.kind(), UserError::Kind::kUsage);
}

TEST(UserError, NamesAFieldOfOptions) {
  const UserError error = option_error("pruning.rate", "1", "must be below 1");
  EXPECT_STREQ(error.what(), "pruning.rate is '1': must be below 1");
  EXPECT_EQ(error.kind(), UserError::Kind::kUsage);
  EXPECT_EQ(error.parts().field, "pruning.rate");
}

}  // namespace
}  // namespace colcomb
