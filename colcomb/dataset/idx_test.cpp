#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "colcomb/dataset/dataset.hpp"
#include "colcomb/dataset/test_files.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::dataset::tests {
namespace {

namespace fs = std::filesystem;
using colcomb::tests::TemporaryFolder;
using ::testing::HasSubstr;

constexpr std::uint32_t kImages = 0x803;
constexpr std::uint32_t kLabels = 0x801;

// Three pictures of 2 rows and 3 columns.
Octets images() {
  return idx({kImages, 3, 2, 3}, ramp(18));
}

Octets labels() {
  return idx({kLabels, 3}, {9, 0, 4});
}

void expect_the_three(const Dataset& data) {
  ASSERT_EQ(data.size(), 3U);
  EXPECT_EQ(data.class_count(), 10U);
  EXPECT_EQ(data.channels(), 1U);
  EXPECT_EQ(labels_of(data), (std::vector<std::int32_t>{9, 0, 4}));
  for (std::size_t i = 0; i < 3; ++i)
    EXPECT_EQ(data.read(i), (Image{1, 2, 3, ramp(6, 7 + 13 * 6 * i)})) << i;
}

TEST(Idx, ReadsEverySpellingInEveryPlace) {
  for (const std::string dot : {"-", "."}) {
    for (const bool zipped : {false, true}) {
      for (const std::string place : {"", "mnist", "mnist/raw", "MNIST/raw", "raw"}) {
        const TemporaryFolder root;
        const auto write =
            zipped ? put_gzipped : static_cast<void (*)(const fs::path&, const Octets&)>(put);
        const std::string end = zipped ? "-ubyte.gz" : "-ubyte";
        write(root / place / ("train-images" + dot + "idx3" + end), images());
        write(root / place / ("train-labels" + dot + "idx1" + end), labels());
        expect_the_three(*open_dataset("mnist", root.path(), Split::kTrain));
      }
    }
  }
}

TEST(Idx, TestSplitHasFilesOfItsOwn) {
  const TemporaryFolder root;
  put(root / "fashion-mnist/t10k-images-idx3-ubyte", images());
  put(root / "fashion-mnist/t10k-labels-idx1-ubyte", labels());
  const auto data = open_dataset("fashion-mnist", root.path(), Split::kTest);
  expect_the_three(*data);
  EXPECT_EQ(data->class_names()[9], "Ankle boot");
  EXPECT_EQ(data->source(), root / "fashion-mnist");
}

TEST(Idx, MissingFilesNameEveryPlace) {
  const TemporaryFolder root;
  const auto parts = error_of([&] { (void)open_dataset("mnist", root.path(), Split::kTrain); });
  EXPECT_EQ(parts.where, "train-images-idx3-ubyte");
  for (const auto* place : {"", "mnist", "mnist/raw", "MNIST/raw", "raw"})
    EXPECT_THAT(parts.rule, HasSubstr((root / place).string()));
  EXPECT_THAT(parts.rule, HasSubstr("train-images.idx3-ubyte.gz"));
}

TEST(Idx, HalfAPairIsAnErrorEvenWhereDebianHasTheWhole) {
  const TemporaryFolder root;
  put(root / "train-images-idx3-ubyte", images());
  const auto parts =
      error_of([&] { (void)open_dataset("fashion-mnist", root.path(), Split::kTrain); });
  EXPECT_EQ(parts.where, (root / "train-labels-idx1-ubyte").string());
}

class DamagedIdx : public ::testing::Test {
 protected:
  DamagedIdx()
      : images_(root_ / "train-images-idx3-ubyte"), labels_(root_ / "train-labels-idx1-ubyte") {
    put(images_, images());
    put(labels_, labels());
  }
  void expect_error(const fs::path& file, const std::string& field, const std::string& value,
                    const std::string& rule) {
    const auto parts = error_of([&] { (void)open_dataset("mnist", root_.path(), Split::kTrain); });
    EXPECT_EQ(parts.where, file.string());
    EXPECT_EQ(parts.field, field);
    EXPECT_EQ(parts.value, value);
    EXPECT_EQ(parts.rule, rule);
  }

