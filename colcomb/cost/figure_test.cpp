#include "colcomb/cost/figure.hpp"

#include <gtest/gtest.h>

namespace colcomb::cost {
namespace {

CostFigure figure(double low, double high, const std::string& name) {
  CostFigure figure;
  figure.value = {low, high};
  figure.entries = {name};
  figure.sources = {"source of " + name};
  return figure;
}

TEST(CostFigure, OperationsTakeTheWorstOfBothEnds) {
  const CostFigure a = figure(1, 2, "a");
  const CostFigure b = figure(3, 5, "b");
  EXPECT_EQ((a + b).value, (Range{4, 7}));
  EXPECT_EQ((a - b).value, (Range{-4, -1}));
  EXPECT_EQ((a * b).value, (Range{3, 10}));
  EXPECT_EQ(((a - b) * b).value, (Range{-20, -3}));
  EXPECT_EQ((2 * a).value, (Range{2, 4}));
  EXPECT_EQ((Range{0, 1} * b).value, (Range{0, 5}));
  EXPECT_EQ((Range{0, 1} * (a - b)).value, (Range{-4, 0}));
  EXPECT_EQ(either(a, b).value, (Range{1, 5}));
  EXPECT_EQ(quotient(30, b).value, (Range{6, 10}));
  EXPECT_EQ((a + b).entries, (std::set<std::string>{"a", "b"}));
  EXPECT_EQ((a * b).sources, (std::set<std::string>{"source of a", "source of b"}));
}

TEST(CostFigure, WhatIsAbsentStaysAbsentUnlessItNeverHappens) {
  const CostFigure none = absent("why");
  EXPECT_FALSE((none + figure(1, 1, "a")).value);
  EXPECT_EQ((figure(1, 1, "a") * none).absent, "why");
  EXPECT_EQ((0 * none).value, (Range{0, 0}));
  EXPECT_TRUE((0 * figure(1, 1, "a")).entries.empty());
  EXPECT_FALSE((2 * none).value);
  EXPECT_FALSE(quotient(1, figure(0, 2, "a")).value);
  EXPECT_FALSE(quotient(1, none).value);
}

TEST(CostFigure, SumsSayWhatTheyLack) {
  const std::vector<CostPart> parts = {
      {"x", figure(1, 2, "a"), ""}, {"y", absent("why"), ""}, {"z", figure(10, 10, "b"), ""}};
  const CostFigure total = sum(parts);
  EXPECT_EQ(total.value, (Range{11, 12}));
  EXPECT_EQ(total.without, (std::set<std::string>{"y"}));
  EXPECT_EQ(total.entries, (std::set<std::string>{"a", "b"}));
  // Its lack goes on into what is computed from it.
  EXPECT_EQ(quotient(1, total).without, (std::set<std::string>{"y"}));
  const std::vector<CostPart> zeros = {{"x", exactly(0), ""}, {"y", absent("why"), ""}};
  EXPECT_FALSE(sum(zeros).value);
  EXPECT_EQ(sum(std::vector<CostPart>{{"x", exactly(0), ""}}).value, (Range{0, 0}));
}

TEST(CostFigure, AssumptionsOfZeroAreNone) {
  EXPECT_EQ(assuming(figure(1, 1, "a"), "x").assumptions, (std::set<std::string>{"x"}));
  EXPECT_TRUE(assuming(exactly(0), "x").assumptions.empty());
  EXPECT_TRUE(assuming(absent("why"), "x").assumptions.empty());
}

}  // namespace
}  // namespace colcomb::cost
