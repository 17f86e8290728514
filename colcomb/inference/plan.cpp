#include "colcomb/inference/plan.hpp"

#include <algorithm>
#include <numeric>
#include <optional>

#include "colcomb/base/arithmetic.hpp"
#include "colcomb/inference/arrangement.hpp"

namespace colcomb::inference {
namespace {

using Arrangement = std::vector<WindowParts>;

std::size_t round_up(std::size_t value, std::size_t unit) {
  return ceil_divide(value, unit) * unit;
}

const Column& column_of(const LayerDescription& description, const QuantizedLayer& layer,
                        const GroupPart& part, std::size_t member) {
  return description.columns[layer.weights.groups.groups[part.group][part.first + member]];
}

/// Channels in the order in which the windows read them, so that a window's columns of one offset
/// lie within one vector load; those that no column reads come last.
std::vector<std::uint32_t> channel_order(const LayerDescription& description,
                                         const QuantizedLayer& layer, const Arrangement& windows) {
  std::vector<std::uint32_t> order;
  std::vector<bool> placed(description.in_channels);
  const auto place = [&](std::size_t channel) {
    if (!placed[channel]) order.push_back(static_cast<std::uint32_t>(channel));
    placed[channel] = true;
  };
  for (const WindowParts& window : windows) {
    for (const GroupPart& part : window.parts) {
      for (std::size_t k = 0; k < part.count; ++k)
        place(static_cast<std::size_t>(column_of(description, layer, part, k).channel));
    }
  }
  for (std::size_t c = 0; c < description.in_channels; ++c) place(c);
  return order;
}

/// Border that the reading layer's columns need.
void add_border(const LayerDescription& description, MapPlan& map) {
  const auto stride = static_cast<std::ptrdiff_t>(description.stride);
  const auto last_y = static_cast<std::ptrdiff_t>(description.sum_height() - 1) * stride;
  const auto last_x = static_cast<std::ptrdiff_t>(description.sum_width() - 1) * stride;
  const auto height = static_cast<std::ptrdiff_t>(map.height);
  const auto width = static_cast<std::ptrdiff_t>(map.width);
  const auto grow = [](std::size_t& border, std::ptrdiff_t needed) {
    if (needed > static_cast<std::ptrdiff_t>(border)) border = static_cast<std::size_t>(needed);
  };
  for (const Column& column : description.columns) {
    grow(map.top, -column.dy);
    grow(map.left, -column.dx);
    grow(map.bottom, last_y + column.dy - (height - 1));
    grow(map.right, last_x + column.dx - (width - 1));
  }
}

/// The map that a layer reads. `packed`: as few bytes a pixel as there are channels; else kernels
/// write it, in chunks of rows.
MapPlan plan_map(const LayerDescription& description, const QuantizedLayer& layer,
                 const Arrangement& windows, std::size_t height, std::size_t width, bool packed) {
  MapPlan map;
  map.height = height;
  map.width = width;
  map.order = channel_order(description, layer, windows);
  for (const std::uint32_t channel : map.order) map.padding.push_back(layer.padding[channel]);
  const std::size_t channels = map.order.size();
  const std::size_t pixel = packed           ? channels
                            : channels <= 32 ? round_up(channels, 16)
                                             : round_up(channels, 64);
  add_border(description, map);
  map.pitch.pixel = static_cast<std::ptrdiff_t>(pixel);
  map.pitch.row = static_cast<std::ptrdiff_t>((map.left + width + map.right) * pixel);
  return map;
}

std::vector<std::size_t> positions(const MapPlan& map) {
  std::vector<std::size_t> position(map.order.size());
  for (std::size_t p = 0; p < map.order.size(); ++p) position[map.order[p]] = p;
  return position;
}

Pitch times(const Pitch& pitch, std::size_t stride) {
  const auto s = static_cast<std::ptrdiff_t>(stride);
  return {pitch.row * s, pitch.pixel * s};
}

std::vector<Window> plan_windows(const LayerDescription& description, const QuantizedLayer& layer,
                                 const Arrangement& arrangement, const Geometry& geometry,
                                 const MapPlan& input) {
  const std::vector<std::size_t> position = positions(input);
  std::vector<Window> windows;
  for (const WindowParts& from : arrangement) {
    Window& window = windows.emplace_back();
    window.steps = from.steps(geometry);
    for (const GroupPart& part : from.parts) {
      for (std::size_t k = 0; k < part.count; ++k) {
        const Column& column = column_of(description, layer, part, k);
        window.columns.push_back(
            column.dy * input.pitch.row + column.dx * input.pitch.pixel +
            static_cast<std::ptrdiff_t>(position[static_cast<std::size_t>(column.channel)]));
      }
    }
  }
  return windows;
}

Matrix<Cell> plan_cells(const QuantizedLayer& layer, const Arrangement& arrangement,
                        const Geometry& geometry, const std::vector<std::uint32_t>& row_order) {
  std::size_t steps = 0;
  for (const WindowParts& window : arrangement) steps += window.steps(geometry);
  Matrix<Cell> cells(row_order.size(), steps * geometry.depth);
  for (std::size_t r = 0; r < row_order.size(); ++r) {
    const std::size_t n = row_order[r];
    std::size_t first = 0;
    for (const WindowParts& window : arrangement) {
      for (std::size_t i = 0; i < window.parts.size(); ++i) {
        const GroupPart& part = window.parts[i];
        const std::size_t select = layer.weights.selects(n, part.group);
        if (select < part.first || select >= part.first + part.count) continue;
        cells(r, first + i) = {layer.weights.values(n, part.group),
                               static_cast<std::uint8_t>(part.column + select - part.first)};
      }
      first += window.steps(geometry) * geometry.depth;
    }
  }
  return cells;
}

/// Gives each map a buffer; one that nothing reads any more is taken over by a map laid out alike.
std::size_t assign_buffers(const NetworkDescription& network, std::vector<MapPlan>& maps) {
  std::vector<std::size_t> last_reader(maps.size());  // layer; of the last map what follows it
  for (std::size_t i = 0; i < maps.size(); ++i) last_reader[i] = i;
  for (std::size_t i = 0; i < network.hidden.size(); ++i) {
    const auto source = network.hidden[i].residual;
    if (source) last_reader[*source + 1] = std::max(last_reader[*source + 1], i);
  }
  std::vector<std::size_t> holder;  // of each buffer: the map that took it last
  for (std::size_t i = 0; i < maps.size(); ++i) {
    // Map i is written by layer i - 1; the image is written anew for each run.
    const auto free = std::ranges::find_if(holder, [&](std::size_t held) {
      return last_reader[held] + 1 < i && maps[held].same_layout(maps[i]);
    });
    if (free == holder.end()) {
      maps[i].buffer = holder.size();
      holder.push_back(i);
    } else {
      maps[i].buffer = maps[*free].buffer;
      *free = i;
    }
  }
  return holder.size();
}

}  // namespace

bool MapPlan::same_layout(const MapPlan& other) const {
  return height == other.height && width == other.width && padding == other.padding &&
         top == other.top && left == other.left && bottom == other.bottom && right == other.right &&
         pitch.pixel == other.pitch.pixel;
}

NetworkPlan plan_network(const QuantizedNetwork& network, const Geometry& geometry) {
  const NetworkDescription& descriptions = network.description;
  std::vector<Arrangement> arrangements;
  for (const QuantizedLayer& layer : network.all())
    arrangements.push_back(arrange(layer.weights.groups, geometry));
  NetworkPlan plan;
  for (std::size_t i = 0; i < network.hidden.size(); ++i) {
    const LayerDescription& reader = descriptions.hidden[i];
    plan.maps.push_back(plan_map(reader, network.hidden[i], arrangements[i], reader.in_height,
                                 reader.in_width, /*packed=*/i == 0));
  }
  // The last hidden layer's output, whose channels are pooled in the order the classifier reads.
  const auto map_for_classifier = [&](std::size_t height, std::size_t width) {
    return plan_map(descriptions.classifier, network.classifier, arrangements.back(), height, width,
                    /*packed=*/false);
  };
  const LayerDescription& last = descriptions.hidden.back();
  plan.maps.push_back(map_for_classifier(last.out_height(), last.out_width()));
  plan.global_pooling = descriptions.global_pooling;
  if (plan.global_pooling) plan.pooled = map_for_classifier(1, 1);
  plan.buffers = assign_buffers(network.description, plan.maps);

  std::vector<std::uint32_t> natural(network.description.classes);
  std::iota(natural.begin(), natural.end(), 0U);
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    const LayerDescription& description = descriptions.layer(i);
    const QuantizedLayer& from = network.layer(i);
    LayerPlan& layer = plan.layers.emplace_back();
    layer.linear = network.is_classifier(i);
    const MapPlan& in = layer.linear && plan.global_pooling ? plan.pooled : plan.maps[i];
    const std::vector<std::uint32_t>& row_order = layer.linear ? natural : plan.maps[i + 1].order;
    layer.rows = description.out_channels;
    layer.width = description.sum_width();
    layer.pixels = description.sum_pixels();
    layer.pooling = description.pooling;
    layer.windows = plan_windows(description, from, arrangements[i], geometry, in);
    layer.cells = plan_cells(from, arrangements[i], geometry, row_order);
    for (const std::uint32_t n : row_order) layer.bias.push_back(from.bias[n]);
    layer.fraction_bits = from.fraction_bits;
    layer.input = times(in.pitch, description.stride);
    if (!layer.linear) layer.output = plan.maps[i + 1].pitch;
    if (layer.pooling) {
      // Without a border, each pixel as in the map that comes of it.
      layer.output.row = static_cast<std::ptrdiff_t>(layer.width) * layer.output.pixel;
      const auto row = static_cast<std::size_t>(layer.output.row);
      plan.activation_bytes =
          std::max(plan.activation_bytes, 2 * kSlack + description.sum_height() * row);
    }
    if (description.residual) {
      const MapPlan& source = plan.maps[*description.residual + 1];
      layer.residual_pitch = times(source.pitch, residual_stride(network.description, i));
      const std::vector<std::size_t> position = positions(source);
      for (const std::uint32_t n : row_order) {
        layer.residual.push_back(n < position.size() ? static_cast<std::ptrdiff_t>(position[n])
                                                     : kNothing);
      }
    }
  }
  return plan;
}

}  // namespace colcomb::inference
