#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "colcomb/dataset/dataset.hpp"
#include "colcomb/dataset/test_files.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::dataset::tests {
namespace {

namespace fs = std::filesystem;
using colcomb::tests::TemporaryFolder;
using ::testing::HasSubstr;

Octets grey_png(std::uint8_t value) {
  return png(1, 1, PngColour::kGrey, 8, {value});
}

class ImageFolder : public ::testing::Test {
 protected:
  ImageFolder() {
    put(root_ / "train/cat/b.png", grey_png(2));
    put(root_ / "train/cat/a.PNG", grey_png(1));
    put(root_ / "train/ant/z.JPEG", jpeg(4, 6, {100, 100, 100}));
    put(root_ / "train/ant/y.jpg", grey_png(3));  // ImageNet has such a file
    put(root_ / "train/.hidden/x.png", grey_png(9));
    put(root_ / "train/cat/.DS_Store", std::string("x"));
    put(root_ / "train/notes.txt", std::string("x"));
    put(root_ / "val/ant/1.png", grey_png(4));
    put(root_ / "val/cat/1.png", grey_png(5));
  }
  std::unique_ptr<Dataset> open(Split split) { return open_dataset("folder", root_.path(), split); }
  UserError::Parts error(Split split) {
    return error_of([&] { (void)open(split); });
  }

  TemporaryFolder root_;
};

TEST_F(ImageFolder, SortsClassesAndFilesByName) {
  const auto data = open(Split::kTrain);
  ASSERT_EQ(data->size(), 4U);
  EXPECT_EQ(data->channels(), 3U);
  EXPECT_EQ(data->class_names(), (std::vector<std::string>{"ant", "cat"}));
  EXPECT_EQ(labels_of(*data), (std::vector<std::int32_t>{0, 0, 1, 1}));
  EXPECT_EQ(data->read(0).pixels, (Octets{3, 3, 3}));
  EXPECT_EQ(data->read(1).size(), (ImageSize{4, 6}));
  EXPECT_EQ(data->read(2).pixels, (Octets{1, 1, 1}));
  EXPECT_EQ(data->read(3).pixels, (Octets{2, 2, 2}));
}

TEST_F(ImageFolder, TestSplitIsValElseTest) {
  put(root_ / "test/ant/1.png", grey_png(6));
  put(root_ / "test/cat/1.png", grey_png(7));
  EXPECT_EQ(open(Split::kTest)->read(1).pixels, (Octets{5, 5, 5}));
  fs::remove_all(root_ / "val");
  EXPECT_EQ(open_dataset("imagenet", root_.path(), Split::kTest)->read(1).pixels,
            (Octets{7, 7, 7}));
  fs::remove_all(root_ / "test");
  const auto parts = error(Split::kTest);
  EXPECT_EQ(parts.where, root_.path().string());
  EXPECT_THAT(parts.rule, HasSubstr((root_ / "val").string()));
  EXPECT_THAT(parts.rule, HasSubstr((root_ / "test").string()));
}

TEST_F(ImageFolder, MissingTrainFolder) {
  fs::remove_all(root_ / "train");
  EXPECT_THAT(error(Split::kTrain).rule, HasSubstr((root_ / "train").string()));
}

TEST_F(ImageFolder, ClassesMustAgreeBetweenSplits) {
  put(root_ / "val/dog/1.png", grey_png(4));
  EXPECT_EQ(error(Split::kTrain).where, (root_ / "val/dog").string());
  EXPECT_EQ(error(Split::kTest).where, (root_ / "val/dog").string());
  fs::remove_all(root_ / "val/dog");
  fs::remove_all(root_ / "val/ant");
  EXPECT_EQ(error(Split::kTrain).where, (root_ / "train/ant").string());
  EXPECT_EQ(error(Split::kTest).where, (root_ / "train/ant").string());
}

TEST_F(ImageFolder, EmptyFolders) {
  fs::create_directories(root_ / "train/bee");
  fs::create_directories(root_ / "val/bee");
  EXPECT_EQ(error(Split::kTrain).where, (root_ / "train/bee").string());
  fs::remove_all(root_ / "val");
  fs::create_directories(root_ / "val");
  EXPECT_EQ(error(Split::kTest).where, (root_ / "val").string());
}

TEST_F(ImageFolder, PicturesLieAnywhereBelowTheirClass) {
  put(root_ / "train/cat/a/9.png", grey_png(10));
  put(root_ / "train/cat/a.png/1.jpg", grey_png(11));  // a folder named as a picture
  put(root_ / "train/cat/.cache/x.png", grey_png(12));
  put(root_ / "elsewhere/z.png", grey_png(13));
  fs::create_directory_symlink(root_ / "elsewhere", root_ / "train/cat/linked");
  const auto data = open(Split::kTrain);
  std::vector<int> cats;
  for (std::size_t i = 2; i < data->size(); ++i) {
    EXPECT_EQ(data->label(i), 1);
    cats.push_back(data->read(i).pixels.front());
  }
  // In byte order of a.PNG, a.png/1.jpg, a/9.png, b.png, linked/z.png.
  EXPECT_EQ(cats, (std::vector<int>{1, 11, 10, 2, 13}));
}

TEST_F(ImageFolder, OtherFilesAreIgnoredAndCounted) {
  EXPECT_EQ(open(Split::kTrain)->ignored_files(), 0U);  // hidden files and those beside classes
  put(root_ / "train/cat/c.gif", std::string("GIF89a"));
  put(root_ / "train/ant/deep/labels.csv", std::string("x"));
  const auto data = open(Split::kTrain);
  EXPECT_EQ(data->size(), 4U);
  EXPECT_EQ(data->ignored_files(), 2U);
  EXPECT_EQ(open(Split::kTest)->ignored_files(), 0U);
}

TEST_F(ImageFolder, AClassOfOtherFilesAloneIsAnError) {
  put(root_ / "train/bee/b.webp", std::string("RIFF"));
  put(root_ / "val/bee/b.png", grey_png(1));
  const auto parts = error(Split::kTrain);
  EXPECT_EQ(parts.where, (root_ / "train/bee").string());
  EXPECT_EQ(parts.rule, "holds no .jpg, .jpeg or .png files, only others");
}

TEST_F(ImageFolder, ABrokenLinkNamedAsAPictureIsAnError) {
  fs::create_symlink(root_ / "nowhere.png", root_ / "train/cat/link.png");
  EXPECT_EQ(error(Split::kTrain).where, (root_ / "train/cat/link.png").string());
}

TEST_F(ImageFolder, DamagedPictureIsFoundWhenRead) {
  put(root_ / "train/cat/b.png", std::string("garbage"));
  const auto data = open(Split::kTrain);
  EXPECT_EQ(error_of([&] { (void)data->read(3); }).where, (root_ / "train/cat/b.png").string());
}

}  // namespace
}  // namespace colcomb::dataset::tests
