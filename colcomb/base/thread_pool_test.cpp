#include "colcomb/base/thread_pool.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace colcomb {
namespace {

TEST(ThreadPool, DoesAllWorkAndIsDoneOnReturn) {
  for (const std::size_t size : {1U, 2U, 5U}) {
    ThreadPool pool(size);
    std::vector<int> done(50);  // not atomic: a helper that stays inside too long would be a race
    for (int round = 1; round <= 300; ++round) {
      std::atomic<std::size_t> next = 0;
      std::atomic<int> inside = 0;
      auto body = [&](std::size_t thread) {
        ++inside;
        ASSERT_LT(thread, size);
        for (std::size_t i = next++; i < done.size(); i = next++) ++done[i];
        --inside;
      };
      pool.run(body);
      ASSERT_EQ(inside, 0);
      ASSERT_EQ(done, std::vector<int>(50, round));
    }
  }
}

TEST(ThreadPool, AllThreadsCanRunAtOnce) {
  ThreadPool pool(3);
  std::vector<std::atomic<bool>> came(3);
  auto body = [&](std::size_t thread) {
    came[thread] = true;
    wait_until([&] { return came[0] && came[1] && came[2]; });
  };
  pool.run(body);  // returns only if all three are inside at once
}

TEST(ThreadPool, CallerIsThreadZero) {
  ThreadPool pool(2);
  const auto caller = std::this_thread::get_id();
  int calls = 0;
  auto body = [&](std::size_t thread) {
    if (std::this_thread::get_id() != caller) return;
    EXPECT_EQ(thread, 0U);
    ++calls;
  };
  pool.run(body);
  EXPECT_EQ(calls, 1);
}

TEST(ThreadPool, StopsWithoutWork) {
  const ThreadPool pool(4);
}

}  // namespace
}  // namespace colcomb
