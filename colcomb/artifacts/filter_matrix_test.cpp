#include "colcomb/artifacts/filter_matrix.hpp"

#include <gtest/gtest.h>

namespace colcomb {
namespace {

TEST(ExpandGroupedConvolution, PutsEachPartOfTheFiltersOnItsOwnChannels) {
  const Matrix<float> weights(4, 2, std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8});
  EXPECT_EQ(expand_grouped_convolution(weights, 1), weights);
  EXPECT_EQ(expand_grouped_convolution(weights, 2), Matrix<float>(4, 4,
                                                                  std::vector<float>{1, 2, 0, 0,  //
                                                                                     3, 4, 0, 0,  //
                                                                                     0, 0, 5, 6,  //
                                                                                     0, 0, 7, 8}));
}

TEST(ExpandGroupedConvolution, DepthwiseIsOneFilterPerChannel) {
  const Matrix<float> weights(2, 3, std::vector<float>{1, 2, 3, 4, 5, 6});  // two 1 x 3 kernels
  EXPECT_EQ(expand_grouped_convolution(weights, 2),
            Matrix<float>(2, 6,
                          std::vector<float>{1, 2, 3, 0, 0, 0,  //
                                             0, 0, 0, 4, 5, 6}));
}

}  // namespace
}  // namespace colcomb
