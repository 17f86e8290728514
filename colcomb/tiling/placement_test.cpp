#include "colcomb/tiling/placement.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>

#include "colcomb/artifacts/input_parts.hpp"
#include "tests/support/effort.hpp"
#include "tests/support/random_machine.hpp"

namespace colcomb::tiling {
namespace {

constexpr std::uint64_t kPlacementSeeds = tests::cases(400);

struct PlacedSample {
  explicit PlacedSample(std::uint64_t seed) {
    Random random(seed);
    auto [random_network, random_config] = tests::random_machine(random);
    network = std::move(random_network);
    config = random_config;
    shapes = tests::packed_shapes(network, config);
    placement = place_maps(network.description, shapes, config);
  }

  /// Bytes of a bank that the layer's input takes where it is kept.
  std::uint64_t input(std::size_t layer) const {
    const LayerDescription& l = network.description.layer(layer);
    return shapes[layer].slots * config.batch * l.in_height * l.in_width;
  }
  std::uint64_t bank() const { return config.data_bytes / config.columns; }

  std::optional<std::size_t> last_reader(std::size_t source) const {
    std::optional<std::size_t> last;
    for (std::size_t i = 0; i < network.description.hidden.size(); ++i) {
      if (network.description.hidden[i].residual == source) last = i;
    }
    return last;
  }
  /// Bytes of a row bus's bank that the layer's output takes: each row tile gives a bus up to I
  /// rows.
  std::uint64_t residual(std::size_t source) const {
    const LayerDescription& l = network.description.hidden[source];
    std::uint64_t planes = 0;
    for (std::size_t n = 0; n < l.out_channels; n += config.rows)
      planes += std::min(config.rows, config.rows_per_bus());
    return planes * config.batch * l.out_height() * l.out_width();
  }

