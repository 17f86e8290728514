#include "colcomb/training/trainer.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <stdexcept>

#include "colcomb/artifacts/conv_groups.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/network/cnn.hpp"
#include "colcomb/models/network_file.hpp"
#include "tests/support/shades_run.hpp"

namespace colcomb::training {
namespace {

using tests::same_numbers;
using tests::train_whole;
using Fixture = tests::ShadesRun;

TEST(Train, ImagesOnTheDeviceChangeNoNumber) {
  Fixture fixture;
  fixture.options.backend = "autograd";
  fixture.run_options.save_path = fixture.folder / "teacher.ckpt";
  fixture.options.epochs = 1;
  train_whole(fixture);
  fixture.options.recipe.teacher = fixture.run_options.save_path;
  fixture.run_options.save_path = fixture.folder / "net.ckpt";
  fixture.options.epochs = 4;
  fixture.options.quantization_aware.epochs = 1;
  const Checkpoint read = train_whole(fixture);
  fixture.train_set.in_memory = fixture.test_set.in_memory = true;
  fixture.run_options.force = true;
  const Checkpoint held = train_whole(fixture);
  EXPECT_TRUE(same_numbers(read, held));
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(read.training.history[i].train_loss, held.training.history[i].train_loss);
    EXPECT_EQ(read.training.history[i].test_loss, held.training.history[i].test_loss);
    EXPECT_EQ(read.training.history[i].validation_top1, held.training.history[i].validation_top1);
  }
}

TEST(Train, Bf16LearnsAndIsPartOfTheRun) {
  Fixture fixture;
  fixture.options.epochs = 8;
  fixture.options.backend = "autograd";
  fixture.options.precision = "bf16";
  const Checkpoint trained = train_whole(fixture);
  EXPECT_GT(trained.training.history.back().test_top1, 0.9);
  fixture.run_options.resume = true;
  fixture.options.precision = "float";
  EXPECT_THROW(train_whole(fixture), UserError);
  fixture.options.precision = "bf16";
  fixture.options.backend = "native";
  EXPECT_THROW(train_whole(fixture), UserError);
}

TEST(Train, LearnsPrunesAndCombines) {
  Fixture fixture;
  fixture.options.epochs = 16;
  const Checkpoint result = train_whole(fixture);
  ASSERT_EQ(result.training.history.size(), 16U);
  EXPECT_EQ(result.training.prunings_done, 10U);
  EXPECT_GT(result.training.history.back().test_top1, 0.9);
  EXPECT_LT(result.training.history.back().nonzeros, result.training.history[0].nonzeros + 1);
  for (std::size_t i = 0; i < result.network.hidden.size(); ++i) {
    const FloatLayer& layer = result.network.layer(i);
    ASSERT_TRUE(layer.groups) << i;
    const std::size_t alpha = fixture.description.layer(i).alpha;
    EXPECT_STREQ(invalid_grouping(*layer.groups, layer.weights.cols(), alpha), "");
    for (const auto& group : layer.groups->groups) {
      for (std::size_t row = 0; row < layer.weights.rows(); ++row) {
        int kept = 0;
        for (const std::uint32_t column : group) kept += layer.mask(row, column);
        EXPECT_LE(kept, 1) << "layer " << i << " row " << row;
      }
    }
  }
  EXPECT_TRUE(same_numbers(load_checkpoint(fixture.run_options.save_path), result));
  EXPECT_TRUE(std::filesystem::exists(fixture.folder / "net.history.jsonl"));
  EXPECT_TRUE(std::filesystem::exists(fixture.folder / "net.history.csv"));
}

TEST(Train, EqualSeedsGiveEqualNumbers) {
  Fixture first;
  Fixture second;
  EXPECT_TRUE(same_numbers(train_whole(first), train_whole(second)));
  Fixture third;
  third.options.seed = 2;
  EXPECT_FALSE(same_numbers(load_checkpoint(first.run_options.save_path), train_whole(third)));
}

TEST(Train, ResumedEqualsUninterrupted) {
  for (const Schedule schedule : {Schedule::kCubic, Schedule::kIterative}) {
    Fixture whole;
    whole.options.pruning.schedule = schedule;
    whole.options.pruning.rho = 300;
    whole.options.combining.regroup_every = 3;
    const Checkpoint expected = train_whole(whole);
    for (std::size_t stop = 1; stop < 4; ++stop) {
      Fixture cut;
      cut.options.pruning = whole.options.pruning;
      cut.options.combining = whole.options.combining;
      EXPECT_THROW(train(cut.options, cut.run_options, cut.description, cut.data(),
                         {[&](const EpochRecord& record, std::size_t) {
                           if (record.epoch == stop) throw std::runtime_error("killed");
                         }}),
                   std::runtime_error);
      cut.run_options.resume = true;
      EXPECT_TRUE(same_numbers(train_whole(cut), expected))
          << name_of(schedule) << " stopped after epoch " << stop;
    }
  }
}

TEST(Train, ResumedRecipeEqualsUninterrupted) {
  Fixture teacher;
  teacher.options.epochs = 1;
  (void)train_whole(teacher);
  const auto with_recipe = [&](Fixture& fixture, std::size_t patience) {
    RecipeOptions& recipe = fixture.options.recipe;
    recipe.label_smoothing = 0.1;
    recipe.warm_up_epochs = 0.5;
    recipe.nesterov = true;
    recipe.mixup = 0.3;
    recipe.average_decay = 0.8;
    recipe.teacher = teacher.run_options.save_path;
    recipe.patience = patience;
    fixture.options.quantization_aware.epochs = 2;
  };
  for (const std::size_t patience : {0U, 1U}) {
    Fixture whole;
    with_recipe(whole, patience);
    const Checkpoint expected = train_whole(whole);
    for (std::size_t stop = 1; stop < expected.training.epochs_done; ++stop) {
      Fixture cut;
      with_recipe(cut, patience);
      EXPECT_THROW(train(cut.options, cut.run_options, cut.description, cut.data(),
                         {[&](const EpochRecord& record, std::size_t) {
                           if (record.epoch == stop) throw std::runtime_error("killed");
                         }}),
                   std::runtime_error);
      cut.run_options.resume = true;
      EXPECT_TRUE(same_numbers(train_whole(cut), expected)) << "stopped after epoch " << stop;
    }
  }
}

TEST(Train, QuantizationAwareEpochsLeaveStatisticsAndImproveTheIntegers) {
  Fixture fixture;
  fixture.options.epochs = 8;
  const Checkpoint plain = train_whole(fixture);
  Fixture tuned;
  tuned.options.load_path = fixture.run_options.save_path;
  tuned.options.keep_combined = true;
  tuned.options.pruning.schedule = Schedule::kNone;
  tuned.options.epochs = 4;
  tuned.options.quantization_aware = {4, WeightCode::kPowerOfTwo};
  const Checkpoint result = train_whole(tuned);
  for (std::size_t i = 0; i < result.network.layer_count(); ++i) {
    const FloatLayer& before = plain.network.layer(i);
    const FloatLayer& after = result.network.layer(i);
    EXPECT_EQ(after.mask, before.mask);
    EXPECT_EQ(after.groups, before.groups);
    EXPECT_NE(after.weights, before.weights);
    if (!before.batch_norm) continue;
    EXPECT_EQ(after.batch_norm->mean, before.batch_norm->mean);
    EXPECT_EQ(after.batch_norm->variance, before.batch_norm->variance);
    EXPECT_NE(after.batch_norm->weight, before.batch_norm->weight);
  }
  // The loss is that of the integers, from the first step on.
  EXPECT_LT(result.training.history.back().train_loss, result.training.history[0].train_loss);
}

TEST(Train, IterativeScheduleReachesRho) {
  Fixture fixture;
  fixture.options.epochs = 8;
  fixture.options.pruning.schedule = Schedule::kIterative;
  fixture.options.pruning.beta = 0.5;
  fixture.options.pruning.rho = 250;
  fixture.options.combining.fill_empty_cells = false;
  const Checkpoint result = train_whole(fixture);
  EXPECT_LE(result.training.history.back().nonzeros, 250U);
}

TEST(Train, RefusesToOverwriteOrToResumeAnotherRun) {
  Fixture fixture;
  fixture.options.epochs = 1;
  (void)train_whole(fixture);
  EXPECT_THROW((void)train_whole(fixture), UserError);
  fixture.run_options.resume = true;
  fixture.options.combining.gamma = 0.5;
  try {
    (void)train_whole(fixture);
    FAIL() << "resumed with another gamma";
  } catch (const UserError& error) {
    EXPECT_EQ(error.parts().field, "combining.gamma");
  }
  fixture.run_options.force = true;
  fixture.run_options.resume = false;
  fixture.options.recipe.label_smoothing = 0.1;
  (void)train_whole(fixture);
  fixture.run_options.force = false;
  fixture.run_options.resume = true;
  fixture.options.recipe.label_smoothing = 0;  // absent from the options now
  EXPECT_THROW((void)train_whole(fixture), UserError);
}

TEST(Train, RefusesToResumeAnotherNetwork) {
  Fixture dense;
  dense.options.epochs = 1;
  (void)train_whole(dense);
  for (const bool pretrained : {false, true}) {
    Fixture fixture;
    fixture.options.epochs = 1;
    if (pretrained) fixture.options.load_path = dense.run_options.save_path;
    (void)train_whole(fixture);
    fixture.run_options.resume = true;
    (void)train_whole(fixture);  // the same one is taken
    const NetworkDescription same = fixture.description;
    fixture.description.dropout = 0.5;
    try {
      (void)train_whole(fixture);
      ADD_FAILURE() << "resumed with another dropout, pretrained " << pretrained;
    } catch (const UserError& error) {
      EXPECT_EQ(error.parts().field, "network.dropout");
    }
    fixture.description = same;
    fixture.description.layer(2).alpha = 8;
    try {
      (void)train_whole(fixture);
      ADD_FAILURE() << "resumed with another alpha, pretrained " << pretrained;
    } catch (const UserError& error) {
      EXPECT_EQ(error.parts().field, "network." + same.layer(2).name);
    }
  }
}

TEST(Train, RefusesATeacherOfOtherClasses) {
  Fixture teacher;
  teacher.options.epochs = 1;
  (void)train_whole(teacher);
  Fixture pupil;
  pupil.options.recipe.teacher = teacher.run_options.save_path;
  pupil.description.classes = 3;
  pupil.description.classifier.out_channels = 3;
  try {
    (void)train_whole(pupil);
    FAIL() << "learnt from a teacher of two classes";
  } catch (const UserError& error) {
    EXPECT_EQ(error.parts().field, "classes");
  }
}

TEST(Train, LoadPathStartsFromPretrainedWeights) {
  Fixture dense;
  dense.options.pruning.schedule = Schedule::kNone;
  (void)train_whole(dense);
  Fixture retrained;
  retrained.options.load_path = dense.run_options.save_path;
  retrained.options.epochs = 1;
  retrained.options.learning_rate = 1e-6;
  const Checkpoint result = train_whole(retrained);
  const Checkpoint source = load_checkpoint(dense.run_options.save_path);
  EXPECT_NEAR(result.network.layer(1).weights(0, 0), source.network.layer(1).weights(0, 0), 1e-3);
  Fixture other;
  other.options.load_path = dense.run_options.save_path;
  other.description.layer(2).columns[0].dy = 0;  // shifts are taken over, so they may differ
  other.options.epochs = 1;
  (void)train_whole(other);
}

/// A layer of 2 x 2 blocks with a bias, then means of 2 x 2 pixels by fixed weights.
FloatNetwork network_of_every_kind(const NetworkDescription& like) {
  NetworkDescription description = like;
  description.hidden.resize(1);
  LayerDescription blocks = like.hidden.front();
  blocks.name = "blocks";
  blocks.in_channels = blocks.out_channels;
  blocks.alpha = 4;
  blocks.batch_norm = false;
  blocks.kernel = 1;
  blocks.columns = convolution_columns(blocks.in_channels, 1);
  LayerDescription means = blocks;
  means.name = "means";
  means.fixed = true;
  means.stride = 2;
  means.window = Window{2, 2, 1, 1, 0, 0, means.in_height / 2, means.in_width / 2};
  means.columns = window_columns(means.in_channels, *means.window);
  description.hidden.insert(description.hidden.end(), {blocks, means});
  description.classifier.in_channels = means.out_channels;
  description.classifier.columns = convolution_columns(means.out_channels, 1);
  FloatNetwork network = network::Cnn(description, 3)->to_artifact();
  FloatLayer& block_layer = network.layer(1);
  block_layer.mask =
      Matrix<std::uint8_t>(block_layer.weights.rows(), block_layer.weights.cols(), 1);
  for (std::size_t n = 0; n < block_layer.weights.rows(); ++n) {
    for (std::size_t m = 0; m < block_layer.weights.cols(); ++m) {
      if (n / 2 == m / 2) continue;
      block_layer.weights(n, m) = 0;
      block_layer.mask(n, m) = 0;
    }
  }
  FloatLayer& mean_layer = network.layer(2);
  for (std::size_t n = 0; n < mean_layer.weights.rows(); ++n) {
    for (std::size_t m = 0; m < mean_layer.weights.cols(); ++m)
      mean_layer.weights(n, m) = m / 4 == n ? 0.25F : 0.0F;
  }
  return network;
}

TEST(Train, FixedWeightsAndPermanentZerosStay) {
  Fixture f;
  const FloatNetwork start = network_of_every_kind(f.description);
  save_checkpoint({start, {}, ""}, f.folder / "start.ckpt");
  f.options.load_path = f.folder / "start.ckpt";
  f.description = start.description;
  const FloatNetwork trained = train_whole(f).network;
  EXPECT_EQ(trained.layer(2), start.layer(2));
  const FloatLayer& blocks = trained.layer(1);
  EXPECT_FALSE(blocks.batch_norm.has_value());
  EXPECT_NE(blocks.bias, start.layer(1).bias);
  EXPECT_NE(blocks.weights, start.layer(1).weights);
  ASSERT_TRUE(blocks.groups.has_value());
  std::size_t kept = 0;
  for (std::size_t n = 0; n < blocks.weights.rows(); ++n) {
    for (std::size_t m = 0; m < blocks.weights.cols(); ++m) {
      kept += blocks.mask(n, m);
      if (n / 2 == m / 2) continue;
      EXPECT_EQ(blocks.weights(n, m), 0) << n << ", " << m;
      EXPECT_EQ(blocks.mask(n, m), 0) << n << ", " << m;
    }
  }
  EXPECT_GT(kept, 0U);
}

/// Depthwise, pointwise, in two groups, and a shift layer in two.
NetworkDescription grouped_description(const NetworkDescription& like) {
  models::PresetOptions options;
  options.alpha = 4;
  options.input = like.input;
  options.classes = like.classes;
  const char* const layers =
      "[[layer]]\nfilters = 8\n"
      "[[layer]]\nfilters = 8\nconv_groups = 8\n"
      "[[layer]]\nfilters = 12\nkernel = 1\n"
      "[[layer]]\nfilters = 8\nconv_groups = 2\nstride = 2\n"
      "[[layer]]\nkind = \"shift\"\nfilters = 16\nconv_groups = 2\n";
  return models::describe(parse_layer_list(layers, "n"), options, "n");
}

void expect_nothing_between_groups(const FloatNetwork& network) {
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    const Matrix<std::uint8_t> within = conv_group_mask(network.description.layer(i));
    std::size_t kept = 0;
    for (std::size_t k = 0; k < within.size(); ++k) {
      const bool counts = network.layer(i).mask.empty() || network.layer(i).mask.values()[k] != 0;
      kept += counts ? 1 : 0;
      if (within.values()[k] != 0) continue;
      ASSERT_EQ(network.layer(i).weights.values()[k], 0) << i;
      ASSERT_FALSE(counts) << i;
    }
    EXPECT_GT(kept, 0U) << i;
  }
}

