#include "colcomb/artifacts/network_description.hpp"

#include <fmt/format.h>

#include <cmath>
#include <set>

#include "colcomb/artifacts/packed_matrix.hpp"
#include "colcomb/base/error.hpp"

namespace colcomb {
namespace {

void require(bool holds, const std::string& where, const std::string& field,
             const std::string& value, const char* rule) {
  if (!holds) throw file_error(where, field, value, rule);
}

constexpr std::size_t kMaxSide = 1 << 14;
constexpr std::size_t kMaxChannels = 1 << 20;

void validate_input(const InputDescription& input, const std::string& where) {
  const auto in_range = [](std::size_t value, std::size_t most) {
    return value >= 1 && value <= most;
  };
  require(in_range(input.channels, 1024), where, "input channels", fmt::to_string(input.channels),
          "must be 1 to 1024");
  require(in_range(input.height, kMaxSide) && in_range(input.width, kMaxSide), where, "input size",
          fmt::format("{} x {}", input.height, input.width), "each side must be 1 to 16384");
  require(in_range(input.reshape_stride, 64) && input.height % input.reshape_stride == 0 &&
              input.width % input.reshape_stride == 0,
          where, "reshape stride", fmt::to_string(input.reshape_stride),
          "must be 1 to 64 and divide both sides of the input");
  require(input.mean.size() == input.channels && input.std.size() == input.channels, where,
          "normalization", fmt::format("{} and {} values", input.mean.size(), input.std.size()),
          "must have one mean and one std per channel");
  for (std::size_t c = 0; c < input.channels; ++c) {
    require(std::isfinite(input.mean[c]) && std::isfinite(input.std[c]) && input.std[c] > 0, where,
            "normalization", fmt::format("mean {} std {}", input.mean[c], input.std[c]),
            "must be finite, std above 0");
  }
}

std::size_t expected_columns(const LayerDescription& layer) {
  return layer.kind == LayerKind::kConvolution ? layer.in_channels * layer.kernel * layer.kernel
                                               : layer.in_channels;
}

void validate_layer(const LayerDescription& layer, const std::string& where) {
  const auto field = [&layer](const char* name) {
    return fmt::format("layer {}: {}", layer.name, name);
  };
  const auto in_range = [](std::size_t value, std::size_t most) {
    return value >= 1 && value <= most;
  };
  require(in_range(layer.in_channels, kMaxChannels) && in_range(layer.out_channels, kMaxChannels),
          where, field("channels"), fmt::format("{} to {}", layer.in_channels, layer.out_channels),
          "must be at least 1");
  require(in_range(layer.kernel, 31) && layer.kernel % 2 == 1, where, field("kernel"),
          fmt::to_string(layer.kernel), "must be odd, at most 31");
  require(in_range(layer.stride, 64), where, field("stride"), fmt::to_string(layer.stride),
          "must be 1 to 64");
  require(in_range(layer.alpha, kMaxAlpha), where, field("alpha"), fmt::to_string(layer.alpha),
          "must be 1 to 64");
  require(layer.columns.size() == expected_columns(layer), where, field("columns"),
          fmt::to_string(layer.columns.size()), "must be one per channel and tap");
  const int reach = static_cast<int>(layer.kernel / 2);
  for (const Column& column : layer.columns) {
    if (column.channel >= 0 && static_cast<std::size_t>(column.channel) < layer.in_channels &&
        std::abs(column.dy) <= reach && std::abs(column.dx) <= reach)
      continue;
    throw file_error(
        where, field("column"),
        fmt::format("(channel {}, dy {}, dx {})", column.channel, column.dy, column.dx),
        "must lie within the layer's channels and kernel");
  }
}

}  // namespace

const char* name_of(LayerKind kind) {
  switch (kind) {
    case LayerKind::kConvolution:
      return "convolution";
    case LayerKind::kShift:
      return "shift";
    case LayerKind::kLinear:
      return "linear";
  }
  return "unknown";
}

std::size_t residual_stride(const NetworkDescription& network, std::size_t layer) {
  std::size_t product = 1;
  // No map is larger than kMaxSide: from there on every product means pixel 0 alone, and must not
  // overflow.
  for (std::size_t i = *network.layers[layer].residual + 1; i <= layer && product < kMaxSide; ++i)
    product *= network.layers[i].stride;
  return product;
}

void validate(const NetworkDescription& network, const std::string& where) {
  validate_input(network.input, where);
  require(network.classes >= 1 && network.classes <= kMaxChannels, where, "classes",
          fmt::to_string(network.classes), "must be at least 1");
  require(network.dropout >= 0 && network.dropout < 1, where, "dropout",
          fmt::to_string(network.dropout), "must be at least 0 and below 1");
  require(!network.layers.empty() && network.layers.back().kind == LayerKind::kLinear, where,
          "layers", fmt::to_string(network.layers.size()), "the last layer must be linear");
  const std::size_t s = network.input.reshape_stride;
  std::size_t channels = network.input.channels * s * s;
  std::size_t height = network.input.height / s;
  std::size_t width = network.input.width / s;
  std::set<std::string> names;
  for (std::size_t i = 0; i < network.layers.size(); ++i) {
    const LayerDescription& layer = network.layers[i];
    const bool last = i + 1 == network.layers.size();
    const auto field = [&layer](const char* name) {
      return fmt::format("layer {}: {}", layer.name, name);
    };
    require(names.insert(layer.name).second, where, "layer name", layer.name, "must be unique");
    require((layer.kind == LayerKind::kLinear) == last, where, field("kind"), name_of(layer.kind),
            "the last layer and no other is linear");
    if (last) height = width = 1;
    validate_layer(layer, where);
    require(layer.in_channels == channels && layer.in_height == height && layer.in_width == width,
            where, field("input"),
            fmt::format("{} x {} x {}", layer.in_channels, layer.in_height, layer.in_width),
            "must be the shape the layer before gives");
    channels = layer.out_channels;
    height = layer.out_height();
    width = layer.out_width();
    if (layer.residual) {
      require(!last && *layer.residual < i, where, field("residual"),
              fmt::to_string(*layer.residual), "must name an earlier layer");
      const LayerDescription& source = network.layers[*layer.residual];
      require(source.out_channels <= channels, where, field("residual"),
              fmt::format("{} with {} channels", source.name, source.out_channels),
              "must have at most this layer's out channels");
    }
  }
  require(channels == network.classes, where, "classes", fmt::to_string(network.classes),
          "must be the linear layer's rows");
}

}  // namespace colcomb
