#include "colcomb/base/threads.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace colcomb {
namespace {

TEST(ParallelFor, VisitsEachIndexOnce) {
  for (const std::size_t threads : {0U, 1U, 2U, 7U}) {
    std::vector<std::atomic<int>> visits(100);
    parallel_for(visits.size(), threads, [&](std::size_t i) { ++visits[i]; });
    for (const auto& count : visits) EXPECT_EQ(count, 1);
  }
  parallel_for(0, 4, [](std::size_t) { FAIL(); });
}

TEST(ParallelFor, PassesOnAnException) {
  EXPECT_THROW(parallel_for(50, 3,
                            [](std::size_t i) {
                              if (i == 20) throw std::runtime_error("twenty");
                            }),
               std::runtime_error);
}

TEST(ParallelFor, TellsHowFarItIs) {
  for (const std::size_t threads : {1U, 3U}) {
    std::vector<std::size_t> told;
    parallel_for(
        20, threads, [](std::size_t) {},
        [&](std::size_t done, std::size_t total) {
          EXPECT_EQ(total, 20U);
          told.push_back(done);
        });
    ASSERT_EQ(told.size(), 20U);
    for (std::size_t i = 0; i < told.size(); ++i) EXPECT_EQ(told[i], i + 1);
  }
}

TEST(ParallelFor, EndsWhereProgressThrows) {
  std::atomic<std::size_t> bodies = 0;
  EXPECT_THROW(parallel_for(
                   10'000, 2, [&](std::size_t) { ++bodies; },
                   [](std::size_t done, std::size_t) {
                     if (done == 5) throw std::runtime_error("enough");
                   }),
               std::runtime_error);
  EXPECT_LT(bodies, 10'000U);
}

}  // namespace
}  // namespace colcomb