  QuantizedNetwork network;
  ArrayConfig config;
  std::vector<PackedShape> shapes;
  Placement placement;
};

TEST(Placement, MapsInARowShareNoByte) {
  std::size_t kept = 0;
  std::size_t in_dram = 0;
  for (std::uint64_t seed = 1; seed <= kPlacementSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const PlacedSample s(seed);
    const std::size_t last = s.network.layer_count() - 1;
    EXPECT_EQ(s.placement.input_in_dram[last], 0);
    for (std::size_t i = 1; i <= last; ++i) {
      if (s.placement.input_in_dram[i] != 0) {
        ++in_dram;
        EXPECT_EQ(s.placement.output_in_dram[i - 1], 1);
        // It would not fit beside the next one, which was decided before.
        const bool next_kept = i < last && s.placement.input_in_dram[i + 1] == 0;
        EXPECT_GT(s.input(i) + (next_kept ? s.input(i + 1) : 0), s.bank());
        continue;
      }
      ++kept;
      const std::uint64_t begin = s.placement.output_address[i - 1];
      EXPECT_LE(begin + s.input(i), s.bank());
      if (i == last || s.placement.input_in_dram[i + 1] != 0) continue;
      const std::uint64_t next = s.placement.output_address[i];
      EXPECT_TRUE(begin + s.input(i) <= next || next + s.input(i + 1) <= begin) << "layer " << i;
    }
  }
  EXPECT_GT(kept, tests::cases(300));
  EXPECT_GT(in_dram, tests::cases(100));
}

TEST(Placement, MapsStayUntilTheirLastReaderIsDone) {
  std::size_t kept = 0;
  std::size_t in_dram = 0;
  for (std::uint64_t seed = 1; seed <= kPlacementSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Random random(seed);
    const tests::Machine machine = tests::random_machine(random, true);
    const NetworkDescription& network = machine.network.description;
    const auto shapes = tests::packed_shapes(machine.network, machine.config);
    const Placement placement = place_maps(network, shapes, machine.config);
    std::vector<std::size_t> last(network.hidden.size());  // reader of the map's columns
    for (std::size_t i = 1; i < network.layer_count(); ++i) {
      for (const LayerPart& part : parts_of(network, i)) {
        last[*part.source] = i;
        // All that a layer reads is at one kind of place, and there for it.
        EXPECT_EQ(placement.output_kept[*part.source], placement.input_in_dram[i] == 0 ? 1 : 0);
        if (placement.input_in_dram[i] != 0) {
          EXPECT_EQ(placement.output_in_dram[*part.source], 1);
        }
      }
    }
    const auto end_of = [&](std::size_t map) {
      const LayerDescription& layer = network.hidden[map];
      const std::uint64_t pixels =
          network.is_pooled(map) ? 1 : layer.out_height() * layer.out_width();
      return placement.output_address[map] +
             shapes[map].output_slots * machine.config.batch * pixels;
    };
    for (std::size_t a = 0; a < last.size(); ++a) {
      (placement.output_kept[a] != 0 ? kept : in_dram) += 1;
      if (placement.output_kept[a] == 0) continue;
      EXPECT_LE(end_of(a), machine.config.data_bytes / machine.config.columns);
      for (std::size_t b = a + 1; b <= last[a] && b < last.size(); ++b) {
        if (placement.output_kept[b] == 0) continue;
        EXPECT_TRUE(end_of(a) <= placement.output_address[b] ||
                    end_of(b) <= placement.output_address[a])
            << "maps " << a << " and " << b;
      }
    }
  }
  EXPECT_GT(kept, tests::cases(300));
  EXPECT_GT(in_dram, tests::cases(100));
}

TEST(Placement, ImagesAreWholeWhereTwoBatchesAndBlocksFit) {
  std::size_t whole = 0;
  for (std::uint64_t seed = 1; seed <= kPlacementSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const PlacedSample s(seed);
    const LayerDescription& first = s.network.description.layer(0);
    const std::uint64_t burst = s.config.dram_burst_bytes;
    const std::uint64_t plane =
        (s.config.batch * first.in_height * first.in_width + burst - 1) / burst * burst;
    const std::uint64_t batch = s.shapes[0].slots * plane;
    const std::uint64_t bank = s.config.input_bytes / s.config.columns;
    const bool blocks = std::ranges::count(s.placement.input_in_dram, 1) >
                        (s.placement.input_in_dram[0] != 0 ? 1 : 0);
    if (s.placement.input_in_dram[0] != 0) {
      EXPECT_EQ(s.placement.image_slot_bytes, 0U);
      if (!blocks) {
        EXPECT_GT(2 * batch, bank);
      }
    } else {
      EXPECT_EQ(s.placement.image_slot_bytes, batch);
      EXPECT_LE(2 * batch + (blocks ? 1 : 0), bank);
      ++whole;
    }
  }
  EXPECT_GT(whole, tests::cases(50));
  EXPECT_LT(whole, kPlacementSeeds - tests::cases(50));
}

TEST(Placement, ResidualSourcesAliveTogetherShareNoByte) {
  std::size_t kept = 0;
  std::size_t fetched = 0;
  std::size_t together = 0;
  for (std::uint64_t seed = 1; seed <= kPlacementSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const PlacedSample s(seed);
    const std::uint64_t bank = s.config.residual_bytes / s.config.row_buses();
    const auto& placement = s.placement;
    for (std::size_t a = 0; a < s.network.description.hidden.size(); ++a) {
      const auto reader = s.last_reader(a);
      if (placement.residual_kept[a] == 0) {
        EXPECT_TRUE(!reader || placement.output_in_dram[a] != 0);
        fetched += reader ? 1U : 0U;
        continue;
      }
      ++kept;
      ASSERT_TRUE(reader);
      const std::uint64_t begin = placement.residual_address[a];
      EXPECT_LE(begin + s.residual(a), bank);
      // Layer b's output is written while layer b reads its own source.
      for (std::size_t b = a + 1; b <= *reader; ++b) {
        if (placement.residual_kept[b] == 0) continue;
        ++together;
        const std::uint64_t other = placement.residual_address[b];
        EXPECT_TRUE(begin + s.residual(a) <= other || other + s.residual(b) <= begin)
            << "layers " << a << " and " << b;
      }
    }
  }
  EXPECT_GT(kept, tests::cases(50));
  EXPECT_GT(fetched, tests::cases(20));
  EXPECT_GT(together, tests::cases(5));
}

TEST(Placement, AMapGoesToDramOnlyForALayerThatReadsItThere) {
  for (std::uint64_t seed = 1; seed <= kPlacementSeeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    const PlacedSample s(seed);
    for (std::size_t i = 0; i < s.network.description.hidden.size(); ++i) {
      const bool as_input = s.placement.input_in_dram[i + 1] != 0;
      const bool as_residual = s.last_reader(i) && s.placement.residual_kept[i] == 0;
      EXPECT_EQ(s.placement.output_in_dram[i] != 0, as_input || as_residual) << "layer " << i;
    }
  }
}

}  // namespace
}  // namespace colcomb::tiling
