#include "colcomb/combining/permutation.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/combining/channel_order.hpp"

namespace colcomb::combining {
namespace {

using Order = std::vector<std::uint32_t>;

Order identity(std::size_t count) {
  Order order(count);
  std::iota(order.begin(), order.end(), 0U);
  return order;
}

Order inverse(const Order& order) {
  Order place(order.size());
  for (std::uint32_t p = 0; p < order.size(); ++p) place[order[p]] = p;
  return place;
}

/// The channels of each of the layer's groups.
ChannelSets channels_of_groups(const QuantizedNetwork& network, std::size_t layer) {
  ChannelSets sets;
  for (const auto& group : network.layer(layer).weights.groups.groups) {
    auto& set = sets.emplace_back();
    for (const std::uint32_t column : group) {
      const auto channel =
          static_cast<std::uint32_t>(network.description.layer(layer).columns[column].channel);
      if (std::find(set.begin(), set.end(), channel) == set.end()) set.push_back(channel);
    }
  }
  return sets;
}

LayerRouting routing_with(const ChannelSets& sets, const Order& place) {
  LayerRouting routing;
  routing.groups = sets.size();
  for (const auto& set : sets) routing.contiguous_groups += is_contiguous(set, place) ? 1 : 0;
  return routing;
}

/// For each layer, the first layer whose filters must have the same order: residual additions add
/// channel by channel.
std::vector<std::size_t> first_of_same_order(const NetworkDescription& network) {
  std::vector<std::size_t> first(network.layer_count());
  std::iota(first.begin(), first.end(), std::size_t{0});
  for (std::size_t i = 0; i < first.size(); ++i) {
    if (!network.layer(i).residual) continue;
    const std::size_t kept = std::min(first[i], first[*network.layer(i).residual]);
    const std::size_t replaced = std::max(first[i], first[*network.layer(i).residual]);
    std::replace(first.begin(), first.end(), replaced, kept);
  }
  return first;
}

/// For each layer, whether its filters keep their places: a residual addition connects it, over
/// however many others, with a layer of another width. (Orders that permute the narrower's rows
/// among themselves would do too, but serve one reader of the many that such a chain has.)
std::vector<bool> keeps_order(const NetworkDescription& network,
                              const std::vector<std::size_t>& first) {
  std::vector<bool> mixed(first.size());  // by the first layer of the same order
  for (std::size_t i = 0; i < first.size(); ++i) {
    if (network.layer(i).out_channels != network.layer(first[i]).out_channels)
      mixed[first[i]] = true;
  }
  std::vector<bool> keeps(first.size());
  for (std::size_t i = 0; i < first.size(); ++i) keeps[i] = mixed[first[i]];
  keeps.back() = true;  // the logits' order is the classes'
  return keeps;
}

/// The best order for the layers that read it: most readers without a switchbox, then most
/// contiguous groups, then the earliest reader served first.
Order best_order(const std::vector<ChannelSets>& readers, std::size_t channels) {
  Order best = identity(channels);
  std::pair<std::size_t, std::size_t> best_score;
  for (std::size_t favoured = 0; favoured < readers.size(); ++favoured) {
    ChannelSets sets = readers[favoured];
    for (const ChannelSets& others : readers) sets.insert(sets.end(), others.begin(), others.end());
    Order order = order_channels(sets, channels);
    const Order place = inverse(order);
    std::pair<std::size_t, std::size_t> score;
    for (const ChannelSets& reader : readers) {
      const LayerRouting routing = routing_with(reader, place);
      score.first += routing.needs_switchbox() ? 0 : 1;
      score.second += routing.contiguous_groups;
    }
    if (favoured > 0 && score <= best_score) continue;
    best_score = score;
    best = std::move(order);
  }
  return best;
}

void permute_filters(QuantizedLayer& layer, LayerDescription& description, const Order& order) {
  const QuantizedLayer before = layer;
  for (std::size_t p = 0; p < order.size(); ++p) {
    std::ranges::copy(before.weights.values.row(order[p]), layer.weights.values.row(p).begin());
    std::ranges::copy(before.weights.selects.row(order[p]), layer.weights.selects.row(p).begin());
    layer.bias[p] = before.bias[order[p]];
    if (!layer.row_exponents.empty()) layer.row_exponents[p] = before.row_exponents[order[p]];
  }
  if (!description.activation || !description.activation->by_row()) return;
  const ActivationTable table = *description.activation;
  for (std::size_t p = 0; p < order.size(); ++p) {
    std::ranges::copy(table.of_row(order[p]),
                      std::span(description.activation->values).subspan(p * kTableEntries).begin());
  }
}

void renumber_channels(QuantizedLayer& layer, LayerDescription& description, const Order& order) {
  const Order place = inverse(order);
  for (Column& column : description.columns)
    column.channel = static_cast<std::int32_t>(place[static_cast<std::size_t>(column.channel)]);
  const std::vector<std::uint8_t> padding = layer.padding;
  for (std::size_t p = 0; p < order.size(); ++p) layer.padding[p] = padding[order[p]];
}

/// Puts each group's columns in the order of their channels.
void sort_members(QuantizedLayer& layer, const LayerDescription& description) {
  PackedMatrix<std::int8_t>& weights = layer.weights;
  for (std::size_t g = 0; g < weights.groups.size(); ++g) {
    auto& members = weights.groups.groups[g];
    const std::vector<std::uint32_t> before = members;
    std::sort(members.begin(), members.end(), [&](std::uint32_t a, std::uint32_t b) {
      return std::pair(description.columns[a], a) < std::pair(description.columns[b], b);
    });
    for (std::size_t row = 0; row < weights.rows(); ++row) {
      if (weights.values(row, g) == 0) continue;
      const std::uint32_t column = before[weights.selects(row, g)];
      weights.selects(row, g) = static_cast<std::uint8_t>(
          std::find(members.begin(), members.end(), column) - members.begin());
    }
  }
}

}  // namespace

PermutedNetwork permute_rows(const QuantizedNetwork& network) {
  require_chain(network.description, "permuting rows");
  PermutedNetwork result;
  result.network = network;
  const std::size_t count = network.layer_count();
  const std::vector<std::size_t> first = first_of_same_order(network.description);
  const std::vector<bool> keeps = keeps_order(network.description, first);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t filters = network.description.layer(i).out_channels;
    if (keeps[i]) {
      result.filters.push_back(identity(filters));
    } else if (first[i] < i) {
      result.filters.push_back(result.filters[first[i]]);
    } else {
      std::vector<ChannelSets> readers;
      for (std::size_t j = i; j < network.hidden.size(); ++j) {
        if (first[j] == i) readers.push_back(channels_of_groups(network, j + 1));
      }
      result.filters.push_back(best_order(readers, filters));
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    QuantizedLayer& layer = result.network.layer(i);
    LayerDescription& description = result.network.description.layer(i);
    permute_filters(layer, description, result.filters[i]);
    if (i > 0) renumber_channels(layer, description, result.filters[i - 1]);
    // Rows or channels in another order are no longer parts side by side.
    const bool moved = result.filters[i] != identity(description.out_channels) ||
                       (i > 0 && result.filters[i - 1] != identity(description.in_channels));
    if (moved) description.conv_groups = 1;
    sort_members(layer, description);
  }
  result.routing = routing_of(result.network);
  return result;
}

std::vector<LayerRouting> routing_of(const QuantizedNetwork& network) {
  std::vector<LayerRouting> routing;
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    routing.push_back(routing_with(channels_of_groups(network, i),
                                   identity(network.description.layer(i).in_channels)));
  }
  return routing;
}

}  // namespace colcomb::combining
