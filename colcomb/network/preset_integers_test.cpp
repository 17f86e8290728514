// Presets of tiny width: the float network equals plain loops, and the fake-quantized one the
// integers.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "colcomb/base/random.hpp"
#include "colcomb/models/presets.hpp"
#include "colcomb/network/cnn.hpp"
#include "colcomb/network/fake_quantized.hpp"
#include "colcomb/quantization/quantize.hpp"
#include "colcomb/semantics/integer_run.hpp"
#include "tests/support/float_forward.hpp"

namespace colcomb::network {
namespace {

constexpr std::int64_t kImages = 4;

NetworkDescription tiny(const std::string& name) {
  models::PresetOptions options;
  options.name = name;
  options.width = 1.0 / 16;
  options.classes = 5;
  options.input = {2, 19, 17, {.4, .5}, {.3, .25}, 1};  // odd maps: 19, 10, 5 and 17, 9, 5
  return models::describe(options);
}

class PresetIntegers : public testing::TestWithParam<std::string> {
 protected:
  /// A network with half of its weights pruned and statistics that fit its activations.
  void SetUp() override {
    images_ = torch::empty({kImages, 2, 19, 17}, torch::kUInt8);
    Random random(5);
    for (std::int64_t i = 0; i < images_.numel(); ++i)
      images_.data_ptr<std::uint8_t>()[i] = static_cast<std::uint8_t>(random.below(256));
    const torch::NoGradGuard no_grad;
    for (auto& layer : cnn_->layers()) {
      if (!layer->mask.defined()) layer->mask = torch::ones_like(layer->weight);
      float* mask = layer->mask.data_ptr<float>();
      for (std::int64_t i = 0; i < layer->mask.numel(); ++i)
        mask[i] *= static_cast<float>(random.below(2));
    }
    cnn_->train();
    for (int i = 0; i < 40; ++i) (void)cnn_->forward(images_);
    cnn_->eval();
    network_ = cnn_->to_artifact();
  }

  [[nodiscard]] std::span<const std::uint8_t> pixels() const {
    return {images_.data_ptr<std::uint8_t>(), static_cast<std::size_t>(images_.numel())};
  }

  torch::Tensor images_;
  Cnn cnn_{tiny(GetParam()), 3};
  FloatNetwork network_;
};

TEST_P(PresetIntegers, FloatForwardEqualsPlainLoops) {
  const torch::NoGradGuard no_grad;
  const torch::Tensor logits = cnn_->forward(images_);
  double largest = 0;
  for (std::int64_t b = 0; b < kImages; ++b) {
    const std::size_t size = pixels().size() / kImages;
    const auto expected =
        tests::float_forward(network_, pixels().subspan(static_cast<std::size_t>(b) * size, size));
    for (std::size_t k = 0; k < expected.logits.size(); ++k) {
      largest = std::max(largest, std::abs(expected.logits[k]));
      EXPECT_NEAR(logits[b][static_cast<std::int64_t>(k)].item<double>(), expected.logits[k], 1e-4)
          << "image " << b << " class " << k;
    }
  }
  EXPECT_GT(largest, 0.1);
}

TEST_P(PresetIntegers, FakeQuantizedLogitsEqualTheIntegerNetworks) {
  for (const std::uint32_t pooling_fraction_bits : {0U, 1U}) {
    const torch::Tensor fake = FakeQuantized(network_, {pooling_fraction_bits}).forward(images_);
    const auto expected =
        semantics::run_many(quantization::quantize(network_, {pooling_fraction_bits}), pixels(), 1);
    bool images_differ = false;
    for (std::size_t b = 0; b < expected.rows(); ++b) {
      for (std::size_t k = 0; k < expected.cols(); ++k) {
        images_differ |= expected(b, k) != expected(0, k);
        EXPECT_EQ(fake[static_cast<std::int64_t>(b)][static_cast<std::int64_t>(k)].item<double>(),
                  expected(b, k))
            << "image " << b << " class " << k << " pool bits " << pooling_fraction_bits;
      }
    }
    EXPECT_TRUE(images_differ);
  }
}

INSTANTIATE_TEST_SUITE_P(Presets, PresetIntegers, testing::ValuesIn(models::preset_names()),
                         [](const auto& test) {
                           std::string name = test.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace colcomb::network
