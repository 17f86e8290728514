#pragma once

#include <optional>
#include <string>
#include <vector>

#include "colcomb/base/random.hpp"
#include "colcomb/models/block_network.hpp"
#include "colcomb/training/trainer.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::tests {

/// Two classes of 8 x 8 images: dark and bright, with noise.
class Shades : public dataset::Dataset {
 public:
  explicit Shades(std::size_t size) : size_(size) {}
  [[nodiscard]] std::optional<dataset::ImageSize> picture_size() const override {
    return in_memory ? std::optional(dataset::ImageSize{8, 8}) : std::nullopt;
  }
  [[nodiscard]] std::size_t size() const override { return size_; }
  [[nodiscard]] const std::vector<std::string>& class_names() const override { return names_; }
  [[nodiscard]] std::size_t channels() const override { return 1; }
  [[nodiscard]] std::filesystem::path source() const override { return "shades"; }
  [[nodiscard]] std::int32_t label(std::size_t i) const override {
    return static_cast<std::int32_t>(i % 2);
  }
  [[nodiscard]] dataset::Image read(std::size_t i) const override {
    Random random = Random::stream(5, 5, i);
    dataset::Image image;
    image.channels = 1;
    image.height = image.width = 8;
    image.pixels.resize(64);
    for (std::size_t p = 0; p < 64; ++p) {
      image.pixels[p] = static_cast<std::uint8_t>(random.below(200) + (i % 2 == 0 ? 0 : 50));
    }
    return image;
  }

  bool in_memory = false;

 private:
  std::size_t size_;
  std::vector<std::string> names_ = {"dark", "bright"};
};

/// A small run on them, which tests change to their need.
struct ShadesRun {
  Shades train_set{96};
  Shades test_set{40};
  TemporaryFolder folder;
  training::TrainOptions options;
  training::RunOptions run_options;
  NetworkDescription description;

  ShadesRun() {
    options.batch_size = 16;
    options.epochs = 4;
    options.learning_rate = 0.05;
    options.l1_penalty = 1e-4;
    run_options.threads = 1;
    run_options.save_path = folder / "net.ckpt";
    models::BlockNetworkOptions blocks;
    blocks.filters = {8, 16};
    blocks.layers = {2, 2};
    blocks.strides = {1, 2};
    blocks.groups = {2, 4};
    blocks.classes = 2;
    blocks.dropout = 0.2;
    blocks.input = {1, 8, 8, {.5}, {.25}, 1};
    description = models::describe(blocks);
  }

  [[nodiscard]] training::TrainData data() const {
    std::vector<std::size_t> all(96);
    for (std::size_t i = 0; i < 96; ++i) all[i] = i;
    dataset::TransformOptions augmented;
    augmented.kind = dataset::TransformOptions::Kind::kCrop;
    augmented.height = augmented.width = 8;
    augmented.padding = 1;
    augmented.flip = true;
    dataset::TransformOptions plain;
    plain.height = plain.width = 8;
    return {train_set,
            test_set,
            {all.begin(), all.begin() + 80},
            {all.begin() + 80, all.end()},
            {all.begin(), all.begin() + 40},
            augmented,
            plain};
  }
};

inline Checkpoint train_whole(const ShadesRun& run) {
  return training::train(run.options, run.run_options, run.description, run.data(), {});
}

inline bool same_numbers(const Checkpoint& a, const Checkpoint& b) {
  return a.network == b.network && a.training.optimizer == b.training.optimizer;
}

}  // namespace colcomb::tests
