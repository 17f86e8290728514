#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "colcomb/dataset/dataset.hpp"
#include "colcomb/dataset/test_files.hpp"
#include "tests/support/cifar_pickle.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::dataset::tests {
namespace {

namespace fs = std::filesystem;
using colcomb::tests::CifarPickle;
using colcomb::tests::TemporaryFolder;
using ::testing::HasSubstr;

constexpr std::size_t kPicture = 3072;

std::vector<std::string> class_list(std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) names.push_back("class" + std::to_string(i));
  return names;
}

/// Two pictures, the first one's bytes ramp(3072, first).
Octets pictures(std::size_t first) {
  Octets bytes = ramp(kPicture, first);
  const Octets second = ramp(kPicture, first + 1);
  bytes.insert(bytes.end(), second.begin(), second.end());
  return bytes;
}

std::string batch(bool python3, const std::vector<int>& labels, std::size_t first) {
  return CifarPickle(python3)
      .entry("batch_label", "training batch 1 of 5")
      .labels("labels", labels)
      .data("data", 2, kPicture, pictures(first))
      .names("filenames", {"a_s_000001.png", "b_s_000002.png"})
      .finish();
}

void put_pickled(const fs::path& folder, bool python3 = false) {
  for (int b = 0; b < 5; ++b) {
    put(folder / ("data_batch_" + std::to_string(b + 1)),
        batch(python3, {b, 9}, static_cast<std::size_t>(10 * b)));
  }
  put(folder / "test_batch", batch(python3, {7, 3}, 99));
  put(folder / "batches.meta", CifarPickle(python3).names("label_names", class_list(10)).finish());
}

TEST(Cifar10Python, ReadsBatchesInOrderInEveryPlace) {
  for (const bool python3 : {false, true}) {
    for (const std::string place :
         {"", "cifar-10-batches-py", "cifar10", "cifar10/cifar-10-batches-py"}) {
      SCOPED_TRACE(place);
      const TemporaryFolder root;
      put_pickled(root / place, python3);
      const auto train = open_dataset("cifar10", root.path(), Split::kTrain);
      ASSERT_EQ(train->size(), 10U);
      EXPECT_EQ(train->class_names(), class_list(10));
      EXPECT_EQ(labels_of(*train), (std::vector<std::int32_t>{0, 9, 1, 9, 2, 9, 3, 9, 4, 9}));
      EXPECT_EQ(train->read(3).pixels, ramp(kPicture, 11));
      EXPECT_EQ(train->read(3).size(), (ImageSize{32, 32}));
      EXPECT_EQ(labels_of(*open_dataset("cifar10", root.path(), Split::kTest)),
                (std::vector<std::int32_t>{7, 3}));
    }
  }
}

TEST(Cifar100Python, ReadsFineLabels) {
  const TemporaryFolder root;
  for (const char* file : {"train", "test"}) {
    put(root / "cifar-100-python" / file, CifarPickle(false)
                                              .labels("fine_labels", {99, 3})
                                              .labels("coarse_labels", {19, 0})
                                              .data("data", 2, kPicture, pictures(5))
                                              .finish());
  }
  put(root / "cifar-100-python/meta",
      CifarPickle(false).names("fine_label_names", class_list(100)).finish());
  EXPECT_EQ(labels_of(*open_dataset("cifar100", root.path(), Split::kTest)),
            (std::vector<std::int32_t>{99, 3}));
}

/// The error about a data_batch_3 of this content.
UserError::Parts error_of_batch(const std::string& content) {
  const TemporaryFolder root;
  put_pickled(root.path());
  put(root / "data_batch_3", content);
  const auto parts = error_of([&] { (void)open_dataset("cifar10", root.path(), Split::kTrain); });
  EXPECT_THAT(parts.where, HasSubstr("data_batch_3"));
  return parts;
}

TEST(Cifar10Python, WhatDoesNotFitIsNamed) {
  const auto with = [](const std::vector<int>& labels, int rows, int columns, std::size_t bytes,
                       const std::string& type = "u1") {
    return error_of_batch(CifarPickle(false)
                              .labels("labels", labels)
                              .data("data", rows, columns, Octets(bytes), type)
                              .finish());
  };
  EXPECT_EQ(with({0, 10}, 2, 3072, 6144).field, "label of record 1");
  EXPECT_EQ(with({0}, 2, 3072, 6144).value, "1 values");
  EXPECT_EQ(with({0, 1}, 2, 3071, 6142).field, "columns of data");
  EXPECT_THAT(with({0, 1}, 2, 3072, 6143).rule, HasSubstr("an array of 2 x 3072 with 6143 bytes"));
  EXPECT_THAT(with({0, 1}, 2, 3072, 6144, "f4").rule, HasSubstr("numpy type 'f4'"));
  EXPECT_EQ(error_of_batch(CifarPickle(false).labels("labels", {0, 1}).finish()).field, "data");
  EXPECT_EQ(error_of_batch(CifarPickle(false).data("data", 2, 3072, Octets(6144)).finish()).field,
            "labels");
  EXPECT_THAT(error_of_batch(batch(false, {0, 1}, 0).substr(0, 700)).rule, HasSubstr("a text of"));
}

// What a general unpickler would call is refused by its name.
TEST(Cifar10Python, NothingIsCalled) {
  const std::string attack = std::string("\x80\x02") + "cposix\nsystem\nU\x04true\x85R.";
  EXPECT_THAT(error_of_batch(attack).rule, HasSubstr("names 'posix system'"));
  const std::string other = std::string("\x80\x04\x8c\x08") + "builtins\x8c\x04" + "eval\x93.";
  EXPECT_THAT(error_of_batch(other).rule, HasSubstr("names 'builtins eval'"));
  EXPECT_THAT(error_of_batch("\x80\x02i.").rule, HasSubstr("operation code 0x69"));
  EXPECT_THAT(error_of_batch("(dp1\n.").rule, HasSubstr("must begin with the protocol"));
  EXPECT_THAT(error_of_batch("\x80\x05}.").rule, HasSubstr("protocol 5: must be 2 to 4"));
  EXPECT_THAT(error_of_batch("\x80\x02.").rule, HasSubstr("takes from an empty stack"));
  EXPECT_THAT(error_of_batch("\x80\x02(.").rule, HasSubstr("takes from an empty stack"));
  EXPECT_THAT(error_of_batch("\x80\x02K\x01.").rule, HasSubstr("holds no dictionary"));
  EXPECT_THAT(error_of_batch("\x80\x02h\x01.").rule, HasSubstr("was not stored"));
  // A list that holds itself is no list of labels.
  EXPECT_EQ(error_of_batch("\x80\x02}U\x06labels]q\x01h\x01"
                           "asU\x04"
                           "data]s.")
                .field,
            "data");
}

TEST(Cifar10Python, EveryTruncationIsRefused) {
  const std::string whole = batch(true, {0, 1}, 0);
  for (std::size_t length = 0; length < whole.size(); length += length < 300 ? 1 : 501)
    (void)error_of_batch(whole.substr(0, length));
}

}  // namespace
}  // namespace colcomb::dataset::tests
