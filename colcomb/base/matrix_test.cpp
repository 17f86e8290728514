#include "colcomb/base/matrix.hpp"

#include <gtest/gtest.h>

namespace colcomb {
namespace {

TEST(Matrix, IsRowMajor) {
  const Matrix<int> m(2, 3, std::vector<int>{1, 2, 3, 4, 5, 6});
  EXPECT_EQ(m(0, 2), 3);
  EXPECT_EQ(m(1, 0), 4);
  EXPECT_EQ(m.row(1)[1], 5);
}

TEST(Matrix, RefusesValuesThatDoNotFillIt) {
  EXPECT_THROW((Matrix<int>(2, 3, std::vector<int>{1, 2})), InternalError);
}

TEST(Matrix, CountsNonzeros) {
  EXPECT_EQ(count_nonzeros(Matrix<float>(2, 2, std::vector<float>{0.0F, -0.0F, 1.0F, -2.0F})), 2U);
  EXPECT_EQ(count_nonzeros(Matrix<float>()), 0U);
}

}  // namespace
}  // namespace colcomb
