// The trainer against a second one, written from the documentation with LibTorch's plain operators:
// every figure of every epoch, and the weights, for runs that between them set every option of the
// optimizer and of the recipe.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "colcomb/models/block_network.hpp"
#include "colcomb/network/cnn.hpp"
#include "colcomb/training/mixup.hpp"
#include "colcomb/training/trainer.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::training {
namespace {

namespace F = torch::nn::functional;

constexpr std::int64_t kClasses = 7;  // more than five: the top-5 accuracy is not always 1

/// Images of noise, brighter with the class.
class Noise final : public dataset::Dataset {
 public:
  Noise(std::size_t size, std::uint64_t seed) : size_(size), seed_(seed) {}
  [[nodiscard]] std::size_t size() const override { return size_; }
  [[nodiscard]] const std::vector<std::string>& class_names() const override { return names_; }
  [[nodiscard]] std::size_t channels() const override { return 1; }
  [[nodiscard]] std::filesystem::path source() const override { return "noise"; }
  [[nodiscard]] std::int32_t label(std::size_t i) const override {
    return static_cast<std::int32_t>(i * 5 % kClasses);
  }
  [[nodiscard]] dataset::Image read(std::size_t i) const override {
    Random random = Random::stream(seed_, 1, i);
    dataset::Image image = dataset::blank_image(1, {8, 8});
    const auto brightness = static_cast<std::uint64_t>(label(i)) * 12;
    for (auto& pixel : image.pixels)
      pixel = static_cast<std::uint8_t>(random.below(170) + brightness);
    return image;
  }

 private:
  std::size_t size_;
  std::uint64_t seed_;
  std::vector<std::string> names_ = std::vector<std::string>(kClasses, "noise");
};

/// Four epochs of two batches, of 16 and 8 images; the one pruning step after the fourth batch.
struct OracleRun {
  static constexpr std::size_t kPrunedAfter = 4;
  Noise train_set{36, 3};
  Noise test_set{20, 4};
  tests::TemporaryFolder folder;
  TrainOptions options;
  RunOptions run;
  NetworkDescription description;

  OracleRun() {
    models::BlockNetworkOptions blocks;
    blocks.filters = {6, 8};
    blocks.layers = {1, 1};
    blocks.strides = {1, 2};
    blocks.groups = {2, 2};
    blocks.classes = kClasses;
    blocks.layer_type = models::BlockLayerType::kVgg;
    blocks.input = {1, 8, 8, {.4}, {.3}, 1};
    description = models::describe(blocks);
    options.batch_size = 16;
    options.epochs = 4;
    options.learning_rate = 0.05;
    options.momentum = 0.8;
    options.weight_decay = 0.02;
    options.l1_penalty = 0.01;
    options.pruning.steps = 1;
    run.save_path = folder / "net.ckpt";
    run.threads = 1;
    run.device = "cpu";
  }

  [[nodiscard]] TrainData data() const {
    std::vector<std::size_t> all(36);
    for (std::size_t i = 0; i < 36; ++i) all[i] = i;
    dataset::TransformOptions augmented;
    augmented.kind = dataset::TransformOptions::Kind::kCrop;
    augmented.height = augmented.width = 8;
    augmented.padding = 2;
    augmented.flip = true;
    dataset::TransformOptions plain;
    plain.height = plain.width = 8;
    return {train_set,
            test_set,
            {all.begin(), all.begin() + 24},
            {all.begin() + 24, all.end()},
            {all.begin(), all.begin() + 20},
            augmented,
            plain};
  }
};

/// A network as a list of tensors, and what stochastic gradient descent keeps of each.
struct OracleLayer {
  torch::Tensor weight, mask, norm_weight, norm_bias, mean, variance, bias;
  std::int64_t stride = 1;

