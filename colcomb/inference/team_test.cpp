#include "colcomb/inference/team.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace colcomb::inference {
namespace {

TEST(Team, EveryMemberRunsOncePerRound) {
  for (const std::size_t size : {1U, 2U, 5U}) {
    Team team(size);
    std::vector<int> calls(size);
    auto body = [&calls](std::size_t member) { ++calls[member]; };
    for (int round = 0; round < 200; ++round) team.run(body);
    EXPECT_EQ(calls, std::vector<int>(size, 200));
  }
}

TEST(Team, AfterMeetingEachSeesWhatTheOthersWrote) {
  constexpr std::size_t kSize = 3;
  constexpr int kRounds = 500;
  Team team(kSize);
  std::vector<int> values(kSize);
  std::vector<int> wrong(kSize);
  auto body = [&](std::size_t member) {
    for (int round = 0; round < kRounds; ++round) {
      values[member] = round;
      team.meet();
      for (const int value : values) wrong[member] += value != round ? 1 : 0;
      team.meet();
    }
  };
  team.run(body);
  EXPECT_EQ(wrong, std::vector<int>(kSize));
  EXPECT_EQ(values, std::vector<int>(kSize, kRounds - 1));
}

TEST(Team, StopsWithoutWork) {
  const Team team(4);
}

}  // namespace
}  // namespace colcomb::inference
