// Images per second of training steps: ours (backprop/), dense and packed, against a plain LibTorch
// implementation of the same step: NCHW maps, the shift as an index select per channel, masks
// multiplied in at every step. Both draw from the same random batches.
#include <fmt/format.h>
#include <torch/torch.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <functional>
#include <memory>

#include "bench/float_peak.hpp"
#include "colcomb/base/random.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/network/block_network.hpp"
#include "colcomb/training/joint_optimizer.hpp"
#include "colcomb/training/libtorch_threads.hpp"
#include "colcomb/training/meter.hpp"
#include "colcomb/training/runner.hpp"
#include "colcomb/training/sgd.hpp"
#include "colcomb/training/trainer.hpp"

namespace colcomb {
namespace {

struct Setting {
  const char* name;
  network::BlockNetworkOptions network;
  std::size_t batch;
};

dataset::Batch random_batch(const InputDescription& input, std::size_t count) {
  Random random(1);
  dataset::Batch batch;
  batch.count = count;
  batch.channels = input.channels;
  batch.height = input.height;
  batch.width = input.width;
  batch.labels.resize(count);
  batch.pixels.resize(count * input.channels * input.height * input.width);
  for (auto& pixel : batch.pixels) pixel = static_cast<std::uint8_t>(random.below(256));
  for (std::size_t i = 0; i < count; ++i)
    batch.labels[i] = static_cast<std::int32_t>(random.below(10));
  return batch;
}

/// The plain step.
class Plain {
 public:
  explicit Plain(const network::Cnn& like) : description_(like->description()) {
    for (const network::Layer& layer : like->layers()) {
      Numbers n;
      n.weight = layer->weight.detach().clone().requires_grad_(true);
      n.mask = torch::ones_like(n.weight);
      parameters_.push_back(n.weight);
      const auto rows = n.weight.size(0);
      n.bias = torch::zeros(rows).requires_grad_(true);
      parameters_.push_back(n.bias);
      if (!layer->is_linear()) {
        n.gain = torch::ones(rows).requires_grad_(true);
        parameters_.push_back(n.gain);
        n.mean = torch::zeros(rows);
        n.variance = torch::ones(rows);
        n.index = shift_index(layer->description());
      }
      layers_.push_back(std::move(n));
    }
    sgd_ = std::make_unique<torch::optim::SGD>(
        parameters_, torch::optim::SGDOptions(0.1).momentum(0.9).weight_decay(1e-4));
  }

  void step(const dataset::Batch& batch) {
    const auto& input = description_.input;
    auto x = training::images_of(batch, torch::kCPU).to(torch::kFloat);
    x = (x / 255 - torch::tensor(input.mean, torch::kFloat).view({1, -1, 1, 1})) /
        torch::tensor(input.std, torch::kFloat).view({1, -1, 1, 1});
    for (std::size_t i = 0; i < layers_.size(); ++i) {
      Numbers& n = layers_[i];
      const LayerDescription& d = description_.layers[i];
      const auto weight = n.weight * n.mask;
      if (d.kind == LayerKind::kLinear) {
        x = torch::linear(x.mean({2, 3}), weight, n.bias);
        continue;
      }
      if (d.kind == LayerKind::kShift) x = shifted(x, n.index);
      x = torch::conv2d(x, weight, {}, static_cast<std::int64_t>(d.stride));
      x = torch::batch_norm(x, n.gain, n.bias, n.mean, n.variance, true, 0.1, 1e-5, false);
      x = torch::hardtanh(x, 0, 6);
    }
    const auto loss =
        torch::nn::functional::cross_entropy(x, training::labels_of(batch.labels, torch::kCPU));
    sgd_->zero_grad();
    loss.backward();
    sgd_->step();
    loss_ = loss.item<double>();
  }

 private:
  struct Numbers {
    torch::Tensor weight, mask, bias, gain, mean, variance, index;
  };

  /// Per channel, for each pixel of a map padded by zeros, the pixel it takes.
  static torch::Tensor shift_index(const LayerDescription& d) {
    if (d.kind != LayerKind::kShift) return {};
    const auto channels = static_cast<std::int64_t>(d.in_channels);
    const auto height = static_cast<std::int64_t>(d.in_height);
    const auto width = static_cast<std::int64_t>(d.in_width);
    auto index = torch::empty({channels, height * width}, torch::kLong);
    auto* to = index.data_ptr<std::int64_t>();
    for (const Column& column : d.columns)
      for (std::int64_t y = 0; y < height; ++y)
        for (std::int64_t i = 0; i < width; ++i) {
          const std::int64_t sy = y + column.dy;
          const std::int64_t sx = i + column.dx;
          const bool inside = sy >= 0 && sy < height && sx >= 0 && sx < width;
          *to++ = inside ? sy * width + sx : height * width;
        }
    return index;
  }

  static torch::Tensor shifted(const torch::Tensor& x, const torch::Tensor& index) {
    const auto padded = torch::constant_pad_nd(x.flatten(2), {0, 1});
    return padded.gather(2, index.unsqueeze(0).expand({x.size(0), -1, -1})).view(x.sizes());
  }