  [[nodiscard]] bool convolves() const { return norm_weight.defined(); }
};

std::vector<OracleLayer> layers_of(const network::Cnn& network) {
  const auto copy = [](const torch::Tensor& t) {
    return t.defined() ? t.detach().clone() : torch::Tensor();
  };
  std::vector<OracleLayer> result;
  for (const network::Layer& layer : network->layers()) {
    result.push_back({copy(layer->weight),
                      layer->mask.defined() ? copy(layer->mask) : torch::ones_like(layer->weight),
                      copy(layer->norm_weight), copy(layer->norm_bias), copy(layer->norm_mean),
                      copy(layer->norm_variance), copy(layer->bias),
                      static_cast<std::int64_t>(layer->description().stride)});
  }
  return result;
}

torch::Tensor forward(const std::vector<OracleLayer>& layers, const dataset::Batch& batch,
                      bool training) {
  torch::Tensor x = torch::empty({static_cast<std::int64_t>(batch.count), 1, 8, 8});
  for (std::int64_t i = 0; i < x.numel(); ++i)
    x.data_ptr<float>()[i] = (batch.pixels[static_cast<std::size_t>(i)] / 255.0F - 0.4F) / 0.3F;
  for (const OracleLayer& l : layers) {
    if (!l.convolves()) return torch::matmul(x.mean({2, 3}), l.weight.t()) + l.bias;
    x = F::conv2d(x, l.weight * l.mask, F::Conv2dFuncOptions().padding(1).stride(l.stride));
    x = torch::batch_norm(x, l.norm_weight, l.norm_bias, l.mean, l.variance, training, 0.1, 1e-5,
                          false);
    x = x.clamp(0, 6);
  }
  return {};
}

/// Cross entropy with labels smoothed by `smoothing`, from its definition.
torch::Tensor entropy(const torch::Tensor& logits, const std::vector<std::int32_t>& labels,
                      double smoothing) {
  auto target = torch::full_like(logits, smoothing / kClasses);
  for (std::size_t i = 0; i < labels.size(); ++i)
    target[static_cast<std::int64_t>(i)][labels[i]] += 1 - smoothing;
  return -(target * logits.log_softmax(1)).sum(1).mean();
}

/// What the trainer must report, computed by other means.
class Oracle {
 public:
  Oracle(const OracleRun& run, const Checkpoint& trained)
      : run_(run),
        data_(run.data()),
        layers_(layers_of(network::Cnn(run.description, run.options.seed))) {
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      const Matrix<std::uint8_t>& mask = trained.network.layer(i).mask;
      auto flat = torch::ones({layers_[i].weight.numel()});
      for (std::size_t k = 0; k < mask.size(); ++k)
        flat[static_cast<std::int64_t>(k)] = static_cast<float>(mask.values()[k]);
      last_masks_.push_back(flat.view(layers_[i].weight.sizes()));
    }
    average_ = copies();
    for (const torch::Tensor& t : parameters()) momenta_.push_back(torch::zeros_like(t));
    if (run.options.recipe.teacher) {
      network::Cnn teacher(run.description, 99);
      teacher->from_artifact(load_checkpoint(*run.options.recipe.teacher).network);
      teacher_ = layers_of(teacher);
    }
  }

  /// Requires: calls in the order of epochs, from 1.
  EpochRecord epoch(std::size_t number) {
    EpochRecord record;
    dataset::LoaderOptions loading;
    loading.batch_size = run_.options.batch_size;
    loading.shuffle = true;
    loading.seed = run_.options.seed;
    loading.epoch = number;
    dataset::BatchLoader loader(data_.train_set, data_.train, data_.train_transform, loading);
    double sum = 0;
    while (auto batch = loader.next()) {
      record.learning_rate = rate();
      sum += step(*batch, record.learning_rate) * static_cast<double>(batch->count);
      if (++step_ != OracleRun::kPrunedAfter) continue;
      for (std::size_t i = 0; i < layers_.size(); ++i) layers_[i].mask = last_masks_[i];
    }
    record.train_loss = sum / static_cast<double>(data_.train.size());
    const bool averages = run_.options.recipe.average_decay > 0;
    const std::vector<torch::Tensor> current = copies();
    if (averages) assign(average_);
    const Evaluation test = evaluate(data_.test_set, data_.test);
    const Evaluation validation = evaluate(data_.train_set, data_.validation);
    record.test_loss = test.loss;
    record.test_top1 = test.top1;
    record.test_top5 = test.top5;
    record.validation_loss = validation.loss;
    record.validation_top1 = validation.top1;
    saved_weights_.clear();
    for (const OracleLayer& l : layers_) saved_weights_.push_back(l.weight.detach().clone());
    if (averages) assign(current);
    return record;
  }

  /// Weights as a checkpoint has them after the last epoch().
  [[nodiscard]] const std::vector<torch::Tensor>& weights() const { return saved_weights_; }
  /// Images whose label came exactly fifth in the last evaluation of the test split, in all.
  [[nodiscard]] int fifths() const { return fifths_; }

 private:
  struct Evaluation {
    double loss = 0, top1 = 0, top5 = 0;
  };

