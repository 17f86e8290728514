#include "colcomb/artifacts/network_description.hpp"

#include <fmt/format.h>

#include <cmath>
#include <set>

#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/artifacts/packed_matrix.hpp"
#include "colcomb/artifacts/printable.hpp"
#include "colcomb/artifacts/require.hpp"
#include "colcomb/base/error.hpp"

namespace colcomb {
namespace {

constexpr std::size_t kMaxMapSide = 1 << 14;
constexpr std::size_t kMaxChannels = 1 << 20;
constexpr std::size_t kMaxStride = 64;
constexpr std::size_t kMaxTaps = 256;     // of a window, along each side
constexpr std::size_t kMaxReach = 1024;   // of a window, dilation included
constexpr std::size_t kMaxPadding = 255;  // of a window, on each side

void validate_input(const InputDescription& input, const std::string& where) {
  const auto in_range = [](std::size_t value, std::size_t most) {
    return value >= 1 && value <= most;
  };
  require(in_range(input.channels, 1024), where, "input channels", fmt::to_string(input.channels),
          "must be 1 to 1024");
  require(in_range(input.height, kMaxMapSide) && in_range(input.width, kMaxMapSide), where,
          "input size", fmt::format("{} x {}", input.height, input.width),
          "each side must be 1 to 16384");
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
  return layer.in_channels * layer.kernel_height() * layer.kernel_width();
}

/// One side of a window: `first` is the padding before the map.
struct Axis {
  std::size_t in, out, taps, dilation, first;
};

void validate_axis(const Axis& axis, std::size_t stride, const std::string& where,
                   const std::string& field) {
  const auto in_range = [](std::size_t value, std::size_t most) {
    return value >= 1 && value <= most;
  };
  require(in_range(axis.taps, kMaxTaps) && in_range(axis.dilation, kMaxReach) &&
              (axis.taps - 1) * axis.dilation < kMaxReach,
          where, field, fmt::format("{} taps with dilation {}", axis.taps, axis.dilation),
          "must have 1 to 256 taps that reach over at most 1024 pixels");
  require(axis.first <= kMaxPadding, where, field, fmt::format("padding {}", axis.first),
          "must be at most 255");
  require(in_range(axis.out, kMaxMapSide) &&
              (axis.out - 1) * stride < axis.in + axis.first + kMaxPadding,
          where, field, fmt::format("{} outputs for {} inputs", axis.out, axis.in),
          "must have outputs, the last of them within 255 pixels of the map");
}

void validate_window(const LayerDescription& layer, const std::string& where,
                     const std::string& field) {
  const Window& w = *layer.window;
  require(layer.kind == LayerKind::kConvolution && layer.kernel == 1, where, field,
          name_of(layer.kind), "must be that of a convolution whose kernel is given as 1");
  validate_axis({layer.in_height, w.out_height, w.kernel_height, w.dilation_height, w.pad_top},
                layer.stride, where, field);
  validate_axis({layer.in_width, w.out_width, w.kernel_width, w.dilation_width, w.pad_left},
                layer.stride, where, field);
}

/// One side of the pooling of a map of sums of `size` pixels.
void validate_pooling_side(const PoolingSide& side, std::size_t size, const std::string& where,
                           const std::string& field) {
  require(side.kernel >= 1 && side.kernel <= kMaxTaps && side.padding < side.kernel, where, field,
          fmt::format("kernel {} with padding {}", side.kernel, side.padding),
          "must be 1 to 256, padding below the kernel");
  require(side.out >= 1 && side.out <= kMaxMapSide, where, field,
          fmt::format("{} outputs", side.out), "must be 1 to 16384");
  require((side.out - 1) * side.stride < size + side.padding, where, field,
          fmt::format("{} outputs for {} pixels", side.out, size),
          "must be windows of which each holds a pixel of the map");
}

void validate_pooling(const LayerDescription& layer, const std::string& where,
                      const std::string& field) {
  const PoolingWindow& pooling = *layer.pooling;
  require(pooling.stride >= 1 && pooling.stride <= kMaxStride, where, field,
          fmt::format("stride {}", pooling.stride), "must be 1 to 64");
  validate_pooling_side(pooling.vertical(), layer.sum_height(), where, field);
  validate_pooling_side(pooling.horizontal(), layer.sum_width(), where, field);
  require(pooling.kind == PoolingKind::kMean || !pooling.count_padding, where, field,
          "count_padding", "must be false for maxima");
}

/// The least and the greatest offset of a column along one side.
struct Offsets {
  std::ptrdiff_t least, most;
};

Offsets offsets_of(const LayerDescription& layer, std::size_t taps, std::size_t dilation,
                   std::size_t padding) {
  if (!layer.window) {
    const auto reach = static_cast<std::ptrdiff_t>(layer.kernel / 2);
    return {-reach, reach};
  }
  const auto first = static_cast<std::ptrdiff_t>(padding);
  return {-first, static_cast<std::ptrdiff_t>((taps - 1) * dilation) - first};
}

void validate_columns(const LayerDescription& layer, const std::string& where,
                      const std::string& field) {
  const Window w = layer.window.value_or(Window{});
  const Offsets y = offsets_of(layer, w.kernel_height, w.dilation_height, w.pad_top);
  const Offsets x = offsets_of(layer, w.kernel_width, w.dilation_width, w.pad_left);
  for (const Column& column : layer.columns) {
    if (column.channel >= 0 && static_cast<std::size_t>(column.channel) < layer.in_channels &&
        column.dy >= y.least && column.dy <= y.most && column.dx >= x.least && column.dx <= x.most)
      continue;
    throw file_error(
        where, field,
        fmt::format("(channel {}, dy {}, dx {})", column.channel, column.dy, column.dx),
        "must lie within the layer's channels and kernel");
  }
}

/// Of a fully connected layer.
Window whole_map(std::size_t height, std::size_t width) {
  return {height, width, 1, 1, 0, 0, 1, 1};
}

struct MapShape {
  std::size_t channels, height, width;
};

/// Kernel, stride, window and columns of one part of a layer, and that its map is what it reads.
/// `prefix`: in front of the fields' names.
void validate_reader(const LayerDescription& reader, const MapShape& input,
                     const std::string& where, const std::string& prefix) {
  const auto in_range = [](std::size_t value, std::size_t most) {
    return value >= 1 && value <= most;
  };
  require(in_range(reader.kernel, 31) && reader.kernel % 2 == 1, where, prefix + "kernel",
          fmt::to_string(reader.kernel), "must be odd, at most 31");
  require(in_range(reader.stride, kMaxStride), where, prefix + "stride",
          fmt::to_string(reader.stride), "must be 1 to 64");
  if (reader.window) validate_window(reader, where, prefix + "window");
  require(reader.columns.size() == expected_columns(reader), where, prefix + "columns",
          fmt::to_string(reader.columns.size()), "must be one per channel and tap");
  validate_columns(reader, where, prefix + "column");
  require(reader.in_channels == input.channels && reader.in_height == input.height &&
              reader.in_width == input.width,
          where, prefix + "input",
          fmt::format("{} x {} x {}", reader.in_channels, reader.in_height, reader.in_width),
          "must be the shape the layer before gives");
}

/// Which maps the layer reads. Behind it parts_of() takes hidden layer `index` apart.
void validate_sources(const NetworkDescription& network, std::size_t index,
                      const std::string& where) {
  const LayerDescription& layer = network.hidden[index];
  const auto field = [&layer](const char* name) {
    return fmt::format("layer {}: {}", layer.name, name);
  };
  require(!layer.source || *layer.source + 1 < index, where, field("source"),
          fmt::to_string(layer.source.value_or(0)),
          "must be a layer before the one before, or absent");
  if (layer.more_inputs.empty()) return;
  require(index > 0, where, field("inputs"), "several",
          "must be one: the first layer reads the image alone");
  require(layer.more_inputs.size() < kMaxInputParts, where, field("inputs"),
          fmt::to_string(part_count(layer)), "must be at most 64");
  require(layer.kind == LayerKind::kConvolution && layer.conv_groups == 1, where, field("kind"),
          fmt::format("{} in {} conv_groups", name_of(layer.kind), layer.conv_groups),
          "must be a convolution in one group: it reads several maps");
  std::size_t channels = 0;
  for (const InputPart& input : layer.more_inputs) {
    require(input.source < index, where, field("source of a further input"),
            fmt::to_string(input.source), "must be an earlier layer");
    require(input.channels >= 1 && input.channels <= kMaxChannels, where,
            field("channels of a further input"), fmt::to_string(input.channels),
            "must be 1 to 1048576");
    channels += input.channels;
  }
  require(channels < layer.in_channels, where, field("channels"),
          fmt::format("{} of {}", channels, layer.in_channels),
          "must leave at least one for the first map");
}

void validate_activation(const LayerDescription& layer, const std::string& where) {
  const ActivationTable& table = *layer.activation;
  const std::string field = fmt::format("layer {}: activation", layer.name);
  require_printable(table.name, where, field);
  require(table.values.size() == kTableEntries ||
              table.values.size() == layer.out_channels * kTableEntries,
          where, field, fmt::format("{} values", table.values.size()),
          "must have 256, one per byte, or as many for each out channel");
  for (std::size_t p = 0; p < table.values.size(); ++p) {
    require(std::isfinite(table.values[p]), where, fmt::format("{} value {}", field, p),
            fmt::to_string(table.values[p]), "must be finite");
  }
  require(!layer.fixed, where, field, table.name, "must be absent: the layer's weights are fixed");
}

/// `parts`: of the layer, and what they read.
void validate_layer(const LayerDescription& layer, const std::vector<LayerPart>& parts,
                    const std::vector<MapShape>& inputs, const std::string& where) {
  const auto field = [&layer](const char* name) {
    return fmt::format("layer {}: {}", layer.name, name);
  };
  const auto in_range = [](std::size_t value, std::size_t most) {
    return value >= 1 && value <= most;
  };
  require(in_range(layer.in_channels, kMaxChannels) && in_range(layer.out_channels, kMaxChannels),
          where, field("channels"), fmt::format("{} to {}", layer.in_channels, layer.out_channels),
          "must be at least 1");
  require(in_range(layer.alpha, kMaxAlpha), where, field("alpha"), fmt::to_string(layer.alpha),
          "must be 1 to 64");
  require(!layer.fixed || !layer.batch_norm, where, field("fixed"), "true",
          "a layer of fixed weights has a bias in place of batch norm");
  require(in_range(layer.conv_groups, layer.in_channels) &&
              layer.in_channels % layer.conv_groups == 0 &&
              layer.out_channels % layer.conv_groups == 0,
          where, field("conv_groups"), fmt::to_string(layer.conv_groups),
          "must divide the filters and the input channels");
  std::size_t columns = 0;
  for (std::size_t p = 0; p < parts.size(); ++p) {
    const LayerDescription& reader = parts[p].reader;
    validate_reader(reader, inputs[p], where,
                    parts.size() == 1 ? field("") : field("") + fmt::format("input {}: ", p));
    require(reader.sum_height() == layer.sum_height() && reader.sum_width() == layer.sum_width(),
            where, field("inputs"),
            fmt::format("{} x {} and {} x {} sums", layer.sum_height(), layer.sum_width(),
                        reader.sum_height(), reader.sum_width()),
            "must give sums of one size");
    columns += reader.columns.size();
  }
  require(columns == layer.columns.size(), where, field("columns"),
          fmt::to_string(layer.columns.size()), "must be one per channel and tap");
  for (std::size_t p = 0; parts.size() > 1 && p < parts.size(); ++p) {
    for (std::size_t m = 0; m < parts[p].reader.columns.size(); ++m) {
      const std::size_t column = parts[p].column_begin + m;
      const auto channel = static_cast<std::size_t>(layer.columns[column].channel);
      require(channel >= parts[p].channel_begin &&
                  channel < parts[p].channel_begin + parts[p].reader.in_channels,
              where, field("column"), fmt::to_string(column),
              "must stand in the order of the maps that the layer reads");
    }
  }
  if (layer.pooling) validate_pooling(layer, where, field("pooling"));
  if (layer.activation) validate_activation(layer, where);
}

MapShape output_of(const LayerDescription& layer) {
  return {layer.out_channels, layer.out_height(), layer.out_width()};
}

/// Errors: UserError if nothing reads a hidden layer before the last.
void validate_readers(const NetworkDescription& network, const std::string& where) {
  std::vector<bool> read(network.hidden.size());
  read.back() = true;
  for (std::size_t i = 0; i < network.hidden.size(); ++i) {
    for (const LayerPart& part : parts_of(network, i)) {
      if (part.source) read[*part.source] = true;
    }
    if (network.hidden[i].residual) read[*network.hidden[i].residual] = true;
  }
  for (std::size_t i = 0; i < read.size(); ++i) {
    require(read[i], where, fmt::format("layer {}: output", network.hidden[i].name), "not read",
            "must be read by a later layer");
  }
}

void validate_classifier(const NetworkDescription& network, const std::string& where) {
  const LayerDescription& layer = network.classifier;
  const auto field = [&layer](const char* name) {
    return fmt::format("classifier {}: {}", layer.name, name);
  };
  const LayerDescription& last = network.hidden.back();
  require(!layer.source && layer.more_inputs.empty(), where, field("inputs"), "others",
          "must be the last hidden layer alone");
  const std::vector<LayerPart> parts = parts_of(network, network.hidden.size());
  if (network.global_pooling) {
    validate_layer(layer, parts, {{last.out_channels, 1, 1}}, where);
    require(!layer.window, where, field("window"), "present",
            "must be absent behind global pooling");
  } else {
    validate_layer(layer, parts, {output_of(last)}, where);
    const Window whole = whole_map(last.out_height(), last.out_width());
    require(layer.window == whole, where, field("window"), layer.window ? "another" : "absent",
            "must be the whole map without global pooling");
  }
  require(layer.kind == LayerKind::kConvolution && layer.kernel == 1 && layer.stride == 1, where,
          field("kind"),
          fmt::format("{} with kernel {} and stride {}", name_of(layer.kind), layer.kernel,
                      layer.stride),
          "must be a convolution with kernel 1 and stride 1");
  require(!layer.pooling, where, field("pooling"), "present", "must be absent");
  require(!layer.activation && layer.zero == 0, where, field("activation"), "present",
          "must be absent: its outputs are the logits");
  require(!layer.batch_norm, where, field("batch norm"), "present", "must have a bias instead");
  require(!layer.fixed, where, field("fixed"), "true", "must be false: its weights are trained");
  require(layer.conv_groups == 1, where, field("conv_groups"), fmt::to_string(layer.conv_groups),
          "must be 1");
  require(!layer.residual, where, field("residual"), fmt::to_string(layer.residual.value_or(0)),
          "must be absent");
  require(layer.out_channels == network.classes, where, "classes", fmt::to_string(network.classes),
          "must be the classifier's out channels");
}

void validate_names(const NetworkDescription& network, const std::string& where) {
  std::set<std::string> names;
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    const std::string& name = network.layer(i).name;
    require_printable(name, where, fmt::format("name of layer {}", i));
    require(names.insert(name).second, where, "layer name", name, "must be unique");
  }
}

void validate_data(const NetworkDescription& network, const std::string& where) {
  const DataDescription& data = network.data;
  require_printable(data.name, where, "data set name");
  require(data.class_names.empty() || data.class_names.size() == network.classes, where,
          "class names", fmt::to_string(data.class_names.size()),
          "must be none or as many as classes");
  for (std::size_t i = 0; i < data.class_names.size(); ++i)
    require_printable(data.class_names[i], where, fmt::format("name of class {}", i));
}

void validate_residual(const NetworkDescription& network, std::size_t index,
                       const std::string& where) {
  const LayerDescription& layer = network.hidden[index];
  const std::string field = fmt::format("layer {}: residual", layer.name);
  require(*layer.residual < index, where, field, fmt::to_string(*layer.residual),
          "must name an earlier layer");
  const LayerDescription& source = network.hidden[*layer.residual];
  require(source.out_channels <= layer.out_channels, where, field,
          fmt::format("{} with {} channels", source.name, source.out_channels),
          "must have at most this layer's out channels");
  const std::size_t s = residual_stride(network, index);
  require(
      (layer.sum_height() - 1) * s < source.out_height() &&
          (layer.sum_width() - 1) * s < source.out_width(),
      where, field,
      fmt::format("{} with {} x {} pixels", source.name, source.out_height(), source.out_width()),
      "must have a pixel for each of this layer's, strides apart");
  const WordGrid words = layer.words();
  require(words.height() == layer.sum_height() && words.width() == layer.sum_width(), where, field,
          "a pooling that reaches beyond the map",
          "must be another layer's: this one has a residual source");
}

}  // namespace

