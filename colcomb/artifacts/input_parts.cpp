#include "colcomb/artifacts/input_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "colcomb/base/arithmetic.hpp"
#include "colcomb/base/check.hpp"
#include "colcomb/base/error.hpp"

namespace colcomb {
namespace {

std::optional<std::size_t> first_source(const LayerDescription& layer, std::size_t index) {
  if (layer.source) return layer.source;
  return index == 0 ? std::nullopt : std::optional(index - 1);
}

/// The columns of `channels` channels from channel_begin on, their channels counted from there.
std::vector<Column> columns_of(const LayerDescription& layer, std::size_t channel_begin,
                               std::size_t channels) {
  std::vector<Column> columns;
  for (Column column : layer.columns) {
    const auto channel = static_cast<std::size_t>(column.channel);
    if (channel < channel_begin || channel >= channel_begin + channels) continue;
    column.channel -= static_cast<std::int32_t>(channel_begin);
    columns.push_back(column);
  }
  return columns;
}

}  // namespace

LayerDescription part_geometry(const LayerDescription& layer, std::size_t part) {
  LayerDescription reader;
  reader.name = layer.name;
  reader.kind = layer.kind;
  reader.in_channels = layer.in_channels;
  reader.out_channels = layer.out_channels;
  reader.kernel = layer.kernel;
  reader.stride = layer.stride;
  reader.alpha = layer.alpha;
  reader.in_height = layer.in_height;
  reader.in_width = layer.in_width;
  reader.source = layer.source;
  reader.residual = layer.residual;
  reader.window = layer.window;
  reader.batch_norm = layer.batch_norm;
  reader.fixed = layer.fixed;
  reader.pooling = layer.pooling;
  reader.activation = layer.activation;
  reader.zero = layer.zero;
  if (part == 0) {
    for (const InputPart& input : layer.more_inputs) reader.in_channels -= input.channels;
    return reader;
  }
  const InputPart& input = layer.more_inputs[part - 1];
  reader.source = input.source;
  reader.in_channels = input.channels;
  reader.in_height = input.height;
  reader.in_width = input.width;
  reader.kernel = input.kernel;
  reader.stride = input.stride;
  reader.window = input.window;
  return reader;
}

std::vector<LayerPart> parts_of(const NetworkDescription& network, std::size_t index) {
  const LayerDescription& layer = network.layer(index);
  std::vector<LayerPart> parts(part_count(layer));
  parts[0].source = first_source(layer, index);
  if (parts.size() == 1) {
    parts[0].reader = layer;
    return parts;
  }
  for (std::size_t p = 0; p < parts.size(); ++p) {
    LayerPart& part = parts[p];
    part.reader = part_geometry(layer, p);
    if (p > 0) {
      part.source = layer.more_inputs[p - 1].source;
      part.channel_begin = parts[p - 1].channel_begin + parts[p - 1].reader.in_channels;
      part.column_begin = parts[p - 1].column_end();
    }
    part.reader.columns = columns_of(layer, part.channel_begin, part.reader.in_channels);
  }
  return parts;
}

std::size_t part_of_column(const std::vector<LayerPart>& parts, std::size_t column) {
  for (std::size_t p = 0; p < parts.size(); ++p) {
    if (column < parts[p].column_end()) return p;
  }
  COLCOMB_CHECK(false, "no such column");
  return 0;
}

std::size_t part_of_channel(const LayerDescription& layer, std::size_t channel) {
  std::size_t end = layer.in_channels;
  for (std::size_t part = layer.more_inputs.size(); part > 0; --part) {
    end -= layer.more_inputs[part - 1].channels;
    if (channel >= end) return part;
  }
  return 0;
}

std::vector<std::size_t> columns_of_parts(const LayerDescription& layer) {
  std::vector<std::size_t> columns = {layer.columns.size()};
  for (std::size_t part = 1; part < part_count(layer); ++part) {
    const LayerDescription reader = part_geometry(layer, part);
    columns.push_back(reader.in_channels * reader.kernel_height() * reader.kernel_width());
    columns.front() -= columns.back();
  }
  return columns;
}

std::vector<std::size_t> share_groups(const std::vector<std::size_t>& columns, std::size_t groups,
                                      std::size_t alpha) {
  std::vector<std::size_t> shares;
  for (const std::size_t count : columns) shares.push_back(ceil_divide(count, alpha));
  std::size_t given = std::accumulate(shares.begin(), shares.end(), std::size_t{0});
  if (given > groups) {
    throw option_error("groups_target", fmt::to_string(groups),
                       fmt::format("must be at least {}: the layer reads {} maps, whose columns "
                                   "are in groups of their own",
                                   given, columns.size()));
  }
  while (given < groups) {
    std::size_t most = columns.size();
    for (std::size_t p = 0; p < columns.size(); ++p) {
      if (shares[p] >= columns[p]) continue;
      if (most == columns.size() || columns[p] * shares[most] > columns[most] * shares[p]) most = p;
    }
    if (most == columns.size()) break;
    ++shares[most];
    ++given;
  }
  return shares;
}

std::vector<std::size_t> groups_of_parts(const LayerDescription& layer, std::size_t groups) {
  if (layer.more_inputs.empty()) return {std::min(groups, layer.columns.size())};
  const std::vector<std::size_t> columns = columns_of_parts(layer);
  std::size_t alpha = layer.alpha;
  const auto least = [&columns](std::size_t most) {
    std::size_t sum = 0;
    for (const std::size_t count : columns) sum += ceil_divide(count, most);
    return sum;
  };
  while (alpha < layer.columns.size() && least(alpha) > groups) ++alpha;
  return share_groups(columns, std::max(groups, least(alpha)), alpha);
}

QuantizedLayer layer_of_part(const QuantizedLayer& layer, const LayerPart& part) {
  QuantizedLayer result;
  std::vector<std::size_t> groups;
  for (std::size_t g = 0; g < layer.weights.groups.size(); ++g) {
    std::vector<std::uint32_t> members = layer.weights.groups.groups[g];
    if (members.empty() || members.front() < part.column_begin ||
        members.front() >= part.column_end())
      continue;
    for (std::uint32_t& member : members) member -= static_cast<std::uint32_t>(part.column_begin);
    result.weights.groups.groups.push_back(std::move(members));
    groups.push_back(g);
  }
  const std::size_t rows = layer.weights.rows();
  result.weights.columns = part.reader.columns.size();
  result.weights.values = Matrix<std::int8_t>(rows, groups.size());
  result.weights.selects = Matrix<std::uint8_t>(rows, groups.size());
  for (std::size_t n = 0; n < rows; ++n) {
    for (std::size_t g = 0; g < groups.size(); ++g) {
      result.weights.values(n, g) = layer.weights.values(n, groups[g]);
      result.weights.selects(n, g) = layer.weights.selects(n, groups[g]);
    }
  }
  result.bias.assign(rows, 0);
  result.fraction_bits = layer.fraction_bits;
  result.row_exponents = layer.row_exponents;
  const auto padding = layer.padding.begin() + static_cast<std::ptrdiff_t>(part.channel_begin);
  result.padding.assign(padding, padding + static_cast<std::ptrdiff_t>(part.reader.in_channels));
  result.weight_code = layer.weight_code;
  return result;
}

void require_groups_within_parts(const NetworkDescription& network, std::size_t layer,
                                 const ColumnGroups& groups, const std::string& where) {
  if (network.layer(layer).more_inputs.empty()) return;
  const std::vector<LayerPart> parts = parts_of(network, layer);
  for (std::size_t g = 0; g < groups.size(); ++g) {
    const std::size_t first = part_of_column(parts, groups.groups[g].front());
    for (const std::uint32_t column : groups.groups[g]) {
      if (part_of_column(parts, column) == first) continue;
      throw file_error(where, fmt::format("layer {}: group {}", network.layer(layer).name, g),
                       fmt::format("columns {} and {}", groups.groups[g].front(), column),
                       "must have columns of one of the layer's maps alone");
    }
  }
}

bool is_chain(const NetworkDescription& network) {
  return std::ranges::none_of(network.hidden, [](const LayerDescription& layer) {
    return layer.source || !layer.more_inputs.empty();
  });
}

void require_chain(const NetworkDescription& network, const std::string& what) {
  for (std::size_t i = 0; i < network.hidden.size(); ++i) {
    const LayerDescription& layer = network.hidden[i];
    if (!layer.source && layer.more_inputs.empty()) continue;
    throw file_error("", "layer " + layer.name + ": inputs", describe_inputs(network, i),
                     "must be the layer before alone: " + what +
                         " takes chains of layers with identity shortcuts only");
  }
}

std::vector<std::uint8_t> input_zeros(const NetworkDescription& network, std::size_t layer) {
  std::vector<std::uint8_t> zeros;
  for (const LayerPart& part : parts_of(network, layer))
    zeros.push_back(part.source ? network.hidden[*part.source].zero : std::uint8_t{0});
  return zeros;
}

bool has_tables(const NetworkDescription& network) {
  return std::ranges::any_of(network.hidden, [](const LayerDescription& layer) {
    return layer.activation || layer.zero != 0;
  });
}

bool has_row_tables(const NetworkDescription& network) {
  return std::ranges::any_of(network.hidden, [](const LayerDescription& layer) {
    return layer.activation && layer.activation->by_row();
  });
}

void require_no_tables(const NetworkDescription& network, const std::string& what) {
  for (const LayerDescription& layer : network.hidden) {
    if (!layer.activation && layer.zero == 0) continue;
    const bool zero = !layer.activation;
    throw file_error("", "layer " + layer.name + (zero ? ": zero" : ": activation"),
                     zero ? std::to_string(layer.zero) : layer.activation->name,
                     (zero ? "must be 0: " : "must be ReLU6: ") + what +
                         " takes layers that end with ReLU6 only");
  }
}

std::string describe_inputs(const NetworkDescription& network, std::size_t layer) {
  std::string names;
  for (const LayerPart& part : parts_of(network, layer)) {
    names += (names.empty() ? "" : " + ") +
             (part.source ? network.hidden[*part.source].name : std::string("image"));
  }
  return names;
}

}  // namespace colcomb
