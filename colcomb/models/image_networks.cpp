// ResNets (He et al. 2015, the stride in the 3 x 3 layer of bottlenecks) and MobileNetV2 (Sandler
// et al. 2018). Layers are named as torchvision's modules are.
#include "colcomb/models/image_networks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "colcomb/models/chain.hpp"

namespace colcomb::models {
namespace {

bool is_small(const InputDescription& input) {
  const std::size_t s = std::max<std::size_t>(input.reshape_stride, 1);
  return std::min(input.height, input.width) / s <= kSmallPicture;
}

/// Appends convolutions by the index of the layer that they read.
class Network {
 public:
  explicit Network(const PresetOptions& options)
      : options_(options), chain_(options.input, options.seed) {}

  /// Gives the layer's index. `groups`: of a grouped convolution.
  std::size_t add(const std::string& name, std::size_t source, std::size_t kernel,
                  std::size_t channels, std::size_t stride = 1, std::size_t groups = 1) {
    const bool first = chain_.size() == 0;
    chain_.add_reading(name, first ? std::nullopt : std::optional(source), kernel, channels, stride,
                       first ? 1 : options_.alpha);
    chain_.set_conv_groups(groups);
    return chain_.size() - 1;
  }
  /// The last layer's sum has a 1 x 1 product of layer `source`'s map too.
  void add_projection(std::size_t source, std::size_t stride) {
    chain_.add_pointwise_input(source, stride);
  }
  void add_residual(std::size_t source) { chain_.add_residual(source); }
  /// Maxima of 3 x 3 windows, stride 2, behind the last layer.
  void pool() { chain_.pool_by_halves(); }

  [[nodiscard]] std::size_t scaled(std::size_t channels) const {
    return scaled_channels(channels, options_.width);
  }
  [[nodiscard]] std::size_t channels() const { return chain_.channels(); }
  NetworkDescription finish() { return chain_.finish(options_.classes, options_.dropout); }

 private:
  const PresetOptions& options_;
  Chain chain_;
};

/// Blocks of two 3 x 3 layers, or of 1 x 1, 3 x 3 and 1 x 1, the last four times as wide.
NetworkDescription resnet(const PresetOptions& options, const std::vector<std::size_t>& blocks,
                          bool bottleneck) {
  const std::size_t expansion = bottleneck ? 4 : 1;
  const bool small = is_small(options.input);
  check_options(options, 512 * expansion, small ? 8 : 32);
  Network network(options);
  std::size_t x = small ? network.add("conv1", 0, 3, network.scaled(64))
                        : network.add("conv1", 0, 7, network.scaled(64), 2);
  if (!small) network.pool();
  for (std::size_t stage = 0; stage < blocks.size(); ++stage) {
    const std::size_t inner = network.scaled(std::size_t{64} << stage);
    for (std::size_t b = 0; b < blocks[stage]; ++b) {
      const std::string name = fmt::format("layer{}.{}", stage + 1, b);
      const std::size_t stride = stage > 0 && b == 0 ? 2 : 1;
      const std::size_t outer = inner * expansion;
      const bool projects = stride > 1 || network.channels() != outer;
      std::size_t y = 0;
      if (bottleneck) {
        y = network.add(name + ".conv1", x, 1, inner);
        y = network.add(name + ".conv2", y, 3, inner, stride);
        y = network.add(name + ".conv3", y, 1, outer);
      } else {
        y = network.add(name + ".conv1", x, 3, inner, stride);
        y = network.add(name + ".conv2", y, 3, outer);
      }
      projects ? network.add_projection(x, stride) : network.add_residual(x);
      x = y;
    }
  }
  return network.finish();
}

struct Stage {
  std::size_t expansion, channels, blocks, stride;
};

}  // namespace

NetworkDescription resnet18(const PresetOptions& options) {
  return resnet(options, {2, 2, 2, 2}, false);
}
NetworkDescription resnet34(const PresetOptions& options) {
  return resnet(options, {3, 4, 6, 3}, false);
}
NetworkDescription resnet50(const PresetOptions& options) {
  return resnet(options, {3, 4, 6, 3}, true);
}

NetworkDescription mobilenet_v2(const PresetOptions& options) {
  const bool small = is_small(options.input);
  check_options(options, 1280, small ? 8 : 32);
  const Stage stages[] = {{1, 16, 1, 1}, {6, 24, 2, small ? 1U : 2U},
                          {6, 32, 3, 2}, {6, 64, 4, 2},
                          {6, 96, 3, 1}, {6, 160, 3, 2},
                          {6, 320, 1, 1}};
  Network network(options);
  std::size_t x = network.add("features.0.0", 0, 3, network.scaled(32), small ? 1 : 2);
  std::size_t feature = 1;
  for (const Stage& stage : stages) {
    for (std::size_t b = 0; b < stage.blocks; ++b) {
      const std::string name = fmt::format("features.{}.conv.", feature++);
      const std::size_t before = network.channels();
      const std::size_t wide = before * stage.expansion;
      const std::size_t outer = network.scaled(stage.channels);
      const std::size_t stride = b == 0 ? stage.stride : 1;
      std::size_t y = x;
      std::size_t part = 0;
      if (stage.expansion > 1) y = network.add(fmt::format("{}{}.0", name, part++), y, 1, wide);
      y = network.add(fmt::format("{}{}.0", name, part++), y, 3, wide, stride, wide);
      y = network.add(fmt::format("{}{}", name, part), y, 1, outer);
      if (stride == 1 && before == outer) network.add_residual(x);
      x = y;
    }
  }
  network.add(fmt::format("features.{}.0", feature), x, 1, network.scaled(1280));
  return network.finish();
}

}  // namespace colcomb::models
