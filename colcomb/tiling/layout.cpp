#include "colcomb/tiling/layout.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

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

InputLayout input_layout(const QuantizedLayer& layer, const LayerDescription& description,
                         const ArrayConfig& config) {
  std::vector<std::vector<std::uint32_t>> channels;
  for (const auto& group : layer.weights.groups.groups)
    channels.push_back(channels_of(group, description));
  const std::size_t depth = std::max<std::size_t>(1, ceil_divide(channels.size(), config.columns));
  const std::vector<SharedColumn> columns = deal(channels, config.columns, depth);
  InputLayout layout;
  layout.column_tiles.resize(depth);
  std::vector<std::vector<std::uint32_t>> channels_of_banks;
  for (const SharedColumn& column : columns) {
    for (std::size_t t = 0; t < column.groups.size(); ++t)
      layout.column_tiles[t].groups.push_back(column.groups[t]);
    channels_of_banks.push_back(column.channels);
  }
  layout.banks = place(channels_of_banks, description.in_channels);
  return layout;
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
