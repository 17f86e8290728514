// Images per second of training steps, dense and packed, against a plain LibTorch implementation of
// the same step on the same device: by backprop/ on the CPU, or as the trainer does it by autograd,
// images and augmentation on the device.
#include <fmt/format.h>
#include <torch/torch.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <numeric>
#include <optional>
#include <string>

#include "bench/contest.hpp"
#include "bench/float_peak.hpp"
#include "bench/plain_step.hpp"
#include "colcomb/base/random.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/models/block_network.hpp"
#include "colcomb/training/device_image_cache.hpp"
#include "colcomb/training/joint_optimizer.hpp"
#include "colcomb/training/libtorch_threads.hpp"
#include "colcomb/training/loss_sum.hpp"
#include "colcomb/training/meter.hpp"
#include "colcomb/training/runner.hpp"
#include "colcomb/training/sgd.hpp"
#include "colcomb/training/trainer.hpp"

namespace colcomb {
namespace {

struct Setting {
  const char* name;
  models::BlockNetworkOptions network;
  std::size_t batch;
};

/// Where and by what our steps are made.
struct Way {
  torch::Device device = torch::kCPU;
  std::string backend;
  std::vector<training::Precision> precisions;  // one after the other
};

/// Noise in memory, of the network's input size.
class Noise final : public dataset::Dataset {
 public:
  explicit Noise(const InputDescription& input)
      : channels_(input.channels), size_{input.height, input.width} {}
  [[nodiscard]] std::size_t size() const override { return 4096; }
  [[nodiscard]] const std::vector<std::string>& class_names() const override { return names_; }
  [[nodiscard]] std::size_t channels() const override { return channels_; }
  [[nodiscard]] std::optional<dataset::ImageSize> picture_size() const override { return size_; }
  [[nodiscard]] std::filesystem::path source() const override { return "noise"; }
  [[nodiscard]] std::int32_t label(std::size_t i) const override {
    return static_cast<std::int32_t>(i % 10);
  }
  [[nodiscard]] dataset::Image read(std::size_t i) const override {
    Random random = Random::stream(1, 1, i);
    dataset::Image image = dataset::blank_image(channels_, size_);
    for (auto& pixel : image.pixels) pixel = static_cast<std::uint8_t>(random.below(256));
    return image;
  }

 private:
  std::size_t channels_;
  dataset::ImageSize size_;
  std::vector<std::string> names_ = std::vector<std::string>(10, "noise");
};

/// Batches for ever: natively always the same one, as plain steps take; by autograd the trainer's,
/// augmented where the images lie.
class Batches {
 public:
  Batches(const InputDescription& input, std::size_t count, const Way& way) : data_(input) {
    transform_.kind = dataset::TransformOptions::Kind::kCrop;
    transform_.height = input.height;
    transform_.width = input.width;
    transform_.flip = true;
    loading_.batch_size = count;
    loading_.drop_last = true;
    std::vector<std::size_t> first(count);
    std::iota(first.begin(), first.end(), std::size_t{0});
    fixed_ = *dataset::BatchLoader(data_, first, transform_, loading_).next();
    loading_.shuffle = true;
    loading_.placements = true;
    loading_.threads = std::max<std::size_t>(1, available_threads() / 2);
    if (way.backend == "native") return;
    auto images = std::make_shared<training::DeviceImageCache>(way.device);
    images->hold(data_);
    image_cache_ = std::move(images);
  }

  [[nodiscard]] const dataset::Batch& fixed() const { return fixed_; }
  [[nodiscard]] std::shared_ptr<const training::DeviceImageCache> image_cache() const {
    return image_cache_;
  }

  const dataset::Batch& next() {
    if (!image_cache_) return fixed_;
    auto batch = loader_ ? loader_->next() : std::nullopt;
    if (!batch) {
      std::vector<std::size_t> all(data_.size());
      std::iota(all.begin(), all.end(), std::size_t{0});
      ++loading_.epoch;
      loader_ = std::make_unique<dataset::BatchLoader>(data_, all, transform_, loading_);
      batch = loader_->next();
    }
    current_ = std::move(*batch);
    return current_;
  }

 private:
  Noise data_;
  dataset::TransformOptions transform_;
  dataset::LoaderOptions loading_;
  dataset::Batch fixed_, current_;
  std::unique_ptr<dataset::BatchLoader> loader_;
  std::shared_ptr<const training::DeviceImageCache> image_cache_;
};

/// Our step.
class Ours {
 public:
  Ours(const Setting& setting, const Way& way, training::Precision precision, Batches& batches)
      : way_(way),
        batches_(batches),
        network_(models::describe(setting.network), 1),
        losses_(way.device, way.device.is_cpu()) {
    network_->move_to(way.device);
    runner_ = training::make_runner(way.backend, network_, way.device, available_threads(), nullptr,
                                    {precision, batches.image_cache()});
    sgd_ = std::make_unique<training::Sgd>(network_, training::Sgd::Options{0.9, 1e-4});
  }

  /// Gives the share of the weights that it leaves.
  double pack() {
    training::Pruning pruning;
    pruning.layers.weights = combining::LayerPruning::Weights::kStored;
    pruning.layers.less_for_small_alpha = true;
    pruning.layers.rate = 0.8;
    training::prune_and_combine(network_, pruning, {}, 1, available_threads());
    runner_->masks_changed();
    double kept = 0;
    double all = 0;
    for (const network::Layer& layer : network_->layers()) {
      all += static_cast<double>(layer->weight.numel());
      kept += layer->mask.defined() ? layer->mask.sum().item<double>()
                                    : static_cast<double>(layer->weight.numel());
    }
    return kept / all;
  }

