#include "colcomb/dataset/splits.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "colcomb/base/error.hpp"
#include "colcomb/dataset/test_files.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/tiny_cifar.hpp"

namespace colcomb::dataset::tests {
namespace {

/// 5 x 40 training images, 4 of each class in a batch, and 40 test images.
class OpenSplits : public testing::Test {
 protected:
  OpenSplits() {
    colcomb::tests::write_tiny_cifar(folder_ / "data", 40);
    options_.name = "cifar10";
    options_.root = folder_ / "data";
  }
  [[nodiscard]] Splits open(std::uint64_t seed = 1) const {
    return open_splits(options_, {32, 32}, seed);
  }

  colcomb::tests::TemporaryFolder folder_;
  DataOptions options_;
};

TEST_F(OpenSplits, HoldsValidationImagesOutOfTheTrainingSplit) {
  options_.validation_ratio = 0.25;
  const Splits splits = open();
  EXPECT_EQ(splits.train.size(), 150U);  // 20 of each class, of which 5 are held out
  EXPECT_EQ(splits.validation.size(), 50U);
  EXPECT_EQ(splits.test.size(), 40U);
  std::set<std::size_t> all(splits.train.begin(), splits.train.end());
  all.insert(splits.validation.begin(), splits.validation.end());
  EXPECT_EQ(all.size(), 200U);  // no image is in both
  std::vector<int> of_class(10);
  for (const std::size_t i : splits.validation)
    ++of_class[static_cast<std::size_t>(splits.train_set->label(i))];
  EXPECT_EQ(of_class, std::vector<int>(10, 5));
}

TEST_F(OpenSplits, TakesTheFirstOfEachClass) {
  options_.sample_ratio = 0.2;
  options_.validation_ratio = 0;
  const Splits splits = open();
  std::vector<std::size_t> first(40);  // every class has 4 images in the first batch: a fifth
  for (std::size_t i = 0; i < 40; ++i) first[i] = i;
  EXPECT_EQ(splits.train, first);
  EXPECT_TRUE(splits.validation.empty());
}

TEST_F(OpenSplits, TransformsAreTheOptions) {
  options_.crop_padding = 2;
  options_.cutout = 5;
  const Splits splits = open();
  EXPECT_EQ(splits.train_transform.kind, TransformOptions::Kind::kCrop);
  EXPECT_TRUE(splits.train_transform.flip);
  EXPECT_EQ(splits.train_transform.padding, 2U);
  EXPECT_EQ(splits.train_transform.cutout, 5U);
  EXPECT_EQ(splits.test_transform.kind, TransformOptions::Kind::kPad);
  EXPECT_FALSE(splits.test_transform.flip);
  EXPECT_EQ(splits.test_transform.cutout, 0U);
  options_.augment = false;
  EXPECT_EQ(open().train_transform.kind, TransformOptions::Kind::kPad);
}

TEST_F(OpenSplits, ValidationFollowsTheSeed) {
  options_.validation_ratio = 0.25;
  EXPECT_EQ(open(1).validation, open(1).validation);
  EXPECT_NE(open(1).validation, open(2).validation);
}

TEST_F(OpenSplits, NamesTheOptionThatDoesNotFit) {
  options_.classes = 7;
  EXPECT_EQ(error_of([&] { (void)open(); }).field, "data.classes");
  options_.classes = 10;
  options_.input_channels = 1;
  EXPECT_EQ(error_of([&] { (void)open(); }).field, "data.input_channels");
}

TEST(UsualInputSize, IsLargeForFolders) {
  EXPECT_EQ(usual_input_size("cifar10"), 32U);
  EXPECT_EQ(usual_input_size("folder"), 224U);
  EXPECT_EQ(usual_input_size("imagenet"), 224U);
}

}  // namespace
}  // namespace colcomb::dataset::tests