  [[nodiscard]] std::vector<torch::Tensor> parameters() const {
    std::vector<torch::Tensor> result;
    for (const OracleLayer& l : layers_) {
      for (const torch::Tensor& t : {l.weight, l.norm_weight, l.norm_bias, l.bias}) {
        if (t.defined()) result.push_back(t);
      }
    }
    return result;
  }
  /// Parameters, then running statistics.
  [[nodiscard]] std::vector<torch::Tensor> numbers() const {
    std::vector<torch::Tensor> result = parameters();
    for (const OracleLayer& l : layers_) {
      if (l.convolves()) result.insert(result.end(), {l.mean, l.variance});
    }
    return result;
  }
  [[nodiscard]] std::vector<torch::Tensor> copies() const {
    std::vector<torch::Tensor> result = numbers();
    for (torch::Tensor& t : result) t = t.detach().clone();
    return result;
  }
  void assign(const std::vector<torch::Tensor>& values) {
    const torch::NoGradGuard no_grad;
    std::vector<torch::Tensor> targets = numbers();
    for (std::size_t i = 0; i < targets.size(); ++i) targets[i].copy_(values[i]);
  }

  /// A cosine to 0 over 8 batches, after a straight rise.
  [[nodiscard]] double rate() const {
    const double warm = run_.options.recipe.warm_up_epochs * 2;
    const auto done = static_cast<double>(step_);
    if (done < warm) return run_.options.learning_rate * (done + 1) / warm;
    return run_.options.learning_rate * 0.5 *
           (1 + std::cos(std::numbers::pi * (done - warm) / (8 - warm)));
  }

  double step(dataset::Batch& batch, double rate) {
    const RecipeOptions& recipe = run_.options.recipe;
    Mixed mixed;
    if (recipe.mixup > 0) {
      constexpr std::uint64_t kPurpose = 0x4D495855;
      mixed = mix(batch, recipe.mixup, Random::stream(run_.options.seed, kPurpose, step_));
    }
    const std::vector<torch::Tensor> all = parameters();
    for (torch::Tensor t : all) t.requires_grad_(true).mutable_grad() = torch::Tensor();
    const auto logits = forward(layers_, batch, true);
    auto loss = entropy(logits, batch.labels, recipe.label_smoothing);
    if (recipe.mixup > 0) {
      loss = mixed.share * loss +
             (1 - mixed.share) * entropy(logits, mixed.partners, recipe.label_smoothing);
    }
    if (recipe.teacher) {
      const double t = recipe.temperature;
      const auto wanted = (forward(teacher_, batch, false) / t).log_softmax(1);
      const auto given = (logits / t).log_softmax(1);
      const auto divergence = (wanted.exp() * (wanted - given)).sum(1).mean();
      loss = (1 - recipe.teacher_share) * loss + recipe.teacher_share * t * t * divergence;
    }
    loss.backward();
    const torch::NoGradGuard no_grad;
    for (std::size_t i = 0; i < all.size(); ++i) descend(all[i], momenta_[i], rate);
    const auto t = static_cast<double>(step_);
    const double d = std::min(recipe.average_decay, (1 + t) / (10 + t));
    const std::vector<torch::Tensor> now = numbers();
    for (std::size_t i = 0; i < now.size(); ++i)
      average_[i] = d * average_[i] + (1 - d) * now[i].detach();
    return loss.item<double>();
  }

  void descend(torch::Tensor value, torch::Tensor& momentum, double rate) const {
    auto down = value.grad() + run_.options.weight_decay * value;
    auto mask = torch::ones_like(value);
    for (const OracleLayer& l : layers_) {
      if (!l.weight.is_same(value)) continue;
      mask = l.mask;
      if (l.convolves() && step_ < OracleRun::kPrunedAfter)
        down = down + run_.options.l1_penalty * value.sign();
    }
    momentum = (run_.options.momentum * momentum + down) * mask;
    const auto move =
        run_.options.recipe.nesterov ? down + run_.options.momentum * momentum : momentum;
    value -= rate * move * mask;
  }

  Evaluation evaluate(const dataset::Dataset& images, const std::vector<std::size_t>& indices) {
    const torch::NoGradGuard no_grad;
    dataset::Batch batch;
    batch.count = indices.size();
    std::vector<std::int32_t> labels;
    for (const std::size_t i : indices) {
      const dataset::Image image = images.read(i);
      batch.pixels.insert(batch.pixels.end(), image.pixels.begin(), image.pixels.end());
      labels.push_back(images.label(i));
    }
    const auto logits = forward(layers_, batch, false).contiguous();
    Evaluation result;
    result.loss = entropy(logits, labels, 0).item<double>();
    for (std::size_t i = 0; i < labels.size(); ++i) {
      const float* const row = logits.data_ptr<float>() + i * kClasses;
      const auto above =
          std::count_if(row, row + kClasses, [&](float v) { return v > row[labels[i]]; });
      result.top1 += above < 1 ? 1 : 0;
      result.top5 += above < 5 ? 1 : 0;
      fifths_ += above == 4 && &images == &data_.test_set ? 1 : 0;
    }
    result.top1 /= static_cast<double>(labels.size());
    result.top5 /= static_cast<double>(labels.size());
    return result;
  }