  NetworkDescription description_;
  std::vector<Numbers> layers_;
  std::vector<torch::Tensor> parameters_;
  std::unique_ptr<torch::optim::SGD> sgd_;
  double loss_ = 0;
};

double seconds_of(const std::function<void()>& step) {
  const auto begin = std::chrono::steady_clock::now();
  step();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

/// Steps that take turns, so that a machine that slows down slows all of them.
class Contest {
 public:
  void add(std::function<void()> step) { entries_.push_back({std::move(step), {}}); }

  /// Several steps of each in every round, the first of them not counted: it finds others' data in
  /// the caches, and LibTorch's threads still awake.
  void run(double seconds) {
    constexpr int kSteps = 4;
    for (double spent = 0; spent < seconds;) {
      for (Entry& entry : entries_) {
        spent += seconds_of(entry.step);
        for (int i = 1; i < kSteps; ++i) {
          entry.times.push_back(seconds_of(entry.step));
          spent += entry.times.back();
        }
      }
    }
  }

  [[nodiscard]] double median_seconds(std::size_t entry) const {
    std::vector<double> times = entries_[entry].times;
    const auto middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
    std::nth_element(times.begin(), middle, times.end());
    return *middle;
  }

 private:
  struct Entry {
    std::function<void()> step;
    std::vector<double> times;
  };
  std::vector<Entry> entries_;
};

/// Our step.
class Ours {
 public:
  Ours(const Setting& setting, const dataset::Batch& batch)
      : network_(network::describe(setting.network), 1),
        runner_(training::make_runner("lanes", network_, torch::kCPU, available_threads())),
        sgd_(network_, {0.9, 1e-4}),
        batch_(batch),
        labels_(training::labels_of(batch.labels, torch::kCPU)) {}

  void pack() {
    training::prune_and_combine(network_, {.rate = 0.8}, {}, 1, available_threads());
    runner_->masks_changed();
  }

  void step() {
    const training::LibtorchThreads one(1);  // as the trainer has it
    const auto loss =
        torch::nn::functional::cross_entropy(runner_->forward(batch_, Random(1)), labels_);
    runner_->backward(loss);
    sgd_.step(0.01, 0);
  }

  [[nodiscard]] const network::Cnn& network() const { return network_; }

 private:
  network::Cnn network_;
  std::unique_ptr<training::Runner> runner_;
  training::Sgd sgd_;
  const dataset::Batch& batch_;
  torch::Tensor labels_;
};

double macs_per_image(const NetworkDescription& network) {
  double macs = 0;
  for (const LayerDescription& d : network.layers)
    macs += static_cast<double>(d.out_channels * d.columns.size() * d.out_height() * d.out_width());
  return macs;
}

void run(const Setting& setting, double seconds, double peak) {
  const dataset::Batch batch = random_batch(setting.network.input, setting.batch);
  Ours dense(setting, batch);
  Ours packed(setting, batch);
  packed.pack();
  Plain plain(dense.network());
  Contest contest;
  contest.add([&] { plain.step(batch); });
  contest.add([&] { dense.step(); });
  contest.add([&] { packed.step(); });
  contest.run(seconds);
  const auto rate = [&](std::size_t entry) {
    return static_cast<double>(setting.batch) / contest.median_seconds(entry);
  };
  // Forward, gradient by inputs and gradient by weights are one product each.
  const double floor = peak / (3 * 2 * macs_per_image(dense.network()->description()));
  fmt::print("{:<42} {:>9.1f} {:>9.1f} {:>6.1f}x {:>9.1f} {:>6.1f}x {:>10.1f}\n", setting.name,
             rate(0), rate(1), rate(1) / rate(0), rate(2), rate(2) / rate(0), floor);
}

int main_program(int argc, char** argv) {
  const bool quick = argc > 1 && std::strcmp(argv[1], "--quick") == 0;
  training::prepare_libtorch(available_threads());
  const double peak = float_peak(available_threads());
  fmt::print("training steps, images/s; {} threads, {:.0f} GFLOP/s of fused multiply-adds\n\n",
             available_threads(), peak * 1e-9);
  fmt::print("{:<42} {:>9} {:>9} {:>7} {:>9} {:>7} {:>10}\n", "network", "plain", "dense", "",
             "packed", "", "floor");
  const auto setting = [](std::vector<std::size_t> filters, std::vector<std::size_t> layers,
                          std::vector<std::size_t> groups, std::size_t side, std::size_t channels) {
    network::BlockNetworkOptions o;
    o.filters = std::move(filters);
    o.layers = std::move(layers);
    o.strides = {1, 2, 2};
    o.groups = std::move(groups);
    o.classes = 10;
    o.input.channels = channels;
    o.input.height = o.input.width = side;
    o.input.mean.assign(channels, 0.5);
    o.input.std.assign(channels, 0.25);
    return o;
  };
  const double seconds = quick ? 3 : 30;
  const std::vector<Setting> settings = {
      {"32 64 128, layers 2 2 2, 28x28x1, batch 128",
       setting({32, 64, 128}, {2, 2, 2}, {8, 8, 8}, 28, 1), 128},
      {"128 256 512, layers 6 6 6, batch 64", setting({128, 256, 512}, {6, 6, 6}, {8, 8, 8}, 32, 3),
       64}};
  for (const Setting& s : settings) run(s, seconds, peak);
  fmt::print(
      "\nplain: LibTorch, NCHW, index shift, masks every step. packed: alpha 8, gamma 1.75.\n"
      "floor: dense products alone at the processor's peak.\n");
  return 0;
}

}  // namespace
}  // namespace colcomb

int main(int argc, char** argv) {
  return colcomb::main_program(argc, argv);
}