// Through pruning, the L1 penalty, averages, quantized epochs, a kill and a resume.
TEST(Train, NothingGrowsBetweenGroups) {
  for (const std::string backend : {"native", "autograd"}) {
    for (const Schedule schedule : {Schedule::kCubic, Schedule::kIterative}) {
      const auto prepare = [&](Fixture& f) {
        f.description = grouped_description(f.description);
        f.options.backend = backend;
        f.options.pruning.schedule = schedule;
        f.options.pruning.rho = 300;
        f.options.combining.regroup_every = 3;
        f.options.recipe.average_decay = 0.8;
        f.options.quantization_aware.epochs = 1;
      };
      Fixture whole;
      prepare(whole);
      const Checkpoint expected = train_whole(whole);
      expect_nothing_between_groups(expected.network);
      Fixture cut;
      prepare(cut);
      EXPECT_THROW(train(cut.options, cut.run_options, cut.description, cut.data(),
                         {[](const EpochRecord& record, std::size_t) {
                           if (record.epoch == 2) throw std::runtime_error("killed");
                         }}),
                   std::runtime_error);
      cut.run_options.resume = true;
      EXPECT_TRUE(same_numbers(train_whole(cut), expected)) << backend << name_of(schedule);
      // From the trained network: its pruned weights come back, those between groups do not.
      Fixture again;
      again.description = whole.description;
      again.options.backend = backend;
      again.options.load_path = whole.run_options.save_path;
      again.options.pruning.schedule = Schedule::kNone;
      again.options.epochs = 1;
      const Checkpoint dense = train_whole(again);
      expect_nothing_between_groups(dense.network);
      // 8 x 9, 8 x 9, 12 x 8, 8 x 6 x 9 and 16 x 4 weights.
      EXPECT_GT(dense.training.history[0].nonzeros, expected.training.history.back().nonzeros);
      EXPECT_LE(dense.training.history[0].nonzeros, 72U + 72 + 96 + 432 + 64);
    }
  }
}

