#include "colcomb/base/suggestion.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace colcomb {
namespace {

const std::vector<std::string> kNames = {"mnist", "fashion-mnist", "cifar10", "cifar100", "folder"};

TEST(NearestName, TakesFewestEdits) {
  EXPECT_EQ(nearest_name("mnits", kNames), "mnist");       // swapped
  EXPECT_EQ(nearest_name("mnst", kNames), "mnist");        // dropped
  EXPECT_EQ(nearest_name("cifar-10", kNames), "cifar10");  // inserted
  EXPECT_EQ(nearest_name("fashionmnist", kNames), "fashion-mnist");
  EXPECT_EQ(nearest_name("holder", kNames), "folder");     // replaced
  EXPECT_EQ(nearest_name("cifar101", kNames), "cifar10");  // the first of two at one edit
}

TEST(NearestName, TakesTheOneThatIsBegun) {
  EXPECT_EQ(nearest_name("fashion", kNames), "fashion-mnist");
  EXPECT_EQ(nearest_name("c", kNames), "cifar10");
}

TEST(NearestName, IsAbsentForAnotherWord) {
  EXPECT_EQ(nearest_name("imagenet", kNames), std::nullopt);
  EXPECT_EQ(nearest_name("minus", kNames), std::nullopt);  // 2 of 5 letters
  EXPECT_EQ(nearest_name("", kNames), std::nullopt);
  EXPECT_EQ(nearest_name("mnist", {}), std::nullopt);
  EXPECT_EQ(nearest_name(std::string(100'000, 'm'), kNames), std::nullopt);
}

TEST(MustBeOneOf, ListsAllAndTheNearest) {
  const std::vector<std::string> names = {"ab", "cde"};
  EXPECT_EQ(must_be_one_of("cdf", names), "must be one of ab, cde; did you mean cde?");
  EXPECT_EQ(must_be_one_of("xyz", names), "must be one of ab, cde");
}

}  // namespace
}  // namespace colcomb
