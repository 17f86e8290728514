#include "colcomb/exploration/papers_setting.hpp"

#include <gtest/gtest.h>

namespace colcomb::exploration {
namespace {

TEST(PapersSetting, IsItsOwnCombiningAtAlpha8) {
  EXPECT_TRUE(is_papers_setting({{"combine.alpha", "8"}, {"combine.gamma", "0.5"}}));
  EXPECT_TRUE(is_papers_setting(
      {{"combine.alpha", "8"}, {"combine.gamma", "0.5"}, {"combine.fit", "false"}}));
  EXPECT_FALSE(is_papers_setting({{"combine.alpha", "8"}, {"combine.gamma", "1.75"}}));
  EXPECT_FALSE(is_papers_setting({{"combine.alpha", "4"}, {"combine.gamma", "0.5"}}));
  EXPECT_FALSE(is_papers_setting({{"combine.alpha", "8"}}));
  EXPECT_FALSE(is_papers_setting(
      {{"combine.alpha", "8"}, {"combine.gamma", "0.5"}, {"combine.fit", "true"}}));
  EXPECT_FALSE(is_papers_setting({{"combine.alpha", "8"},
                                  {"combine.gamma", "0.5"},
                                  {"combine.budget", "\"interval=40000\""}}));
}

TEST(PapersSetting, IsItsOwnTrainingAtAlpha8) {
  const Settings papers = {{"train.schedule", "\"iterative\""},
                           {"train.fit", "false"},
                           {"train.gamma", "0.5"},
                           {"train.alphas", "[8,8]"}};
  EXPECT_TRUE(is_papers_setting(papers));
  // Each of them decides; the network by name gives one alpha.
  const std::vector<std::pair<std::string, std::string>> others = {{"train.schedule", "\"cubic\""},
                                                                   {"train.fit", "true"},
                                                                   {"train.gamma", "0.25"},
                                                                   {"train.alphas", "[8,4]"}};
  for (std::size_t i = 0; i < papers.size(); ++i) {
    Settings one = papers;
    one[i].second = others[i].second;
    EXPECT_FALSE(is_papers_setting(one)) << others[i].first;
    one.erase(one.begin() + static_cast<std::ptrdiff_t>(i));
    EXPECT_FALSE(is_papers_setting(one)) << others[i].first;
  }
  Settings named = papers;
  named.back() = {"train.alpha", "8"};
  EXPECT_TRUE(is_papers_setting(named));
  named.emplace_back("train.budget", "\"tiles=40\"");
  EXPECT_FALSE(is_papers_setting(named));
}

// Trained in the paper's way, combined in another.
TEST(PapersSetting, CombiningAfterTrainingDecides) {
  Settings settings = {{"train.schedule", "\"iterative\""},
                       {"train.fit", "false"},
                       {"train.gamma", "0.5"},
                       {"train.alpha", "8"},
                       {"combine.alpha", "4"},
                       {"combine.gamma", "0.5"}};
  EXPECT_FALSE(is_papers_setting(settings));
  settings[4].second = "8";
  EXPECT_TRUE(is_papers_setting(settings));
}

}  // namespace
}  // namespace colcomb::exploration