  void step() {
    // As the trainer has it.
    const training::LibtorchThreads threads(way_.backend == "native" ? 1 : available_threads());
    const dataset::Batch& batch = batches_.next();
    const auto loss = torch::nn::functional::cross_entropy(
        runner_->forward(batch, Random(1)), training::labels_of(batch.labels, way_.device));
    runner_->backward(loss);
    losses_.add(loss.detach(), batch.count);
    sgd_->step(0.01, 0);
  }

 private:
  const Way& way_;
  Batches& batches_;
  network::Cnn network_;
  std::unique_ptr<training::Runner> runner_;
  std::unique_ptr<training::Sgd> sgd_;
  training::LossSum losses_;
};

double macs_per_image(const NetworkDescription& network) {
  double macs = 0;
  for (const LayerDescription& d : network.all())
    macs += static_cast<double>(d.out_channels * d.columns.size() * d.sum_pixels());
  return macs;
}

void run(const Setting& setting, const Way& way, double seconds, double peak) {
  Batches batches(setting.network.input, setting.batch, way);
  Plain plain(network::Cnn(models::describe(setting.network), 1), way.device);
  // A GPU is given several steps at a time, of which the last is waited for.
  const int together = way.device.is_cpu() ? 1 : 20;
  Contest contest;
  const auto add = [&](auto step) {
    contest.add([step, together, &way] {
      for (int i = 0; i < together; ++i) step();
      if (way.device.is_cuda()) torch::cuda::synchronize();
    });
  };
  add([&] { plain.step(batches.fixed()); });
  std::vector<std::unique_ptr<Ours>> ours;
  double kept = 1;
  for (const training::Precision precision : way.precisions) {
    for (const bool packed : {false, true}) {
      ours.push_back(std::make_unique<Ours>(setting, way, precision, batches));
      if (packed) kept = ours.back()->pack();
      add([each = ours.back().get()] { each->step(); });
    }
  }
  contest.run(seconds);
  const auto rate = [&](std::size_t entry) {
    return static_cast<double>(setting.batch) * together / contest.median_seconds(entry);
  };
  // Forward, gradient by inputs and gradient by weights are one product each.
  const double floor = peak / (3 * 2 * macs_per_image(models::describe(setting.network)));
  fmt::print("{}, packed: {:.1f} % of the weights\n", setting.name, 100 * kept);
  for (std::size_t i = 0; i < way.precisions.size(); ++i) {
    const double dense = rate(2 * i + 1);
    const double packed = rate(2 * i + 2);
    const bool half = way.precisions[i] == training::Precision::kBf16;
    fmt::print("  {:<8} {:>9.1f} {:>9.1f} {:>6.1f}x {:>9.1f} {:>6.1f}x {:>10}\n",
               half ? "bf16" : "float", rate(0), dense, dense / rate(0), packed, packed / rate(0),
               peak > 0 ? fmt::format("{:.1f}", floor) : "-");
  }
}

int main_program(int argc, char** argv) {
  CLI::App app(
      "Images per second of training steps, ours against plain LibTorch on the same device");
  bool quick = false;
  std::string device = "cpu";
  std::string backend = "auto";
  std::vector<std::string> precisions = training::precision_names();
  app.add_flag("--quick", quick, "A tenth of the time");
  app.add_option("--device", device, "cpu or cuda")->capture_default_str();
  app.add_option("--backend", backend, "native, autograd, or auto: native on the CPU")
      ->capture_default_str();
  app.add_option("--precision", precisions, "Of our steps: float, bf16 or both")
      ->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  training::prepare_libtorch(available_threads());
  Way way;
  way.device = training::resolve_device(device);
  way.backend = training::resolve_backend(backend, way.device, {});  // of chains of layers
  for (const std::string& name : precisions)
    way.precisions.push_back(training::parse_precision(name));
  const bool on_cpu = way.device.is_cpu();
  const double peak = on_cpu ? float_peak(available_threads()) : 0;
  fmt::print("training steps, images/s on {}, {}; {} threads", device, way.backend,
             available_threads());
  if (on_cpu) fmt::print(", {:.0f} GFLOP/s of fused multiply-adds", peak * 1e-9);
  fmt::print("\n\n  {:<8} {:>9} {:>9} {:>7} {:>9} {:>7} {:>10}\n", "", "plain", "dense", "",
             "packed", "", "floor");
  const auto setting = [](std::vector<std::size_t> filters, std::vector<std::size_t> layers,
                          std::vector<std::size_t> groups, std::size_t side, std::size_t channels) {
    models::BlockNetworkOptions o;
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
  const double seconds = quick ? 6 : 60;
  const std::vector<Setting> settings = {
      {"32 64 128, layers 2 2 2, 28x28x1, batch 128",
       setting({32, 64, 128}, {2, 2, 2}, {8, 8, 8}, 28, 1), 128},
      {"128 256 512, layers 6 6 6, batch 64", setting({128, 256, 512}, {6, 6, 6}, {8, 8, 8}, 32, 3),
       64}};
  for (const Setting& s : settings) run(s, way, seconds, peak);
  fmt::print(
      "\nplain: LibTorch in float, NCHW, index shift, masks every step, one batch again and "
      "again.\n"
      "packed: alpha 8, gamma 1.75.\n"
      "floor: dense products in float alone at the processor's peak.\n");
  return 0;
}

}  // namespace
}  // namespace colcomb

int main(int argc, char** argv) {
  try {
    return colcomb::main_program(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "bench_training: {}\n", error.what());
    return 1;
  }
}