std::vector<Column> window_columns(std::size_t channels, const Window& window) {
  std::vector<Column> columns;
  columns.reserve(channels * window.kernel_height * window.kernel_width);
  const auto offset = [](std::size_t tap, std::size_t dilation, std::size_t padding) {
    return static_cast<std::int16_t>(static_cast<std::ptrdiff_t>(tap * dilation) -
                                     static_cast<std::ptrdiff_t>(padding));
  };
  for (std::size_t channel = 0; channel < channels; ++channel) {
    for (std::size_t y = 0; y < window.kernel_height; ++y) {
      for (std::size_t x = 0; x < window.kernel_width; ++x) {
        columns.push_back({static_cast<std::int32_t>(channel),
                           offset(y, window.dilation_height, window.pad_top),
                           offset(x, window.dilation_width, window.pad_left)});
      }
    }
  }
  return columns;
}

const char* name_of(LayerKind kind) {
  switch (kind) {
    case LayerKind::kConvolution:
      return "convolution";
    case LayerKind::kShift:
      return "shift";
  }
  return "unknown";
}

std::string describe(const PoolingWindow& pooling) {
  return fmt::format("{} {} x {} / {}", name_of(pooling.kind), pooling.kernel_height,
                     pooling.kernel_width, pooling.stride);
}