TEST(Train, OtherConvGroupsAreAnotherNetwork) {
  Fixture f;
  f.description = grouped_description(f.description);
  f.options.epochs = 1;
  (void)train_whole(f);
  f.description.layer(3).conv_groups = 4;
  const auto said = [&] {
    try {
      (void)train_whole(f);
    } catch (const UserError& error) {
      return std::string(error.what());
    }
    return std::string("accepted");
  };
  f.run_options.resume = true;
  EXPECT_NE(said().find("network.layer4 is '8 x 12 convolution"), std::string::npos) << said();
  EXPECT_NE(said().find("conv_groups 4"), std::string::npos) << said();
  EXPECT_NE(said().find("conv_groups 2"), std::string::npos) << said();
  f.run_options.resume = false;
  f.options.load_path = f.run_options.save_path;
  f.run_options.save_path = f.folder / "other.ckpt";
  const std::string expected =
      "layer layer4 is '8 x 12 convolution in 2 conv_groups': the network asked for has 8 x 12 "
      "convolution in 4 conv_groups";
  EXPECT_NE(said().find(expected), std::string::npos) << said();
}

TEST(Train, QuantizedEpochsKnowEveryKindOfLayer) {
  double losses[2] = {};
  for (const std::string backend : {"native", "autograd"}) {
    Fixture f;
    const FloatNetwork start = network_of_every_kind(f.description);
    save_checkpoint({start, {}, ""}, f.folder / "start.ckpt");
    f.options.load_path = f.folder / "start.ckpt";
    f.description = start.description;
    f.description.dropout = 0;  // drawn by each in its own way
    f.options.pruning.schedule = Schedule::kNone;
    f.options.backend = backend;
    f.options.epochs = f.options.quantization_aware.epochs = 1;
    const Checkpoint trained = train_whole(f);
    EXPECT_EQ(trained.network.layer(2), start.layer(2));
    EXPECT_NE(trained.network.layer(1).bias, start.layer(1).bias);
    losses[backend == "native" ? 0 : 1] = trained.training.history[0].train_loss;
  }
  EXPECT_GT(losses[0], 0);
  EXPECT_NEAR(losses[0], losses[1], 1e-4 * losses[1]);
}

TEST(Train, DivergenceIsAnErrorAndKeepsTheLastCheckpoint) {
  Fixture fixture;
  fixture.options.learning_rate = 1e30;
  fixture.options.weight_decay = 1;
  EXPECT_THROW((void)train_whole(fixture), UserError);
}

}  // namespace
}  // namespace colcomb::training
