#include "colcomb/training/quantization_phase.hpp"

#include <gtest/gtest.h>

#include "colcomb/network/fake_quantized.hpp"
#include "colcomb/quantization/pooling.hpp"
#include "colcomb/quantization/quantize.hpp"
#include "tests/support/shades_run.hpp"

namespace colcomb::training {
namespace {

TEST(QuantizationPhase, IsTheLastEpochs) {
  TrainOptions options;
  options.epochs = 10;
  options.quantization_aware.epochs = 3;
  for (std::size_t epoch = 1; epoch <= 10; ++epoch)
    EXPECT_EQ(is_quantization_aware(options, epoch), epoch >= 8) << epoch;
  options.quantization_aware.epochs = 0;
  EXPECT_FALSE(is_quantization_aware(options, 10));
}

// With a learning rate near 0 the network of the epoch's end is that of its start, so the epoch's
// loss must be that of the fake-quantized network of the checkpoint.
TEST(QuantizationPhase, EvaluatesTheQuantizedNetworkOfTheOptions) {
  for (const char* const backend : {"native", "autograd"}) {
    double losses[2] = {};
    for (const WeightCode code : {WeightCode::kInt8, WeightCode::kPowerOfTwo}) {
      tests::ShadesRun run;
      run.options.backend = backend;
      run.options.epochs = 1;
      run.options.learning_rate = 1e-30;
      run.options.pruning.schedule = Schedule::kNone;
      run.options.quantization_aware = {1, code};
      const Checkpoint trained = train_whole(run);
      const TrainData data = run.data();
      std::vector<std::uint8_t> training_pixels;
      for (const std::size_t i : data.train) {
        const auto pixels = run.train_set.read(i).pixels;
        training_pixels.insert(training_pixels.end(), pixels.begin(), pixels.end());
      }
      quantization::PoolingOptions pooling;
      pooling.weights = code;
      const std::uint32_t bits =
          quantization::calibrate_pooling_fraction_bits(trained.network, training_pixels, pooling);
      const quantization::QuantizeOptions scales =
          epoch_scales(trained.network, data, run.options, 1);
      EXPECT_EQ(scales.pooling_fraction_bits, bits);
      EXPECT_EQ(scales.weights, code);
      auto images = torch::empty({40, 1, 8, 8}, torch::kUInt8);
      auto labels = torch::empty({40}, torch::kInt64);
      for (std::size_t i = 0; i < 40; ++i) {
        const auto pixels = run.test_set.read(i).pixels;
        std::copy(pixels.begin(), pixels.end(), images.data_ptr<std::uint8_t>() + i * 64);
        labels[static_cast<std::int64_t>(i)] = run.test_set.label(i);
      }
      const network::FakeQuantized fake(trained.network, {bits, code});
      const double unit = logit_scale(quantization::quantize(trained.network, {bits, code}));
      const auto loss = torch::nn::functional::cross_entropy(fake.forward(images) * unit, labels);
      const double actual = trained.training.history[0].test_loss;
      EXPECT_NEAR(actual, loss.item<double>(), 1e-5) << backend << ' ' << name_of(code);
      losses[code == WeightCode::kInt8 ? 0 : 1] = actual;
    }
    EXPECT_NE(losses[0], losses[1]);
  }
}

}  // namespace
}  // namespace colcomb::training
