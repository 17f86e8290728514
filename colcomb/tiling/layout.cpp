#include "colcomb/tiling/layout.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/base/arithmetic.hpp"
#include "colcomb/base/check.hpp"

namespace colcomb::tiling {
namespace {

/// Distinct channels of one group, ascending.
std::vector<std::uint32_t> channels_of(const std::vector<std::uint32_t>& group,
                                       const LayerDescription& description) {
  std::vector<std::uint32_t> channels;
  for (const std::uint32_t m : group)
    channels.push_back(static_cast<std::uint32_t>(description.columns[m].channel));
  std::ranges::sort(channels);
  channels.erase(std::ranges::unique(channels).begin(), channels.end());
  return channels;
}

/// The groups that share an array column, one per column tile, and the channels they read.
struct SharedColumn {
  std::vector<std::uint32_t> groups;
  std::vector<std::uint32_t> channels;  // ascending
};

std::size_t union_size(const std::vector<std::uint32_t>& a, const std::vector<std::uint32_t>& b) {
  std::size_t both = 0;
  for (auto i = a.begin(), j = b.begin(); i != a.end() && j != b.end();) {
    if (*i == *j) ++both;
    const bool left = *i <= *j;
    const bool right = *j <= *i;
    i += left ? 1 : 0;
    j += right ? 1 : 0;
  }
  return a.size() + b.size() - both;
}

void merge(std::vector<std::uint32_t>& into, const std::vector<std::uint32_t>& channels) {
  std::vector<std::uint32_t> merged;
  std::ranges::set_union(into, channels, std::back_inserter(merged));
  into = std::move(merged);
}

/// Deals the groups to at most C columns of at most `depth` groups: each to the column that then
/// reads the fewest channels, and of those to the one that already reads most.
std::vector<SharedColumn> deal(const std::vector<std::vector<std::uint32_t>>& channels,
                               std::size_t columns, std::size_t depth) {
  std::vector<SharedColumn> result(std::min(columns, channels.size()));
  for (std::uint32_t g = 0; g < channels.size(); ++g) {
    SharedColumn* best = nullptr;
    std::size_t best_size = 0;
    for (SharedColumn& column : result) {
      if (column.groups.size() == depth) continue;
      const std::size_t size = union_size(column.channels, channels[g]);
      const bool better = best == nullptr || size < best_size ||
                          (size == best_size && column.channels.size() > best->channels.size());
      if (!better) continue;
      best = &column;
      best_size = size;
    }
    COLCOMB_CHECK(best != nullptr, "the columns have room for all groups");
    best->groups.push_back(g);
    merge(best->channels, channels[g]);
  }
  // Column tile t takes each column's t-th group, so the fullest columns come first, and of equally
  // full ones those that got a group earlier.
  std::ranges::sort(result, {}, [](const SharedColumn& column) {
    const auto groups = static_cast<std::int64_t>(column.groups.size());
    return std::pair(-groups, groups == 0 ? 0U : column.groups.front());
  });
  return result;
}

/// A channel's slot is the first that none of its banks has given away.
BankLayout place(const std::vector<std::vector<std::uint32_t>>& channels_of_banks,
                 std::size_t channels) {
  BankLayout layout;
  layout.banks.resize(channels);
  layout.slots.resize(channels);
  for (std::uint32_t bank = 0; bank < channels_of_banks.size(); ++bank) {
    for (const std::uint32_t channel : channels_of_banks[bank])
      layout.banks[channel].push_back(bank);
  }
  std::vector<std::vector<std::uint8_t>> taken(channels_of_banks.size());
  for (std::size_t channel = 0; channel < channels; ++channel) {
    std::uint32_t slot = 0;
    const auto is_taken = [&](std::uint32_t bank) {
      return slot < taken[bank].size() && taken[bank][slot] != 0;
    };
    while (std::ranges::any_of(layout.banks[channel], is_taken)) ++slot;
    for (const std::uint32_t bank : layout.banks[channel]) {
      if (taken[bank].size() <= slot) taken[bank].resize(slot + 1);
      taken[bank][slot] = 1;
      layout.slot_count = std::max<std::size_t>(layout.slot_count, slot + 1);
    }
    layout.slots[channel] = slot;
  }
  return layout;
}

}  // namespace

std::size_t BankLayout::copies() const {
  std::size_t sum = 0;
  for (const auto& each : banks) sum += each.size();
  return sum;
}

namespace {

/// Of each part, the groups whose columns it has.
std::vector<std::vector<std::uint32_t>> groups_of_parts(const QuantizedLayer& layer,
                                                        const LayerDescription& description) {
  std::vector<std::vector<std::uint32_t>> result(part_count(description));
  const auto& groups = layer.weights.groups.groups;
  for (std::uint32_t g = 0; g < groups.size(); ++g) {
    std::size_t part = 0;
    if (result.size() > 1) {
      const auto channel = static_cast<std::size_t>(description.columns[groups[g].front()].channel);
      part = part_of_channel(description, channel);
    }
    result[part].push_back(g);
  }
  return result;
}

}  // namespace

InputLayout input_layout(const QuantizedLayer& layer, const LayerDescription& description,
                         const ArrayConfig& config) {
  InputLayout layout;
  std::vector<std::vector<std::uint32_t>> channels_of_banks;
  const auto parts = groups_of_parts(layer, description);
  for (std::size_t part = 0; part < parts.size(); ++part) {
    std::vector<std::vector<std::uint32_t>> channels;
    for (const std::uint32_t group : parts[part])
      channels.push_back(channels_of(layer.weights.groups.groups[group], description));
    const std::size_t depth = ceil_divide(channels.size(), config.columns);
    const std::size_t first = layout.column_tiles.size();
    layout.column_tiles.resize(first + depth);
    for (std::size_t t = 0; t < depth; ++t) layout.column_tiles[first + t].part = part;
    std::size_t bank = 0;
    for (const SharedColumn& column : deal(channels, config.columns, depth)) {
      for (std::size_t t = 0; t < column.groups.size(); ++t)
        layout.column_tiles[first + t].groups.push_back(parts[part][column.groups[t]]);
      if (bank == channels_of_banks.size()) channels_of_banks.emplace_back();
      merge(channels_of_banks[bank++], column.channels);
    }
  }
  if (layout.column_tiles.empty()) layout.column_tiles.emplace_back();
  layout.banks = place(channels_of_banks, description.in_channels);
  return layout;
}

BankLayout channels_of(const BankLayout& layout, std::size_t begin, std::size_t channels) {
  BankLayout result;
  const auto first = static_cast<std::ptrdiff_t>(begin);
  const auto last = static_cast<std::ptrdiff_t>(begin + channels);
  result.banks.assign(layout.banks.begin() + first, layout.banks.begin() + last);
  result.slots.assign(layout.slots.begin() + first, layout.slots.begin() + last);
  result.slot_count = layout.slot_count;
  return result;
}

std::vector<BankLayout> map_layouts(const NetworkDescription& network,
                                    const std::vector<InputLayout>& layouts) {
  struct Reader {
    std::size_t layer;
    std::size_t channel_begin;
  };
  std::vector<std::vector<Reader>> readers(network.layer_count());  // per map
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    for (const LayerPart& part : parts_of(network, i))
      readers[part.source ? *part.source + 1 : 0].push_back({i, part.channel_begin});
  }
  std::vector<BankLayout> result;
  for (std::size_t map = 0; map < readers.size(); ++map) {
    const bool alone =
        readers[map].size() == 1 && network.layer(readers[map].front().layer).more_inputs.empty();
    if (alone) {
      result.push_back(layouts[readers[map].front().layer].banks);
      continue;
    }
    const std::size_t channels = network.layer(map - 1).out_channels;
    std::vector<std::vector<std::uint32_t>> channels_of_banks;
    for (const Reader& reader : readers[map]) {
      for (std::uint32_t c = 0; c < channels; ++c) {
        for (const std::uint32_t bank :
             layouts[reader.layer].banks.banks[reader.channel_begin + c]) {
          if (bank >= channels_of_banks.size()) channels_of_banks.resize(bank + 1);
          merge(channels_of_banks[bank], {c});
        }
      }
    }
    result.push_back(place(channels_of_banks, channels));
  }
  return result;
}

BankLayout tile_banks(const ColumnTileLayout& tile, const QuantizedLayer& layer,
                      const LayerDescription& description) {
  std::vector<std::vector<std::uint32_t>> channels_of_banks;
  for (const std::uint32_t group : tile.groups)
    channels_of_banks.push_back(channels_of(layer.weights.groups.groups[group], description));
  return place(channels_of_banks, description.in_channels);
}

WriteCost write_cost(const BankLayout& banks, std::size_t begin, std::size_t rows,
                     const ArrayConfig& config) {
  std::vector<std::uint32_t> load(config.columns);
  WriteCost cost;
  for (std::size_t channel = begin; channel < begin + rows && channel < banks.banks.size();
       ++channel) {
    for (const std::uint32_t bank : banks.banks[channel]) {
      cost.most = std::max(cost.most, ++load[bank]);
      ++cost.copies;
    }
  }
  return cost;
}

}  // namespace colcomb::tiling
