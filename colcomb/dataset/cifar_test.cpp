#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "colcomb/dataset/dataset.hpp"
#include "colcomb/dataset/test_files.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::dataset::tests {
namespace {

namespace fs = std::filesystem;
using colcomb::tests::TemporaryFolder;
using ::testing::HasSubstr;

constexpr std::size_t kPixels = 3072;

/// Records with the given label bytes; record i's pixels are ramp(3072, first + i).
Octets records(const std::vector<Octets>& labels, std::size_t first = 0) {
  Octets file;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    file.insert(file.end(), labels[i].begin(), labels[i].end());
    const Octets pixels = ramp(kPixels, first + i);
    file.insert(file.end(), pixels.begin(), pixels.end());
  }
  return file;
}

std::string numbered_names(std::size_t count) {
  std::ostringstream names;
  for (std::size_t i = 0; i < count; ++i) names << "class" << i << "\n";
  return names.str() + "\n";  // the release's files end in an empty line
}

void put_cifar10(const fs::path& folder) {
  for (std::size_t b = 0; b < 5; ++b) {
    const auto label = static_cast<std::uint8_t>(b);
    put(folder / ("data_batch_" + std::to_string(b + 1) + ".bin"), records({{label}, {9}}, 10 * b));
  }
  put(folder / "test_batch.bin", records({{7}}, 99));
  put(folder / "batches.meta.txt", numbered_names(10));
}

void put_cifar100(const fs::path& folder) {
  put(folder / "train.bin", records({{19, 99}, {0, 3}}));
  put(folder / "test.bin", records({{4, 55}}));
  put(folder / "fine_label_names.txt", numbered_names(100));
}

TEST(Cifar10, ReadsBatchesInOrderInEveryPlace) {
  for (const std::string place :
       {"", "cifar-10-batches-bin", "cifar10", "cifar10/cifar-10-batches-bin"}) {
    const TemporaryFolder root;
    put_cifar10(root / place);
    const auto train = open_dataset("cifar10", root.path(), Split::kTrain);
    ASSERT_EQ(train->size(), 10U);
    EXPECT_EQ(train->channels(), 3U);
    EXPECT_EQ(train->class_names()[9], "class9");
    EXPECT_EQ(labels_of(*train), (std::vector<std::int32_t>{0, 9, 1, 9, 2, 9, 3, 9, 4, 9}));
    for (std::size_t i = 0; i < 10; ++i)
      EXPECT_EQ(train->read(i), (Image{3, 32, 32, ramp(kPixels, 10 * (i / 2) + i % 2)})) << i;
    const auto test = open_dataset("cifar10", root.path(), Split::kTest);
    ASSERT_EQ(test->size(), 1U);
    EXPECT_EQ(test->label(0), 7);
    EXPECT_EQ(test->read(0).pixels, ramp(kPixels, 99));
  }
}

TEST(Cifar100, TakesTheFineLabel) {
  for (const std::string place : {"", "cifar-100-binary", "cifar100"}) {
    const TemporaryFolder root;
    put_cifar100(root / place);
    const auto train = open_dataset("cifar100", root.path(), Split::kTrain);
    EXPECT_EQ(labels_of(*train), (std::vector<std::int32_t>{99, 3}));
    EXPECT_EQ(train->read(1), (Image{3, 32, 32, ramp(kPixels, 1)}));
    EXPECT_EQ(open_dataset("cifar100", root.path(), Split::kTest)->label(0), 55);
  }
}

TEST(Cifar, MissingReleaseNamesEveryPlaceAndTheArchive) {
  const TemporaryFolder root;
  const auto parts = error_of([&] { (void)open_dataset("cifar10", root.path(), Split::kTrain); });
  EXPECT_EQ(parts.where, "data_batch_1.bin");
  for (const auto* place : {"cifar-10-batches-bin", "cifar10", ""})
    EXPECT_THAT(parts.rule, HasSubstr((root / place).string()));
  EXPECT_THAT(parts.rule, HasSubstr("cifar-10-binary.tar.gz"));
}

TEST(Cifar, EachMissingFileIsNamed) {
  for (const std::string file : {"data_batch_1.bin", "data_batch_4.bin", "batches.meta.txt"}) {
    const TemporaryFolder root;
    put_cifar10(root.path());
    fs::remove(root / file);
    EXPECT_EQ(error_of([&] { (void)open_dataset("cifar10", root.path(), Split::kTrain); }).where,
              (root / file).string());
  }
}

TEST(Cifar, SizesThatAreNotWholeRecords) {
  const TemporaryFolder root;
  put_cifar10(root.path());
  const Octets whole = records({{1}, {2}});
  for (const std::size_t size : {0U, 1U, 3072U, 3074U, 6145U, 6147U}) {
    Octets damaged = whole;
    damaged.resize(size);
    put(root / "data_batch_3.bin", damaged);
    const auto parts = error_of([&] { (void)open_dataset("cifar10", root.path(), Split::kTrain); });
    EXPECT_EQ(parts.where, (root / "data_batch_3.bin").string());
    EXPECT_EQ(parts.field, "size");
    EXPECT_EQ(parts.value, std::to_string(size) + " bytes");
    EXPECT_EQ(parts.rule, "must be a positive multiple of 3073 bytes, one record");
  }
}

TEST(Cifar, BatchCutBetweenRecords) {
  const TemporaryFolder root;
  put_cifar10(root.path());
  put(root / "data_batch_5.bin", records({{1}}));
  const auto parts = error_of([&] { (void)open_dataset("cifar10", root.path(), Split::kTrain); });
  EXPECT_EQ(parts.where, (root / "data_batch_5.bin").string());
  EXPECT_EQ(parts.value, "1");
  EXPECT_EQ(parts.rule, "must be 2, as in data_batch_1.bin");
}

TEST(Cifar, LabelsOutOfRange) {
  const TemporaryFolder root;
  put_cifar10(root / "ten");
  put(root / "ten/test_batch.bin", records({{3}, {10}}));
  auto parts = error_of([&] { (void)open_dataset("cifar10", root / "ten", Split::kTest); });
  EXPECT_EQ(parts.where, (root / "ten/test_batch.bin").string());
  EXPECT_EQ(parts.field, "label of record 1");
  EXPECT_EQ(parts.value, "10");
  EXPECT_EQ(parts.rule, "must be 0 to 9");
  put_cifar100(root.path());
  put(root / "test.bin", records({{20, 5}}));
  parts = error_of([&] { (void)open_dataset("cifar100", root.path(), Split::kTest); });
  EXPECT_EQ(parts.field, "coarse label of record 0");
  put(root / "test.bin", records({{2, 100}}));
  parts = error_of([&] { (void)open_dataset("cifar100", root.path(), Split::kTest); });
  EXPECT_EQ(parts.field, "fine label of record 0");
  EXPECT_EQ(parts.rule, "must be 0 to 99");
}

TEST(Cifar, WrongNumberOfClassNames) {
  const TemporaryFolder root;
  put_cifar100(root.path());
  put(root / "fine_label_names.txt", numbered_names(99));
  const auto parts = error_of([&] { (void)open_dataset("cifar100", root.path(), Split::kTrain); });
  EXPECT_EQ(parts.where, (root / "fine_label_names.txt").string());
  EXPECT_EQ(parts.value, "99");
  EXPECT_EQ(parts.rule, "must be 100");
}

}  // namespace
}  // namespace colcomb::dataset::tests