const char* kind_name(const NetworkDescription& network, std::size_t layer) {
  return network.is_classifier(layer) ? "classifier" : name_of(network.hidden[layer].kind);
}

LayerDescription make_classifier(std::size_t channels, std::size_t classes) {
  LayerDescription layer;
  layer.name = "linear";
  layer.in_channels = channels;
  layer.out_channels = classes;
  layer.in_height = layer.in_width = 1;
  layer.columns = convolution_columns(channels, 1);
  layer.batch_norm = false;
  return layer;
}

LayerDescription make_flat_classifier(std::size_t channels, std::size_t height, std::size_t width,
                                      std::size_t classes) {
  LayerDescription layer = make_classifier(channels, classes);
  layer.in_height = height;
  layer.in_width = width;
  layer.window = whole_map(height, width);
  layer.columns = window_columns(channels, *layer.window);
  return layer;
}

std::size_t residual_stride(const NetworkDescription& network, std::size_t layer) {
  const std::size_t from = *network.hidden[layer].residual;
  // From the source's output to each later layer's, along its first input that is behind the
  // source; 0: none is. No map is larger than kMaxMapSide: from there on every product means pixel
  // 0 alone, and must not overflow.
  std::vector<std::size_t> to_output(layer + 1);
  to_output[from] = 1;
  for (std::size_t i = from + 1; i <= layer; ++i) {
    const LayerDescription& description = network.hidden[i];
    std::size_t product = to_output[description.source.value_or(i - 1)] * description.stride;
    for (const InputPart& input : description.more_inputs) {
      if (product == 0) product = to_output[input.source] * input.stride;
    }
    product = std::min(product, kMaxMapSide);
    if (i < layer && description.pooling)
      product = std::min(product * description.pooling->stride, kMaxMapSide);
    to_output[i] = product;
  }
  return std::max<std::size_t>(to_output[layer], 1);
}