  const OracleRun& run_;
  TrainData data_;
  std::vector<OracleLayer> layers_, teacher_;
  std::vector<torch::Tensor> last_masks_, momenta_, average_, saved_weights_;
  std::size_t step_ = 0;
  int fifths_ = 0;
};

/// Nonzero weights, packed MACs, cells and magnitudes of a checkpoint's convolution layers.
struct Sizes {
  std::uint64_t nonzeros = 0;
  std::uint64_t packed_macs = 0;
  std::uint64_t cells = 0;
  double kept = 0, all = 0;
};

Sizes sizes_of(const FloatNetwork& network) {
  Sizes sizes;
  for (std::size_t i = 0; i < network.hidden.size(); ++i) {
    const FloatLayer& layer = network.hidden[i];
    const std::size_t groups = layer.groups ? layer.groups->size() : layer.weights.cols();
    std::uint64_t rows = 0;
    for (std::size_t n = 0; n < layer.weights.rows(); ++n) {
      std::uint64_t in_row = 0;
      for (std::size_t m = 0; m < layer.weights.cols(); ++m) {
        const bool counts = layer.mask.empty() || layer.mask(n, m) != 0;
        in_row += counts ? 1 : 0;
        sizes.all += std::abs(layer.weights(n, m));
        sizes.kept += counts ? std::abs(layer.weights(n, m)) : 0;
      }
      sizes.nonzeros += in_row;
      rows += in_row > 0 ? 1 : 0;
    }
    sizes.packed_macs += layer.weights.rows() * groups;
    sizes.cells += rows * groups;
  }
  return sizes;
}

void expect_as_the_oracle(const OracleRun& run, double tolerance) {
  std::vector<Sizes> sizes;
  const Checkpoint trained = train(
      run.options, run.run, run.description, run.data(), {[&](const EpochRecord&, std::size_t) {
        sizes.push_back(sizes_of(load_checkpoint(run.run.save_path).network));
      }});
  ASSERT_EQ(trained.training.history.size(), 4U);
  Oracle oracle(run, trained);
  for (std::size_t e = 0; e < 4; ++e) {
    const EpochRecord& actual = trained.training.history[e];
    const EpochRecord expected = oracle.epoch(e + 1);
    SCOPED_TRACE(fmt::format("epoch {}", e + 1));
    EXPECT_NEAR(actual.learning_rate, expected.learning_rate, 1e-12);
    EXPECT_NEAR(actual.train_loss, expected.train_loss, tolerance);
    EXPECT_NEAR(actual.test_loss, expected.test_loss, tolerance);
    EXPECT_NEAR(actual.validation_loss, expected.validation_loss, tolerance);
    EXPECT_EQ(actual.test_top1, expected.test_top1);
    EXPECT_EQ(actual.test_top5, expected.test_top5);
    EXPECT_EQ(actual.validation_top1, expected.validation_top1);
    EXPECT_EQ(actual.nonzeros, sizes[e].nonzeros);
    EXPECT_EQ(actual.packed_macs, sizes[e].packed_macs);
    EXPECT_EQ(actual.utilization,
              static_cast<double>(sizes[e].nonzeros) / static_cast<double>(sizes[e].cells));
    EXPECT_GT(actual.seconds, 0);
  }
  EXPECT_GT(oracle.fifths(), 0) << "top-4 accuracy would do as well";
  // The pruning step follows the second epoch's last batch: its checkpoint has the weights of then.
  const auto& history = trained.training.history;
  EXPECT_EQ(history[0].retained_magnitude, 1);
  if (run.options.recipe.average_decay == 0) {
    EXPECT_NEAR(history[1].retained_magnitude, sizes[1].kept / sizes[1].all, 1e-6);
    EXPECT_LT(history[1].retained_magnitude, 1);
  }
  EXPECT_EQ(history[3].retained_magnitude, history[1].retained_magnitude);
  EXPECT_EQ(history[0].regrouped_columns, 0U);
  EXPECT_GT(history[1].regrouped_columns, 0U);
  EXPECT_EQ(history[2].regrouped_columns, 0U);
  // Free cells are filled: no cell of the combined layers is empty.
  EXPECT_EQ(history[3].utilization, 1);
  EXPECT_LT(history[3].nonzeros, history[0].nonzeros);
  for (std::size_t i = 0; i < trained.network.layer_count(); ++i) {
    const auto expected = oracle.weights()[i].flatten();
    const auto& actual = trained.network.layer(i).weights.values();
    for (std::size_t k = 0; k < actual.size(); ++k) {
      ASSERT_NEAR(actual[k], expected[static_cast<std::int64_t>(k)].item<float>(), tolerance)
          << "layer " << i << ", weight " << k;
    }
  }
}

