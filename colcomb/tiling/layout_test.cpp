#include "colcomb/tiling/layout.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <utility>

#include "colcomb/artifacts/input_parts.hpp"
#include "tests/support/effort.hpp"
#include "tests/support/mx_array.hpp"
#include "tests/support/random_machine.hpp"
#include "tests/support/small_network.hpp"

namespace colcomb::tiling {
namespace {

constexpr std::uint64_t kLayoutSeeds = tests::cases(300);

/// Calls check(machine, layer, layout) for every layer of many machines.
void for_every_layout(const auto& check) {
  for (std::uint64_t seed = 1; seed <= kLayoutSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    const tests::Machine machine = tests::random_machine(random);
    for (std::size_t i = 0; i < machine.network.layer_count(); ++i) {
      check(machine, i,
            input_layout(machine.network.layer(i), machine.network.description.layer(i),
                         machine.config));
    }
  }
}

/// Channels that a column reads in some of the layer's column tiles.
std::set<std::uint32_t> channels_of(const tests::Machine& machine, std::size_t layer,
                                    const std::vector<ColumnTileLayout>& tiles,
                                    std::size_t column) {
  std::set<std::uint32_t> channels;
  for (const ColumnTileLayout& tile : tiles) {
    if (column >= tile.groups.size()) continue;
    for (const auto m : machine.network.layer(layer).weights.groups.groups[tile.groups[column]]) {
      channels.insert(
          static_cast<std::uint32_t>(machine.network.description.layer(layer).columns[m].channel));
    }
  }
  return channels;
}

/// Every bank holds the channels that its column reads and no other, each in a slot of its own.
void expect_banks(const tests::Machine& machine, std::size_t layer,
                  const std::vector<ColumnTileLayout>& tiles, const BankLayout& banks) {
  std::set<std::pair<std::uint32_t, std::uint32_t>> taken;  // bank, slot
  std::vector<std::set<std::uint32_t>> held(machine.config.columns);
  std::size_t copies = 0;
  std::size_t slots = 0;
  const std::size_t channels = machine.network.description.layer(layer).in_channels;
  ASSERT_EQ(banks.banks.size(), channels);
  ASSERT_EQ(banks.slots.size(), channels);
  for (std::uint32_t channel = 0; channel < channels; ++channel) {
    EXPECT_TRUE(std::ranges::is_sorted(banks.banks[channel]));
    for (const std::uint32_t bank : banks.banks[channel]) {
      ASSERT_LT(bank, machine.config.columns);
      EXPECT_TRUE(held[bank].insert(channel).second);
      EXPECT_TRUE(taken.emplace(bank, banks.slots[channel]).second)
          << "two channels in slot " << banks.slots[channel] << " of bank " << bank;
      slots = std::max<std::size_t>(slots, banks.slots[channel] + 1);
      ++copies;
    }
  }
  for (std::size_t column = 0; column < machine.config.columns; ++column)
    EXPECT_EQ(held[column], channels_of(machine, layer, tiles, column));
  EXPECT_EQ(banks.slot_count, slots);
  EXPECT_EQ(banks.copies(), copies);
}

TEST(Layout, EveryGroupIsInOneColumnOfOneColumnTile) {
  for_every_layout([](const tests::Machine& machine, std::size_t layer, const InputLayout& layout) {
    const std::size_t groups = machine.network.layer(layer).weights.groups.size();
    const std::size_t columns = machine.config.columns;
    EXPECT_EQ(layout.column_tiles.size(),
              std::max<std::size_t>(1, (groups + columns - 1) / columns));
    std::multiset<std::uint32_t> found;
    std::size_t before = columns;
    for (const ColumnTileLayout& tile : layout.column_tiles) {
      EXPECT_LE(tile.groups.size(), before);
      before = tile.groups.size();
      found.insert(tile.groups.begin(), tile.groups.end());
    }
    EXPECT_EQ(found.size(), groups);
    for (std::uint32_t g = 0; g < groups; ++g) EXPECT_EQ(found.count(g), 1U);
  });
}

TEST(Layout, BanksHoldWhatTheirColumnsRead) {
  for_every_layout([](const tests::Machine& machine, std::size_t layer, const InputLayout& layout) {
    expect_banks(machine, layer, layout.column_tiles, layout.banks);
    for (const ColumnTileLayout& tile : layout.column_tiles) {
      expect_banks(
          machine, layer, {tile},
          tile_banks(tile, machine.network.layer(layer), machine.network.description.layer(layer)));
    }
  });
}

TEST(Layout, WriteCostCountsTheFullestBank) {
  for_every_layout([](const tests::Machine& machine, std::size_t, const InputLayout& layout) {
    const std::size_t rows = machine.config.rows;
    for (std::size_t begin = 0; begin < layout.banks.banks.size(); begin += rows) {
      std::vector<std::uint32_t> bytes(machine.config.columns);
      std::uint64_t copies = 0;
      for (std::size_t n = begin; n < std::min(begin + rows, layout.banks.banks.size()); ++n) {
        for (const std::uint32_t bank : layout.banks.banks[n]) {
          ++bytes[bank];
          ++copies;
        }
      }
      const WriteCost cost = write_cost(layout.banks, begin, rows, machine.config);
      EXPECT_EQ(cost.most, *std::ranges::max_element(bytes));
      EXPECT_EQ(cost.copies, copies);
    }
  });
}

/// A dense 3 x 3 layer whose columns are groups of their own.
BankLayout dense_banks(std::size_t channels, std::size_t columns) {
  Random random(1);
  const QuantizedNetwork network = tests::convolution_chain(random, 4, channels, 1);
  return input_layout(network.layer(0), network.description.layer(0), tests::mx_array(4, columns))
      .banks;
}

// Nine groups read each channel. With at least nine column tiles one column takes them all.
TEST(Layout, DenseLayersNeedNoCopies) {
  for (const std::size_t columns : {2U, 4U, 16U}) {
    for (const std::size_t per_bank : {1U, 2U, 3U}) {
      SCOPED_TRACE(std::to_string(columns) + " columns, " + std::to_string(per_bank));
      const BankLayout banks = dense_banks(per_bank * columns, columns);
      EXPECT_EQ(banks.slot_count, per_bank);
      EXPECT_EQ(banks.copies(), per_bank * columns);
    }
  }
  // One column tile: every group its own column, nine copies of each channel.
  const BankLayout spread = dense_banks(3, 27);
  EXPECT_EQ(spread.slot_count, 1U);
  EXPECT_EQ(spread.copies(), 27U);
  // 16 channels on 32 columns: five column tiles, so that each channel takes two columns.
  const BankLayout wide = dense_banks(16, 32);
  EXPECT_EQ(wide.slot_count, 1U);
  EXPECT_EQ(wide.copies(), 32U);
}

// Groups of channels {0, 1}, {1, 2}, {0} on two columns: the third joins the column that reads
// channel 0 anyway. Channel 1 is in both banks at one address, so that channel 2 takes the place of
// channel 0.
TEST(Layout, ByHand) {
  const QuantizedNetwork network =
      tests::pointwise_network(1, 1, Matrix<std::int8_t>(1, 5, {1, 0, 0, 0, 0}),
                               {{{0, 1}, {2, 3}, {4}}}, Matrix<std::int8_t>(1, 1, {1}), {{{0}}});
  LayerDescription description = network.description.layer(0);
  description.columns = {{0, 0, 0}, {1, 0, 0}, {1, 0, 0}, {2, 0, 0}, {0, 0, 0}};
  const InputLayout layout = input_layout(network.layer(0), description, tests::mx_array(1, 2));
  ASSERT_EQ(layout.column_tiles.size(), 2U);
  EXPECT_EQ(layout.column_tiles[0].groups, (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(layout.column_tiles[1].groups, (std::vector<std::uint32_t>{2}));
  EXPECT_EQ(layout.banks.banks[0], (std::vector<std::uint32_t>{0}));
  EXPECT_EQ(layout.banks.banks[1], (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(layout.banks.banks[2], (std::vector<std::uint32_t>{1}));
  EXPECT_TRUE(layout.banks.banks[3].empty());
  EXPECT_EQ(layout.banks.slots, (std::vector<std::uint32_t>{0, 1, 0, 0, 0}));
  EXPECT_EQ(layout.banks.slot_count, 2U);
}

// A column reads its own bank alone, whichever layer it works for.
TEST(Layout, EveryColumnFindsItsChannelsOfEachMap) {
  std::size_t shared = 0;
  for (std::uint64_t seed = 1; seed <= kLayoutSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    const tests::Machine machine = tests::random_machine(random, true);
    const NetworkDescription& network = machine.network.description;
    std::vector<InputLayout> layouts;
    for (std::size_t i = 0; i < network.layer_count(); ++i)
      layouts.push_back(input_layout(machine.network.layer(i), network.layer(i), machine.config));
    const std::vector<BankLayout> maps = map_layouts(network, layouts);
    ASSERT_EQ(maps.size(), network.layer_count());
    std::vector<std::set<std::pair<std::uint32_t, std::uint32_t>>> read(maps.size());
    for (std::size_t i = 0; i < network.layer_count(); ++i) {
      const auto parts = parts_of(network, i);
      for (const ColumnTileLayout& tile : layouts[i].column_tiles) {
        const LayerPart& part = parts[tile.part];
        const std::size_t map = part.source ? *part.source + 1 : 0;
        for (std::uint32_t j = 0; j < tile.groups.size(); ++j) {
          for (const auto m : machine.network.layer(i).weights.groups.groups[tile.groups[j]]) {
            ASSERT_EQ(part_of_column(parts, m), tile.part);
            const auto channel =
                static_cast<std::uint32_t>(part.reader.columns[m - part.column_begin].channel);
            EXPECT_TRUE(std::ranges::binary_search(maps[map].banks[channel], j));
            read[map].insert({j, channel});
          }
        }
      }
    }
    for (std::size_t map = 0; map < maps.size(); ++map) {
      std::set<std::pair<std::uint32_t, std::uint32_t>> taken;  // bank, slot
      EXPECT_EQ(maps[map].copies(), read[map].size());          // and no other copies
      for (std::size_t c = 0; c < maps[map].banks.size(); ++c) {
        shared += maps[map].banks[c].size() > 1 ? 1 : 0;
        for (const std::uint32_t bank : maps[map].banks[c]) {
          EXPECT_TRUE(taken.insert({bank, maps[map].slots[c]}).second);
          EXPECT_LT(maps[map].slots[c], maps[map].slot_count);
        }
      }
    }
  }
  EXPECT_GT(shared, tests::cases(500));
}

}  // namespace
}  // namespace colcomb::tiling