void validate(const NetworkDescription& network, const std::string& where) {
  validate_input(network.input, where);
  require(network.classes >= 1 && network.classes <= kMaxChannels, where, "classes",
          fmt::to_string(network.classes), "must be at least 1");
  require(network.dropout >= 0 && network.dropout < 1, where, "dropout",
          fmt::to_string(network.dropout), "must be at least 0 and below 1");
  require(!network.hidden.empty(), where, "hidden layers", "0",
          "must be at least 1: the classifier reads the pooled outputs of the last one");
  validate_data(network, where);
  validate_names(network, where);
  const std::size_t s = network.input.reshape_stride;
  const MapShape image{network.input.channels * s * s, network.input.height / s,
                       network.input.width / s};
  for (std::size_t i = 0; i < network.hidden.size(); ++i) {
    const LayerDescription& layer = network.hidden[i];
    validate_sources(network, i, where);
    const std::vector<LayerPart> parts = parts_of(network, i);
    std::vector<MapShape> inputs;
    for (const LayerPart& part : parts)
      inputs.push_back(part.source ? output_of(network.hidden[*part.source]) : image);
    validate_layer(layer, parts, inputs, where);
    if (layer.residual) validate_residual(network, i, where);
  }
  validate_readers(network, where);
  validate_classifier(network, where);
}

}  // namespace colcomb
