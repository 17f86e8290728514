// Readers of other people's files on small files made wrong: each file is refused with a UserError,
// or used. `./dev fuzz` goes on where this ends.
#include <gtest/gtest.h>

#include <string>

#include "fuzz/mutation.hpp"
#include "fuzz/targets.hpp"
#include "tests/hardening/targets_of.hpp"

namespace colcomb::fuzzing {
namespace {

class Readers : public ::testing::TestWithParam<Target> {
 protected:
  void attempt(const Bytes& content, const std::string& what) {
    try {
      ++(GetParam().attempt(content) == Outcome::kRefused ? refused_ : accepted_);
    } catch (const std::exception& error) {
      FAIL() << what << ": " << error.what();
    }
  }

  std::size_t refused_ = 0;
  std::size_t accepted_ = 0;
};

TEST_P(Readers, TakeTheSeeds) {
  for (const Bytes& seed : GetParam().seeds()) attempt(seed, "seed");
  EXPECT_EQ(refused_, 0U);
  EXPECT_GT(accepted_, 0U);
}

TEST_P(Readers, EveryLength) {
  for (const Bytes& seed : GetParam().seeds()) {
    const std::size_t step = seed.size() < 4'000 ? 1 : seed.size() / 40;
    for (std::size_t size = 0; size < seed.size(); size += step)
      attempt({seed.begin(), seed.begin() + static_cast<std::ptrdiff_t>(size)},
              "cut to " + std::to_string(size));
  }
  EXPECT_GT(refused_, 0U);
}

TEST_P(Readers, RandomEdits) {
  const std::vector<Bytes> seeds = GetParam().seeds();
  const std::uint64_t iterations = GetParam().form == Form::kText ? 5'000 : 1'500;
  for (std::uint64_t i = 0; i < iterations; ++i) {
    Random random = Random::stream(3, 0, i);
    attempt(mutate(seeds, GetParam().form, random), "stream 3, iteration " + std::to_string(i));
  }
  // Both happen, so that neither the readers' checks nor what follows them goes untried.
  EXPECT_GT(refused_, 100U);
  EXPECT_GT(accepted_, 20U);
}

INSTANTIATE_TEST_SUITE_P(Files, Readers,
                         ::testing::ValuesIn(targets_of({Form::kBinary, Form::kText})),
                         [](const auto& target) { return target.param.name; });

}  // namespace
}  // namespace colcomb::fuzzing
