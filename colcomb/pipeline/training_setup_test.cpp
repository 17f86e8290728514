#include "colcomb/pipeline/training_setup.hpp"

#include <gtest/gtest.h>

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/network/cnn.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/support/tiny_cifar.hpp"

namespace colcomb::pipeline {
namespace {

/// 28 x 28 grey images of ten classes in IDX files: twenty of each split, all of one grey.
void write_tiny_fashion_mnist(const std::filesystem::path& folder) {
  constexpr std::size_t kImages = 20;
  for (const std::string stem : {"train", "t10k"}) {
    std::string images("\0\0\x08\x03\0\0\0\x14\0\0\0\x1c\0\0\0\x1c", 16);
    std::string labels("\0\0\x08\x01\0\0\0\x14", 8);
    images.append(kImages * 28 * 28, 'x');
    for (std::size_t i = 0; i < kImages; ++i) labels += static_cast<char>(i % 10);
    write_file_atomically(folder / (stem + "-images-idx3-ubyte"), std::string_view(images));
    write_file_atomically(folder / (stem + "-labels-idx1-ubyte"), std::string_view(labels));
  }
}

class SetUp : public testing::Test {
 protected:
  SetUp() {
    tests::write_tiny_cifar(folder_ / "data", 20);
    data_.name = "cifar10";
    data_.root = folder_ / "data";
    network_.blocks.filters = {4};
    network_.blocks.layers = {1};
    network_.blocks.strides = {2};
    network_.blocks.groups = {2};
    network_.blocks.input.reshape_stride = 2;
  }
  [[nodiscard]] std::string refused() const {
    try {
      (void)set_up(data_, network_, options_);
    } catch (const UserError& error) {
      return error.parts().field;
    }
    return "";
  }

  tests::TemporaryFolder folder_;
  dataset::DataOptions data_;
  NetworkOptions network_;
  training::TrainOptions options_;
};

TEST_F(SetUp, FitsTheNetworkToTheImages) {
  const TrainingSetup setup = set_up(data_, network_, options_);
  const InputDescription& input = setup.network.input;
  EXPECT_EQ(input.channels, 3U);
  EXPECT_EQ(input.height, 32U);
  EXPECT_EQ(input.reshape_stride, 2U);
  ASSERT_EQ(input.mean.size(), 3U);
  EXPECT_NEAR(input.mean[0], 0.4914, 1e-6);
  EXPECT_NEAR(input.std[2], 0.261, 1e-6);
  EXPECT_EQ(setup.network.classes, 10U);
  EXPECT_EQ(setup.network.data.name, "cifar10");
  EXPECT_EQ(setup.network.data.class_names[3], "class3");
  ASSERT_EQ(setup.source.size(), 3U);
  EXPECT_EQ(setup.source[0].value, "cifar10");
  EXPECT_EQ(setup.source[2].name, "data.validation_ratio");
  EXPECT_EQ(setup.source[2].value, "0.02");
  EXPECT_EQ(setup.train_data().source, setup.source);
  EXPECT_EQ(&setup.train_data().train_set, setup.data.train_set.get());
}

TEST_F(SetUp, SummaryCountsTheImages) {
  data_.validation_ratio = 0.1;  // one of each class's ten
  EXPECT_EQ(set_up(data_, network_, options_).summary(),
            "90 training, 10 validation and 20 test images from " + data_.root.string());
}

TEST_F(SetUp, TakesALoadedNetworkAsItIs) {
  data_.input_size = 36;
  const NetworkDescription before = set_up(data_, network_, options_).network;
  Checkpoint checkpoint;
  checkpoint.network = network::Cnn(before, 1)->to_artifact();
  save_checkpoint(checkpoint, folder_ / "net.ckpt");
  network_.as_loaded = true;
  EXPECT_EQ(refused(), "load_path");
  options_.load_path = folder_ / "net.ckpt";
  data_.input_size = 0;
  const TrainingSetup setup = set_up(data_, network_, options_);
  EXPECT_EQ(setup.network, before);
  EXPECT_EQ(setup.data.test_transform.height, 36U);
  data_.input_size = 32;
  EXPECT_EQ(refused(), "data.input_size");
}

TEST_F(SetUp, WithoutANameTakesTheDataSetOfTheLoadedNetwork) {
  write_tiny_fashion_mnist(folder_ / "data");
  data_.name = "fashion-mnist";
  Checkpoint checkpoint;
  checkpoint.network = network::Cnn(set_up(data_, network_, options_).network, 1)->to_artifact();
  save_checkpoint(checkpoint, folder_ / "net.ckpt");
  data_.name = "";
  EXPECT_EQ(refused(), "data.name");  // nothing loaded
  options_.load_path = folder_ / "net.ckpt";
  for (const bool as_loaded : {false, true}) {
    network_.as_loaded = as_loaded;
    const TrainingSetup setup = set_up(data_, network_, options_);
    EXPECT_EQ(setup.network.data.name, "fashion-mnist");
    EXPECT_EQ(setup.network.input.channels, 1U);
    EXPECT_EQ(setup.source[0].value, "fashion-mnist");
  }
  checkpoint.network.description.data = {};
  save_checkpoint(checkpoint, folder_ / "net.ckpt");
  EXPECT_EQ(refused(), "data.name");
}

TEST_F(SetUp, NamesWhatDoesNotFit) {
  data_.classes = 3;
  EXPECT_EQ(refused(), "data.classes");
  data_.classes = 0;
  data_.name = "nothing";
  EXPECT_EQ(refused(), "data.name");
}

TEST_F(SetUp, APresetIsDescribedByName) {
  network_.model.name = "resnet20-shift";
  network_.model.width = 0.25;
  const TrainingSetup setup = set_up(data_, network_, options_);
  EXPECT_EQ(setup.network.input.reshape_stride, 1U);
  EXPECT_GT(setup.network.hidden.size(), 15U);
}

}  // namespace
}  // namespace colcomb::pipeline