class TrainerOracle : public testing::TestWithParam<const char*> {
 protected:
  OracleRun run_;
  void SetUp() override { run_.options.backend = GetParam(); }
};

TEST_P(TrainerOracle, PlainRun) {
  expect_as_the_oracle(run_, 2e-5);
}

TEST_P(TrainerOracle, SmoothedNesterovWarmUpAverage) {
  run_.options.recipe.label_smoothing = 0.2;
  run_.options.recipe.nesterov = true;
  run_.options.recipe.warm_up_epochs = 1.5;
  run_.options.recipe.average_decay = 0.3;
  expect_as_the_oracle(run_, 2e-5);
}

TEST_P(TrainerOracle, MixupAndTeacher) {
  OracleRun teacher;
  teacher.options.seed = 7;
  teacher.options.epochs = 1;
  (void)train(teacher.options, teacher.run, teacher.description, teacher.data(), {});
  run_.options.recipe.teacher = teacher.run.save_path;
  run_.options.recipe.teacher_share = 0.3;
  run_.options.recipe.temperature = 2.5;
  run_.options.recipe.mixup = 0.5;
  run_.options.seed = 2;
  expect_as_the_oracle(run_, 2e-5);
}

INSTANTIATE_TEST_SUITE_P(Backends, TrainerOracle, testing::Values("native", "autograd"));

TEST(Train, PrecisionIsTheOneAskedFor) {
  OracleRun run;
  const auto loss = [&](const char* precision) {
    run.options.precision = precision;
    run.run.force = true;
    return train(run.options, run.run, run.description, run.data(), {})
        .training.history[0]
        .train_loss;
  };
  const double exact = loss("float");
  const double rounded = loss("bf16");
  EXPECT_NE(rounded, exact);
  EXPECT_NEAR(rounded, exact, 0.02);
}

TEST(Train, PatienceEndsARunWhereTheHistorySays) {
  OracleRun run;
  run.options.pruning.schedule = Schedule::kNone;
  run.options.epochs = 40;
  run.options.learning_rate = 0.4;
  run.options.recipe.patience = 2;
  const auto history =
      train(run.options, run.run, run.description, run.data(), {}).training.history;
  std::size_t best = 0;
  for (std::size_t e = 0; e < history.size(); ++e) {
    if (history[e].validation_loss < history[best].validation_loss) best = e;
    EXPECT_EQ(e >= best + 2, e + 1 == history.size()) << e;
  }
  EXPECT_LT(history.size(), 40U);
}

TEST(Train, ObserversSeeEveryBatchAndEpoch) {
  OracleRun run;
  run.options.batch_size = 5;  // five batches, the last of four images
  run.options.epochs = 2;
  run.run.print_frequency = 2;
  std::vector<BatchProgress> seen;
  std::vector<EpochRecord> epochs;
  TrainingObserver observer;
  observer.batch = [&](const BatchProgress& progress) { seen.push_back(progress); };
  observer.epoch = [&](const EpochRecord& record, std::size_t of) {
    EXPECT_EQ(of, 2U);
    epochs.push_back(record);
  };
  const Checkpoint trained = train(run.options, run.run, run.description, run.data(), observer);
  EXPECT_EQ(epochs, trained.training.history);
  ASSERT_EQ(seen.size(), 10U);
  for (std::size_t i = 0; i < 10; ++i) {
    EXPECT_EQ(seen[i].epoch, i / 5 + 1);
    EXPECT_EQ(seen[i].epochs, 2U);
    EXPECT_EQ(seen[i].images, 24U);
    EXPECT_EQ(seen[i].images_done, i % 5 == 4 ? 24 : 5 * (i % 5 + 1));
    EXPECT_EQ(seen[i].note, i % 5 == 1 || i % 5 == 3);
  }
  EXPECT_EQ(seen[4].loss, epochs[0].train_loss);
  EXPECT_EQ(seen[9].loss, epochs[1].train_loss);
}

}  // namespace
}  // namespace colcomb::training
