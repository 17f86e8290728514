#include "colcomb/base/team.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace colcomb {
namespace {

TEST(Team, DoesAllWorkAndIsDoneOnReturn) {
  for (const std::size_t size : {1U, 2U, 5U}) {
    Team team(size);
    std::vector<int> done(50);  // not atomic: a helper that stays inside too long would be a race
    for (int round = 1; round <= 300; ++round) {
      std::atomic<std::size_t> next = 0;
      std::atomic<int> inside = 0;
      auto body = [&](std::size_t member) {
        ++inside;
        ASSERT_LT(member, size);
        for (std::size_t i = next++; i < done.size(); i = next++) ++done[i];
        --inside;
      };
      team.run(body);
      ASSERT_EQ(inside, 0);
      ASSERT_EQ(done, std::vector<int>(50, round));
    }
  }
}

TEST(Team, HelpersCome) {
  Team team(3);
  std::vector<std::atomic<bool>> came(3);
  auto body = [&](std::size_t member) {
    came[member] = true;
    wait_until([&] { return came[0] && came[1] && came[2]; });
  };
  team.run(body);  // returns only if all three are inside at once
}

TEST(Team, CallerIsMemberZero) {
  Team team(2);
  const auto caller = std::this_thread::get_id();
  int calls = 0;
  auto body = [&](std::size_t member) {
    if (std::this_thread::get_id() != caller) return;
    EXPECT_EQ(member, 0U);
    ++calls;
  };
  team.run(body);
  EXPECT_EQ(calls, 1);
}

TEST(Team, StopsWithoutWork) {
  const Team team(4);
}

}  // namespace
}  // namespace colcomb
