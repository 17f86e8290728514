#include "colcomb/inference/plan.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

#include "colcomb/artifacts/input_parts.hpp"
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

/// A layer that reads a map, or a part of it.
struct MapReader {
  const QuantizedLayer* layer = nullptr;
  const LayerPart* part = nullptr;
  const Arrangement* windows = nullptr;  // null if the layer has several parts
};

std::vector<std::uint32_t> natural_order(std::size_t channels) {
  std::vector<std::uint32_t> order(channels);
  std::iota(order.begin(), order.end(), 0U);
  return order;
}

/// The map that layers read, in the order that the first of those with one part wants. `packed`: as
/// few bytes a pixel as there are channels; else kernels write it, in chunks of rows.
MapPlan plan_map(const std::vector<MapReader>& readers, std::size_t channels, std::size_t height,
                 std::size_t width, bool packed) {
  MapPlan map;
  map.height = height;
  map.width = width;
  const auto orders = std::ranges::find_if(
      readers, [](const MapReader& reader) { return reader.windows != nullptr; });
  map.order = orders == readers.end()
                  ? natural_order(channels)
                  : channel_order(orders->part->reader, *orders->layer, *orders->windows);
  map.padding.resize(channels);
  for (const MapReader& reader : readers) {
    add_border(reader.part->reader, map);
    for (std::size_t p = 0; p < channels; ++p)
      map.padding[p] = reader.layer->padding[reader.part->channel_begin + map.order[p]];
  }
  const std::size_t pixel = packed           ? channels
                            : channels <= 32 ? round_up(channels, 16)
                                             : round_up(channels, 64);
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

/// Windows over joined columns, which lie in the order of the windows, and where these come from.
/// `maps`: all of the network.
std::vector<Window> join_columns(const std::vector<LayerPart>& parts, const QuantizedLayer& layer,
                                 const Arrangement& arrangement, const Geometry& geometry,
                                 const std::vector<MapPlan>& maps, JoinedColumns& joined) {
  std::vector<std::vector<std::size_t>> position;
  for (const LayerPart& part : parts) {
    const std::size_t map = part.source ? *part.source + 1 : 0;
    joined.parts.push_back({map, times(maps[map].pitch, part.reader.stride), {}});
    position.push_back(positions(maps[map]));
  }
  // Part by part, since a pixel is filled part by part.
  std::vector<std::vector<std::pair<std::size_t, std::size_t>>> places(parts.size());
  std::vector<Window> windows;
  for (const WindowParts& from : arrangement) {
    Window& window = windows.emplace_back();
    window.steps = from.steps(geometry);
    for (const GroupPart& group : from.parts) {
      const auto& members = layer.weights.groups.groups[group.group];
      for (std::size_t k = 0; k < group.count; ++k) {
        const std::size_t m = members[group.first + k];
        const std::size_t p = part_of_column(parts, m);
        const Column& column = parts[p].reader.columns[m - parts[p].column_begin];
        const Pitch& pitch = maps[joined.parts[p].map].pitch;
        joined.parts[p].columns.push_back(
            column.dy * pitch.row + column.dx * pitch.pixel +
            static_cast<std::ptrdiff_t>(position[p][static_cast<std::size_t>(column.channel)]));
        places[p].emplace_back(windows.size() - 1, window.columns.size());
        window.columns.push_back(0);
      }
    }
  }
  for (const auto& part : places) {
    for (const auto& [window, column] : part)
      windows[window].columns[column] = static_cast<std::ptrdiff_t>(joined.pixel++);
  }
  return windows;
}

/// Gives each map a buffer; one that nothing reads any more is taken over by a map laid out alike.
std::size_t assign_buffers(const NetworkDescription& network, std::vector<MapPlan>& maps) {
  std::vector<std::size_t> last_reader(maps.size());  // layer; of the last map what follows it
  for (std::size_t i = 0; i < maps.size(); ++i) last_reader[i] = i;
  for (std::size_t i = 0; i < network.hidden.size(); ++i) {
    const auto reads = [&](std::size_t source) {
      last_reader[source + 1] = std::max(last_reader[source + 1], i);
    };
    const LayerDescription& layer = network.hidden[i];
    if (layer.residual) reads(*layer.residual);
    if (layer.source) reads(*layer.source);
    for (const InputPart& input : layer.more_inputs) reads(input.source);
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
  std::vector<std::vector<LayerPart>> parts;
  for (std::size_t i = 0; i < network.layer_count(); ++i)
    parts.push_back(parts_of(descriptions, i));
  std::vector<std::vector<MapReader>> readers(network.layer_count());  // per map
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    for (const LayerPart& part : parts[i]) {
      readers[part.source ? *part.source + 1 : 0].push_back(
          {&network.layer(i), &part, parts[i].size() == 1 ? &arrangements[i] : nullptr});
    }
  }
  NetworkPlan plan;
  const LayerDescription& first = descriptions.hidden.front();
  plan.maps.push_back(plan_map(readers[0], first.in_channels, first.in_height, first.in_width,
                               /*packed=*/true));
  for (std::size_t i = 0; i < network.hidden.size(); ++i) {
    const LayerDescription& layer = descriptions.hidden[i];
    plan.maps.push_back(plan_map(readers[i + 1], layer.out_channels, layer.out_height(),
                                 layer.out_width(), /*packed=*/false));
  }
  plan.global_pooling = descriptions.global_pooling;
  // What is pooled has the channels in the order the classifier reads.
  if (plan.global_pooling)
    plan.pooled = plan_map(readers.back(), descriptions.classifier.in_channels, 1, 1, false);
  plan.buffers = assign_buffers(network.description, plan.maps);

  const std::vector<std::uint32_t> natural = natural_order(network.description.classes);
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    const LayerDescription& description = descriptions.layer(i);
    const QuantizedLayer& from = network.layer(i);
    LayerPlan& layer = plan.layers.emplace_back();
    layer.linear = network.is_classifier(i);
    layer.map = parts[i].front().source ? *parts[i].front().source + 1 : 0;
    const MapPlan& in = layer.linear && plan.global_pooling ? plan.pooled : plan.maps[layer.map];
    const std::vector<std::uint32_t>& row_order = layer.linear ? natural : plan.maps[i + 1].order;
    layer.rows = description.out_channels;
    layer.width = description.sum_width();
    layer.pixels = description.sum_pixels();
    layer.pooling = description.pooling;
    if (description.activation && description.activation->by_row()) {
      for (const std::uint32_t n : row_order)
        layer.row_tables.push_back(bytes_of(*description.activation, n));
    } else if (description.activation) {
      layer.table = bytes_of(*description.activation);
    }
    if (parts[i].size() == 1) {
      layer.windows = plan_windows(description, from, arrangements[i], geometry, in);
      layer.input = times(in.pitch, description.stride);
    } else {
      layer.windows = join_columns(parts[i], from, arrangements[i], geometry, plan.maps,
                                   layer.joined.emplace());
      layer.input.pixel = static_cast<std::ptrdiff_t>(layer.joined->pixel);
      layer.input.row = static_cast<std::ptrdiff_t>(layer.width) * layer.input.pixel;
      plan.joined_bytes =
          std::max(plan.joined_bytes, 2 * kSlack + layer.pixels * layer.joined->pixel);
    }
    layer.cells = plan_cells(from, arrangements[i], geometry, row_order);
    for (const std::uint32_t n : row_order) {
      layer.bias.push_back(from.bias[n]);
      layer.shifts.push_back(static_cast<std::uint8_t>(from.row_fraction_bits(n)));
    }
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
