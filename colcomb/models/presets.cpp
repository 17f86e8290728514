#include "colcomb/models/presets.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "colcomb/artifacts/packed_matrix.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/suggestion.hpp"
#include "colcomb/models/block_network.hpp"
#include "colcomb/models/chain.hpp"
#include "colcomb/models/image_networks.hpp"

namespace colcomb::models {
namespace {

constexpr std::size_t kMostChannels = 65536;

struct Block {
  std::size_t channels = 0;
  std::size_t layers = 0;
  std::size_t stride = 1;  // of the first layer
};

struct Layout {
  std::size_t first_channels = 0;
  std::size_t first_kernel = 3;
  std::vector<Block> blocks;
  bool residual = false;  // each block's last layer adds the block's input
  /// A layer of a block is two: depthwise 3 x 3, which has the stride, and pointwise.
  bool separable = false;
};

/// C1, C3, C5 and F6 of LeNet-5, whose fully connected layers are convolutions of its 5 x 5 maps.
Layout lenet5() {
  return {6, 5, {{16, 1, 2}, {120, 1, 2}, {84, 1, 1}}, false};
}

/// Configurations D and E of VGG, without the fully connected layers.
Layout vgg(std::size_t layers_in_later_blocks) {
  const std::size_t n = layers_in_later_blocks;
  return {64, 3, {{64, 1, 1}, {128, 2, 2}, {256, n, 2}, {512, n, 2}, {512, n, 2}}, false};
}
Layout vgg16() {
  return vgg(3);
}
Layout vgg19() {
  return vgg(4);
}

/// The CIFAR-10 network of 6 n + 2 layers with n = 3, and its shortcut without parameters.
Layout resnet20() {
  Layout layout{16, 3, {}, true};
  for (const std::size_t channels : {16, 32, 64}) {
    for (std::size_t b = 0; b < 3; ++b)
      layout.blocks.push_back({channels, 2, channels > 16 && b == 0 ? 2U : 1U});
  }
  return layout;
}

/// MobileNet (v1). The first convolution has stride 1, for maps of 32 pixels in place of 224.
Layout mobilenet() {
  return {32,
          3,
          {{64, 1, 1},
           {128, 1, 2},
           {128, 1, 1},
           {256, 1, 2},
           {256, 1, 1},
           {512, 1, 2},
           {512, 5, 1},
           {1024, 1, 2},
           {1024, 1, 1}},
          false,
          true};
}

struct Preset {
  std::string name;
  Layout (*layout)();
  BlockLayerType layer_type;
  const char* summary;
  NetworkDescription (*image_network)(const PresetOptions&) = nullptr;  // in place of a layout
};

const std::vector<Preset>& presets() {
  static const std::vector<Preset> all = {
#define COLCOMB_PRESET(name, layout, layer_type, summary) \
  {name, layout, BlockLayerType::layer_type, summary},
#define COLCOMB_IMAGE_PRESET(name, function, summary) \
  {name, nullptr, BlockLayerType::kVgg, summary, function},
#include "colcomb/models/presets.def"
  };
  return all;
}

const Preset& find_preset(const std::string& name) {
  const auto& all = presets();
  const auto found =
      std::find_if(all.begin(), all.end(), [&name](const Preset& p) { return p.name == name; });
  if (found == all.end()) {
    throw option_error("network.name", name, must_be_one_of(name, preset_names()));
  }
  return *found;
}

void check(const PresetOptions& options, const Layout& layout) {
  std::size_t widest = layout.first_channels;
  std::size_t strides = 1;
  for (const Block& block : layout.blocks) {
    widest = std::max(widest, block.channels);
    strides *= block.stride;
  }
  check_options(options, widest, strides);
}

}  // namespace

std::size_t scaled_channels(std::size_t channels, double width) {
  if (width == 1) return channels;  // the published ones need not be multiples of 4
  const double quarter = std::round(static_cast<double>(channels) * width / 4);
  return 4 * static_cast<std::size_t>(std::max(1.0, quarter));
}

void check_options(const PresetOptions& options, std::size_t widest, std::size_t strides) {
  if (!(options.width > 0 && static_cast<double>(widest) * options.width <= kMostChannels)) {
    throw option_error("network.width", fmt::to_string(options.width),
                       fmt::format("must be above 0 and give at most {} channels, {} at width 1",
                                   kMostChannels, widest));
  }
  if (options.alpha < 1 || options.alpha > kMaxAlpha) {
    throw option_error("network.alpha", fmt::to_string(options.alpha),
                       fmt::format("must be 1 to {}", kMaxAlpha));
  }
  const Chain start(options.input, options.seed);
  if (std::min(start.height(), start.width()) < strides) {
    throw option_error(
        "network.name", options.name,
        fmt::format("its strides need an input of at least {} x {} after the checkerboard "
                    "reshape, this one is {} x {}",
                    strides, strides, start.height(), start.width()));
  }
}

std::vector<std::string> preset_names() {
  std::vector<std::string> names;
  for (const Preset& preset : presets()) names.push_back(preset.name);
  return names;
}

std::vector<std::string> preset_summaries() {
  std::vector<std::string> summaries;
  for (const Preset& preset : presets())
    summaries.push_back(fmt::format("{} ({})", preset.name, preset.summary));
  return summaries;
}

NetworkDescription describe(const PresetOptions& options) {
  const Preset& preset = find_preset(options.name);
  if (preset.image_network != nullptr) return preset.image_network(options);
  const Layout layout = preset.layout();
  check(options, layout);
  const bool shift = preset.layer_type == BlockLayerType::kShift;
  const LayerKind kind = shift ? LayerKind::kShift : LayerKind::kConvolution;
  const std::size_t kernel = shift ? options.shift_kernel : 3;

  Chain chain(options.input, options.seed);
  const auto add_layer = [&](const std::string& name, std::size_t channels, std::size_t stride) {
    if (!layout.separable) return chain.add(name, kind, kernel, channels, stride, options.alpha);
    const std::size_t before = chain.channels();
    chain.add(name + ".dw", kind, kernel, before, stride, options.alpha);
    chain.set_conv_groups(before);
    chain.add(name + ".pw", kind, 1, channels, 1, options.alpha);
  };
  chain.add("conv0", LayerKind::kConvolution, layout.first_kernel,
            scaled_channels(layout.first_channels, options.width), 1, 1);
  for (std::size_t b = 0; b < layout.blocks.size(); ++b) {
    const Block& block = layout.blocks[b];
    const std::size_t before = chain.size() - 1;
    for (std::size_t l = 0; l < block.layers; ++l) {
      add_layer(fmt::format("block{}.layer{}", b + 1, l + 1),
                scaled_channels(block.channels, options.width), l == 0 ? block.stride : 1);
    }
    if (layout.residual) chain.add_residual(before);
  }
  return chain.finish(options.classes, options.dropout);
}

}  // namespace colcomb::models
