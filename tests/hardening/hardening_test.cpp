// Small files with every byte, word and length made wrong behind a right checksum: each is refused
// with a UserError, or is a valid network that runs. Reading allocates in proportion to the file.
#include <gtest/gtest.h>

#include <algorithm>
#include <new>
#include <string>
#include <vector>

#include "colcomb/artifacts/sealed_file.hpp"
#include "fuzz/mutation.hpp"
#include "fuzz/seeds.hpp"
#include "fuzz/targets.hpp"
#include "tests/hardening/targets_of.hpp"
#include "tests/support/allocation.hpp"

namespace colcomb::fuzzing {
namespace {

/// Bytes of all files.
std::size_t total(const std::vector<Bytes>& files) {
  std::size_t sum = 0;
  for (const Bytes& file : files) sum += file.size();
  return sum;
}

class Hardening : public ::testing::TestWithParam<Target> {
 protected:
  void SetUp() override {
    files_ = GetParam().seeds();
    for (const Bytes& file : files_) ASSERT_EQ(GetParam().attempt(file), Outcome::kRan);
    std::ranges::sort(files_, {}, &Bytes::size);
    files_.resize(kFiles);
  }

  /// Seals the content unless told not to, and counts what becomes of it.
  void attempt(Bytes content, const std::string& what, bool sealed = true) {
    if (sealed) seal(content);
    try {
      ++(GetParam().attempt(content) == Outcome::kRefused ? refused_ : accepted_);
    } catch (const std::exception& error) {
      FAIL() << what << ": " << error.what();
    }
  }

  static constexpr std::size_t kFiles = 3;  // the smallest ones

  std::vector<Bytes> files_;
  std::size_t refused_ = 0;
  std::size_t accepted_ = 0;
};

TEST_P(Hardening, EveryBitOfTheHeaderIsRefused) {
  for (const Bytes& file : files_) {
    for (std::size_t bit = 0; bit < 8 * kSealSize; ++bit) {
      Bytes changed = file;
      changed[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
      attempt(changed, "bit " + std::to_string(bit), /*sealed=*/false);
    }
  }
  EXPECT_EQ(accepted_, 0U);
}

TEST_P(Hardening, WrongPayloadSizesAreRefused) {
  constexpr std::uint64_t kOne = 1;
  for (const Bytes& file : files_) {
    const std::uint64_t size = file.size() - kSealSize;
    for (const std::uint64_t wrong : {0 * kOne, kOne, size - 1, size + 1, kOne << 32,
                                      size + (kOne << 32), kOne << 63, ~(0 * kOne), ~(31 * kOne)}) {
      Bytes changed = file;
      put_word(changed, 16, static_cast<std::uint32_t>(wrong));
      put_word(changed, 20, static_cast<std::uint32_t>(wrong >> 32));
      attempt(changed, "size " + std::to_string(wrong), /*sealed=*/false);
    }
  }
  EXPECT_EQ(accepted_, 0U);
}

TEST_P(Hardening, EveryByteOfThePayload) {
  for (const Bytes& file : files_) {
    for (std::size_t i = kSealSize; i < file.size(); ++i) {
      for (const unsigned change : {0xffU, 0x01U, 0x80U, 0x04U}) {
        Bytes changed = file;
        changed[i] ^= static_cast<std::byte>(change);
        attempt(changed, "byte " + std::to_string(i));
      }
    }
  }
  // Both happen: structure is refused, weights and biases are free.
  EXPECT_GT(refused_, total(files_) / 4);
  EXPECT_GT(accepted_, total(files_) / 4);
}

TEST_P(Hardening, EveryWordOfThePayload) {
  for (const Bytes& file : files_) {
    for (std::size_t i = kSealSize; i + 4 <= file.size(); i += 4) {
      for (const std::uint32_t value : hostile_words(file, i)) {
        Bytes changed = file;
        put_word(changed, i, value);
        attempt(changed, "word " + std::to_string(i) + " as " + std::to_string(value));
      }
    }
  }
  EXPECT_GT(refused_, total(files_));
}

TEST_P(Hardening, EveryLength) {
  for (const Bytes& file : files_) {
    for (std::size_t size = 0; size < file.size(); ++size) {
      attempt({file.begin(), file.begin() + static_cast<std::ptrdiff_t>(size)},
              "cut to " + std::to_string(size));
    }
  }
  EXPECT_GT(refused_, total(files_) - 16 * kFiles);  // the last bytes may be a vector's padding
}

TEST_P(Hardening, RandomEdits) {
  const std::vector<Bytes> seeds = GetParam().seeds();
  for (std::uint64_t i = 0; i < 10'000; ++i) {
    Random random = Random::stream(3, 0, i);
    attempt(mutate(seeds, Form::kContainer, random), "stream 3, iteration " + std::to_string(i),
            /*sealed=*/false);
  }
  EXPECT_GT(refused_, 3000U);
  EXPECT_GT(accepted_, 300U);
}

INSTANTIATE_TEST_SUITE_P(Files, Hardening, ::testing::ValuesIn(targets_of({Form::kContainer})),
                         [](const auto& target) { return target.param.name; });

TEST(AllocationGuard, StopsWhatAsksForTooMuch) {
  const auto take = [](std::size_t bytes) {
    const tests::AllocationGuard guard(1000);
    const Bytes taken(bytes);
    return taken.size();
  };
  EXPECT_EQ(take(1000), 1000U);
  EXPECT_THROW(take(1001), std::bad_alloc);
  EXPECT_EQ(Bytes(5000).size(), 5000U);
}

}  // namespace
}  // namespace colcomb::fuzzing