  TemporaryFolder root_;
  fs::path images_;
  fs::path labels_;
};

TEST_F(DamagedIdx, EveryTruncationOfEitherFile) {
  for (const auto& [path, whole, header] :
       {std::tuple{images_, images(), 16U}, std::tuple{labels_, labels(), 8U}}) {
    for (std::size_t size = 0; size < whole.size(); ++size) {
      put(path, Octets(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
      const auto parts =
          error_of([&] { (void)open_dataset("mnist", root_.path(), Split::kTrain); });
      EXPECT_EQ(parts.where, path.string()) << size;
      EXPECT_EQ(parts.field, size < header ? "size" : "size after the header") << size;
    }
    put(path, whole);
  }
}

TEST_F(DamagedIdx, OneByteTooMany) {
  put(images_, idx({kImages, 3, 2, 3}, ramp(19)));
  expect_error(images_, "size after the header", "19 bytes",
               "must be 3 x 2 x 3 bytes, as the header says");
}

TEST_F(DamagedIdx, WrongMagic) {
  put(images_, idx({kLabels, 3, 2, 3}, ramp(18)));
  expect_error(images_, "magic number", "0x00000801", "must be 0x00000803");
  put(images_, images());
  put(labels_, idx({0x01080000, 3}, {9, 0, 4}));
  expect_error(labels_, "magic number", "0x01080000", "must be 0x00000801");
}

TEST_F(DamagedIdx, DimensionsOfZero) {
  put(images_, idx({kImages, 0, 2, 3}, {}));
  expect_error(images_, "number of images", "0", "must be at least 1");
  put(images_, idx({kImages, 3, 0, 3}, {}));
  expect_error(images_, "rows", "0", "must be at least 1");
  put(images_, idx({kImages, 3, 2, 0}, {}));
  expect_error(images_, "columns", "0", "must be at least 1");
}

TEST_F(DamagedIdx, DimensionsWhoseProductOverflowsToTheSize) {
  // 2^31 * 2^31 * 4 = 2^64, which is 0 in 64 bits.
  put(images_, idx({kImages, 1U << 31, 1U << 31, 4}, {}));
  expect_error(images_, "size after the header", "0 bytes",
               "must be 2147483648 x 2147483648 x 4 bytes, as the header says");
}

TEST_F(DamagedIdx, LabelCountDiffers) {
  put(labels_, idx({kLabels, 2}, {9, 0}));
  expect_error(labels_, "number of labels", "2",
               "must be 3, the number of images in train-images-idx3-ubyte");
}

TEST_F(DamagedIdx, LabelOutOfRange) {
  put(labels_, idx({kLabels, 3}, {9, 10, 4}));
  expect_error(labels_, "label 1", "10", "must be 0 to 9");
}

TEST_F(DamagedIdx, TruncatedGzip) {
  fs::remove(images_);
  const fs::path zipped = images_.string() + ".gz";
  put_gzipped(zipped, images());
  fs::resize_file(zipped, fs::file_size(zipped) - 9);
  EXPECT_EQ(error_of([&] { (void)open_dataset("mnist", root_.path(), Split::kTrain); }).where,
            zipped.string());
}

TEST(FashionMnist, DebianPackageIsComplete) {
  if (!fs::exists("/usr/share/datasets/fashion-mnist"))
    GTEST_SKIP() << "package dataset-fashion-mnist is not installed";
  const TemporaryFolder empty;
  for (const auto& [split, count] :
       {std::pair{Split::kTrain, 60'000U}, std::pair{Split::kTest, 10'000U}}) {
    const auto data = open_dataset("fashion-mnist", empty.path(), split);
    EXPECT_EQ(data->size(), count);
    EXPECT_EQ(data->read(count - 1).size(), (ImageSize{28, 28}));
    const auto all = labels_of(*data);
    for (std::int32_t label = 0; label < 10; ++label)
      EXPECT_EQ(std::count(all.begin(), all.end(), label), count / 10) << label;
    EXPECT_EQ(data->label(0), 9);  // both halves are known to begin with an ankle boot
  }
}

}  // namespace
}  // namespace colcomb::dataset::tests
