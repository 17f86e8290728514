#include "colcomb/artifacts/run_identity.hpp"

#include <gtest/gtest.h>

#include "colcomb/base/error.hpp"

namespace colcomb {
namespace {

RunIdentity identity(std::initializer_list<IdentityField> fields) {
  return {fields};
}

std::string refusal(const RunIdentity& before, const RunIdentity& now) {
  try {
    require_same_run(before, now, "net.ckpt");
  } catch (const UserError& error) {
    EXPECT_EQ(error.kind(), UserError::Kind::kUsage);
    return error.what();
  }
  return "";
}

TEST(RunIdentity, EqualRunsPass) {
  EXPECT_EQ(refusal(identity({{"seed", "1"}, {"epochs", "3"}}),
                    identity({{"epochs", "3"}, {"seed", "1"}})),
            "");
}

TEST(RunIdentity, NamesTheFirstDifferenceWithBothValues) {
  EXPECT_EQ(refusal(identity({{"seed", "1"}, {"epochs", "3"}, {"momentum", "0.9"}}),
                    identity({{"seed", "1"}, {"epochs", "4"}, {"momentum", "0.8"}})),
            "epochs is '4': net.ckpt was begun with '3': go on with the same, or begin anew with "
            "`force`");
}

TEST(RunIdentity, AFieldThatOneLacksIsADifference) {
  const std::string added =
      refusal(identity({{"seed", "1"}}), identity({{"seed", "1"}, {"recipe.mixup", "0.2"}}));
  EXPECT_EQ(added.substr(0, 46), "recipe.mixup is '0.2': net.ckpt was begun with");
  EXPECT_NE(added.find("'not given'"), std::string::npos);
  const std::string lost =
      refusal(identity({{"seed", "1"}, {"recipe.mixup", "0.2"}}), identity({{"seed", "1"}}));
  EXPECT_EQ(lost.substr(0, 28), "recipe.mixup is 'not given':");
}

TEST(RunIdentity, NumbersKeepTheirValue) {
  RunIdentity run;
  run.add("learning_rate", 0.1);
  run.add("weight_decay", 1e-4);
  run.add("epochs", 300.0);
  EXPECT_EQ(*run.find("learning_rate"), "0.1");
  EXPECT_EQ(*run.find("weight_decay"), "0.0001");
  EXPECT_EQ(*run.find("epochs"), "300");
  EXPECT_EQ(run.find("seed"), nullptr);
}

}  // namespace
}  // namespace colcomb
