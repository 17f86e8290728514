#include <gtest/gtest.h>

#include "colcomb/dataset/dataset.hpp"
#include "colcomb/dataset/test_files.hpp"
#include "colcomb/dataset/transform.hpp"

namespace colcomb::dataset::tests {
namespace {

TEST(Catalogue, UnknownNameIsAUsageErrorThatListsAllNames) {
  for (const int way : {0, 1, 2}) {
    try {
      if (way == 0) (void)open_dataset("cifar", "", Split::kTrain);
      if (way == 1) (void)normalization_of("cifar");
      if (way == 2) (void)transform_for("cifar", {32, 32}, true, true);
      FAIL() << "an unknown name was taken";
    } catch (const UserError& error) {
      EXPECT_EQ(error.kind(), UserError::Kind::kUsage);
      EXPECT_EQ(error.parts().field, "data.name");
      EXPECT_EQ(error.parts().value, "cifar");
      EXPECT_EQ(error.parts().rule,
                "must be one of mnist, fashion-mnist, cifar10, cifar100, folder, imagenet; did you "
                "mean cifar10?");
    }
  }
}

TEST(Catalogue, EveryNameHasWhatItNeeds) {
  for (const auto& name : dataset_names()) {
    const auto normalization = normalization_of(name);
    const std::size_t channels = name.find("mnist") == std::string::npos ? 3 : 1;
    ASSERT_EQ(normalization.mean.size(), channels) << name;
    ASSERT_EQ(normalization.deviation.size(), channels) << name;
    (void)transform_for(name, {32, 32}, true, true);
  }
}

TEST(Catalogue, NormalizationOfTheLiterature) {
  EXPECT_EQ(normalization_of("cifar10").mean, (std::vector<float>{0.4914F, 0.4822F, 0.4465F}));
  EXPECT_EQ(normalization_of("cifar100").deviation, (std::vector<float>{0.247F, 0.243F, 0.261F}));
  EXPECT_EQ(normalization_of("mnist").mean, (std::vector<float>{0.1307F}));
  EXPECT_EQ(normalization_of("fashion-mnist").deviation, (std::vector<float>{0.3530F}));
  EXPECT_EQ(normalization_of("imagenet").mean, normalization_of("folder").mean);
}

}  // namespace
}  // namespace colcomb::dataset::tests
