#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/random_network.hpp"

namespace colcomb::tests {

/// Lets the last of `network`'s layers, a convolution, read the output of layer `source` too.
inline void add_input(Random& random, NetworkDescription& network, std::size_t source) {
  LayerDescription& layer = network.hidden.back();
  const LayerDescription& from = network.hidden[source];
  InputPart input{source, from.out_channels, from.out_height(), from.out_width(), 1, 1, {}};
  input.stride = between(random, 1, 2);
  input.kernel = 1 + 2 * random.below(2);
  std::vector<Column> columns = convolution_columns(input.channels, input.kernel);
  if (ceil_divide(input.height, input.stride) != layer.sum_height() ||
      ceil_divide(input.width, input.stride) != layer.sum_width()) {
    LayerDescription reader = layer;
    reader.in_height = input.height;
    reader.in_width = input.width;
    input.kernel = 1;
    input.window = random_window(random, reader);
    input.window->out_height = layer.sum_height();
    input.window->out_width = layer.sum_width();
    columns = window_columns(input.channels, *input.window);
  }
  for (Column column : columns) {
    column.channel += static_cast<std::int32_t>(layer.in_channels);
    layer.columns.push_back(column);
  }
  layer.in_channels += input.channels;
  layer.conv_groups = 1;
  layer.more_inputs.push_back(std::move(input));
}

inline std::vector<bool> read_layers(const NetworkDescription& network) {
  std::vector<bool> read(network.hidden.size());
  read.back() = true;
  for (std::size_t i = 0; i < network.hidden.size(); ++i) {
    for (const LayerPart& part : parts_of(network, i)) {
      if (part.source) read[*part.source] = true;
    }
    if (network.hidden[i].residual) read[*network.hidden[i].residual] = true;
  }
  return read;
}

/// Lets the last layer read what no other does.
inline void add_unread_inputs(Random& random, NetworkDescription& network) {
  const std::vector<bool> read = read_layers(network);
  for (std::size_t i = 0; i < read.size(); ++i) {
    if (!read[i]) add_input(random, network, i);
  }
}

/// A network of 2 to 6 hidden layers that read any earlier ones, several at a time: Concats,
/// projection shortcuts, maps with several readers, residuals, poolings, windows of all shapes.
inline NetworkDescription random_branches(Random& random, const NetworkLimits& limits = {
                                                              .tables = true, .row_tables = true}) {
  NetworkDescription network;
  InputDescription& input = network.input;
  input = {between(random, 1, 3), between(random, 1, 9), between(random, 1, 9), {}, {}, 1};
  if (limits.image_side > 0) input.height = input.width = limits.image_side;
  input.mean.assign(input.channels, 0.4);
  input.std.assign(input.channels, 0.3);
  network.classes = between(random, 1, 11);
  const std::size_t hidden = between(random, 2, 6);
  for (std::size_t i = 0; i < hidden; ++i) {
    const bool last = i + 1 == hidden;
    LayerDescription layer;
    layer.name = "layer" + std::to_string(i);
    layer.in_channels = input.channels;
    layer.in_height = input.height;
    layer.in_width = input.width;
    if (i > 0) {
      const std::size_t source = random.below(3) == 0 ? random.below(i) : i - 1;
      if (source + 1 < i) layer.source = source;
      layer.in_channels = network.hidden[source].out_channels;
      layer.in_height = network.hidden[source].out_height();
      layer.in_width = network.hidden[source].out_width();
    }
    layer.kind = last || random.below(4) != 0 ? LayerKind::kConvolution : LayerKind::kShift;
    layer.out_channels = between(random, 1, limits.channels);
    layer.kernel = 1 + 2 * random.below(2);
    layer.stride = random.below(4) == 0 ? 2 : 1;
    layer.alpha = between(random, 1, limits.alpha);
    if (layer.kind == LayerKind::kShift) {
      for (std::size_t c = 0; c < layer.in_channels; ++c)
        layer.columns.push_back({static_cast<std::int32_t>(c), 0, 0});
    } else if (random.below(3) == 0) {
      layer.window = random_window(random, layer);
      layer.kernel = 1;
      layer.columns = window_columns(layer.in_channels, *layer.window);
    } else {
      layer.columns = convolution_columns(layer.in_channels, layer.kernel);
    }
    layer.batch_norm = random.below(3) != 0;
    if (limits.poolings) layer.pooling = random_pooling(layer, i);
    network.hidden.push_back(std::move(layer));
    if (network.hidden.back().kind == LayerKind::kConvolution && i > 0) {
      for (std::size_t more = random.below(3); more > 0; --more)
        add_input(random, network, random.below(i));
    }
    if (last) add_unread_inputs(random, network);
    for (std::size_t source = 0; source < i; ++source) {
      if (random.below(3) == 0) add_residual_if_it_fits(network, source);
    }
  }
  const LayerDescription& last = network.hidden.back();
  network.global_pooling = !limits.poolings || random.below(4) != 0;
  network.classifier = network.global_pooling
                           ? make_classifier(last.out_channels, network.classes)
                           : make_flat_classifier(last.out_channels, last.out_height(),
                                                  last.out_width(), network.classes);
  if (limits.tables) add_random_activations(network, limits.row_tables);
  return network;
}

}  // namespace colcomb::tests
