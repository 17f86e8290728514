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

/// Tiny-ImageNet's layout: 2 classes, 2 training pictures and 3 of validation.
class PictureLists : public ::testing::Test {
 protected:
  PictureLists() {
    std::uint8_t value = 1;
    for (const char* name : {"n01", "n02"}) {
      const fs::path folder = root_ / "train" / name;
      put(folder / "images" / (std::string(name) + "_0.JPEG"), shade(value++));
      put(folder / (std::string(name) + "_boxes.txt"), std::string("n01_0.JPEG\t0\t0\t9\t9\n"));
    }
    for (int i = 0; i < 3; ++i)
      put(root_ / "val/images" / ("val_" + std::to_string(i) + ".JPEG"), shade(value++));
    put(root_ / "test/images/test_0.JPEG", shade(9));
    list("val_1.JPEG\tn01\t0\t32\t44\t62\nval_0.JPEG\tn02\t1\t2\t3\t4\r\nval_2.JPEG\tn01\n\n");
  }
  static Octets shade(std::uint8_t value) { return png(1, 1, PngColour::kGrey, 8, {value}); }
  void list(const std::string& text) { put(root_ / "val/val_annotations.txt", text); }
  std::unique_ptr<Dataset> open(Split split) {
    return open_dataset("imagenet", root_.path(), split);
  }
  UserError::Parts refusal() {
    return error_of([&] { (void)open(Split::kTest); });
  }

  TemporaryFolder root_;
};

TEST_F(PictureLists, TinyImageNetIsReadAsItIs) {
  const auto train = open(Split::kTrain);
  EXPECT_EQ(train->size(), 2U);
  EXPECT_EQ(train->ignored_files(), 2U);
  const auto val = open(Split::kTest);
  EXPECT_EQ(val->class_names(), (std::vector<std::string>{"n01", "n02"}));
  EXPECT_EQ(labels_of(*val), (std::vector<std::int32_t>{1, 0, 0}));
  EXPECT_EQ(val->read(0).pixels.front(), 3);
  EXPECT_EQ(val->read(2).pixels.front(), 5);
  EXPECT_EQ(val->source(), root_ / "val/images");
}

TEST_F(PictureLists, PicturesMayLieBesideTheList) {
  fs::rename(root_ / "val/images/val_0.JPEG", root_ / "val/a.jpg");
  fs::remove_all(root_ / "val/images");
  list("a.jpg\tn02\n");
  const auto val = open(Split::kTest);
  EXPECT_EQ(labels_of(*val), (std::vector<std::int32_t>{1}));
  EXPECT_EQ(val->read(0).pixels.front(), 3);
}

TEST_F(PictureLists, LinesThatDoNotFitAreNamed) {
  const auto expect = [&](const std::string& text, const std::string& field,
                          const std::string& rule) {
    list(text);
    const auto parts = refusal();
    EXPECT_EQ(parts.where, (root_ / "val/val_annotations.txt").string());
    EXPECT_EQ(parts.field, field) << text;
    EXPECT_THAT(parts.rule, HasSubstr(rule)) << text;
  };
  expect("val_0.JPEG n01\n", "line 1", "must be PICTURE, a tab and its CLASS");
  expect("val_0.JPEG\tn01\nval_1.JPEG\t\n", "line 2", "names no class");
  expect("val_0.JPEG\tn03\n", "class", "is no folder of");
  expect("val_7.JPEG\tn01\n", "picture", "is no file in");
  expect("../images/val_0.JPEG\tn01\n", "line 1", "without '..'");
  expect("/etc/passwd\tn01\n", "line 1", "below the folder");
  expect("val_0.JPEG\tn01\nval_0.JPEG\tn02\n", "picture", "is listed twice");
  expect("\n", "", "lists no pictures");
}

TEST_F(PictureLists, ImageNetsFlatPicturesNeedAList) {
  fs::remove_all(root_ / "val");
  put(root_ / "val/ILSVRC2012_val_00000001.JPEG", shade(1));
  EXPECT_THAT(refusal().rule, HasSubstr("a file val_annotations.txt that lists them"));
}

}  // namespace
}  // namespace colcomb::dataset::tests
