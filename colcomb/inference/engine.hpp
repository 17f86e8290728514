#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "colcomb/artifacts/quantized_network.hpp"

namespace colcomb::inference {

/// How an engine runs.
struct EngineOptions {
  /// Threads, the caller's included; 0: all processors this process may use. Threads share a batch
  /// image by image, and the pixels and rows of each layer where there are fewer images than
  /// threads.
  std::size_t threads = 0;
  /// One of kernel_names(); empty: the fastest. Leave it alone but for tests and measurements.
  std::string kernel;
};

/// Kernels this processor can run, fastest first.
[[nodiscard]] std::vector<std::string> kernel_names();

/// Runs a packed network on the CPU; equal to semantics::run bit for bit.
class Engine {
 public:
  /// All preparation happens here. Errors: UserError for a network that breaks the format's rules
  /// and for a kernel that is not one of kernel_names().
  explicit Engine(const QuantizedNetwork& network, const EngineOptions& options = {});
  /// From a packed network file. Errors: UserError, as for load_packed_network too.
  explicit Engine(const std::filesystem::path& path, const EngineOptions& options = {});
  /// Takes over all that was prepared.
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;  // takes over all that was prepared
  ~Engine();

  [[nodiscard]] std::size_t image_size() const;  // bytes: C * H * W
  /// Logits of an image.
  [[nodiscard]] std::size_t classes() const;
  /// Layers before the classifier.
  [[nodiscard]] std::size_t hidden_layers() const;
  /// Name of the kernel it chose.
  [[nodiscard]] const std::string& kernel() const;

  /// Logits of any number of raw images (each C x H x W, before the checkerboard reshape), which
  /// lie one after the other, in units of logit_scale(network). Allocates nothing. One call at a
  /// time. Requires: images.size() == n * image_size(), logits.size() == n * classes().
  void run(std::span<const std::uint8_t> images, std::span<std::int32_t> logits);

  /// The same, and adds to saturated[i] how many outputs of hidden layer i lay above 255 before
  /// the clamp. Requires: saturated.size() == hidden_layers().
  void run(std::span<const std::uint8_t> images, std::span<std::int32_t> logits,
           std::span<std::uint64_t> saturated);

  /// What global pooling sums for each of the images: C sums over the last map's pixels each.
  /// Requires: global_pooling_channels() > 0; sums.size() == n * global_pooling_channels().
  void pool_sums(std::span<const std::uint8_t> images, std::span<std::uint64_t> sums);
  /// C of the last map; 0 without global pooling.
  [[nodiscard]] std::size_t global_pooling_channels() const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

}  // namespace colcomb::inference
