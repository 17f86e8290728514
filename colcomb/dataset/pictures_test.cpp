// Folders of pictures as people have them: without labels, without splits, in grey.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "colcomb/dataset/dataset.hpp"
#include "colcomb/dataset/test_files.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::dataset::tests {
namespace {

using colcomb::tests::TemporaryFolder;
using ::testing::HasSubstr;

Octets one_pixel(std::uint8_t value) {
  return png(1, 1, PngColour::kGrey, 8, {value});
}

TEST(Pictures, AllBelowAFolderWithoutLabels) {
  const TemporaryFolder root;
  put(root / "b.png", one_pixel(2));
  put(root / "deep/er/a.jpg", one_pixel(1));
  put(root / "notes.txt", std::string("x"));
  put(root / ".thumbs/c.png", one_pixel(3));
  const auto data = open_pictures(root.path(), 3);
  ASSERT_EQ(data->size(), 2U);
  EXPECT_EQ(data->ignored_files(), 1U);
  EXPECT_EQ(data->read(0).pixels, (Octets{2, 2, 2}));
  EXPECT_EQ(data->read(1).pixels, (Octets{1, 1, 1}));
  EXPECT_EQ(open_pictures(root.path(), 1)->read(1).pixels, (Octets{1}));
  EXPECT_THAT(error_of([&] { (void)open_pictures(root / "none", 3); }).rule,
              HasSubstr("is no folder of pictures"));
  EXPECT_THAT(error_of([&] { (void)open_pictures(root / "notes.txt", 3); }).rule,
              HasSubstr("is no folder"));
}

TEST(Pictures, GreyIsTheLumaOfColours) {
  const TemporaryFolder root;
  put(root / "train/a/1.png", png(1, 2, PngColour::kRgb, 8, {255, 0, 0, 10, 20, 30}));
  const auto data = open_dataset("folder", root.path(), Split::kTrain, 1);
  EXPECT_EQ(data->channels(), 1U);
  // 0.299 * 255 = 76.2; 0.299 * 10 + 0.587 * 20 + 0.114 * 30 = 18.15
  EXPECT_EQ(data->read(0).pixels, (Octets{76, 18}));
  EXPECT_EQ(normalization_of("folder", 1).mean.size(), 1U);
  EXPECT_NEAR(normalization_of("folder", 1).mean.front(), (.485 + .456 + .406) / 3, 1e-6);
  EXPECT_EQ(normalization_of("cifar10", 1).mean.size(), 3U);
}

TEST(Pictures, WithoutSplitsEveryTenthOfAClassIsTheTests) {
  const TemporaryFolder root;
  for (std::uint8_t i = 0; i < 23; ++i) {
    const std::string number = std::to_string(100 + i);
    put(root / ("cat/" + number + ".png"), one_pixel(i));
    if (i < 9)
      put(root / ("ant/" + number + ".png"), one_pixel(static_cast<std::uint8_t>(100 + i)));
  }
  const auto train = open_dataset("folder", root.path(), Split::kTrain);
  const auto test = open_dataset("folder", root.path(), Split::kTest);
  EXPECT_EQ(train->class_names(), (std::vector<std::string>{"ant", "cat"}));
  EXPECT_EQ(test->class_names(), train->class_names());
  ASSERT_EQ(test->size(), 2U);
  EXPECT_EQ(test->read(0).pixels.front(), 9);
  EXPECT_EQ(test->read(1).pixels.front(), 19);
  ASSERT_EQ(train->size(), 30U);
  EXPECT_EQ(train->read(9 + 9).pixels.front(), 10) << "the tenth is not of the training";
}

TEST(Pictures, TooFewForATestSplitAreAnError) {
  const TemporaryFolder root;
  put(root / "cat/1.png", one_pixel(1));
  EXPECT_EQ(open_dataset("folder", root.path(), Split::kTrain)->size(), 1U);
  EXPECT_THAT(error_of([&] { (void)open_dataset("folder", root.path(), Split::kTest); }).rule,
              HasSubstr("too few pictures for a test split"));
}

}  // namespace
}  // namespace colcomb::dataset::tests
