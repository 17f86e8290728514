#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>

#include "colcomb/base/error.hpp"
#include "colcomb/tiling/baselines.hpp"
#include "colcomb/tiling/blocks.hpp"
#include "colcomb/tiling/program.hpp"
#include "tests/support/random_array.hpp"
#include "tests/support/small_network.hpp"

namespace colcomb::tiling {
namespace {

struct Sample {
  QuantizedNetwork network;
  ArrayConfig config;
};

Sample sample(std::uint64_t seed) {
  Random random(seed);
  QuantizedNetwork network = tests::random_quantized_network(random);
  if (random.below(3) == 0) network = without_combining(network);
  if (random.below(3) == 0) network = tests::with_small_accumulations(network);
  const ArrayConfig config = tests::random_array(random, network);
  validate(config, "random");
  return {network, config};
}

std::uint64_t up(std::uint64_t a, std::uint64_t b) {
  return a / b + (a % b == 0 ? 0 : 1);
}

constexpr std::uint64_t kSeeds = 300;

TEST(Program, CoversEveryCellAndWordOnce) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const auto [network, config] = sample(seed);
    const TileProgram program = make_program(network, config);
    std::map<std::uint32_t, Matrix<std::uint8_t>> covered;  // per layer: rows x (groups x words)
    std::uint32_t layer_before = 0;
    for (const Tile& tile : program.tiles) {
      EXPECT_GE(tile.layer, layer_before);
      layer_before = tile.layer;
      const PackedMatrix<std::int8_t>& weights = network.layer(tile.layer).weights;
      const LayerDescription& description = network.description.layer(tile.layer);
      const std::size_t groups = std::max<std::size_t>(1, weights.groups.size());
      const std::uint64_t words = config.batch * description.out_height() * description.out_width();
      Matrix<std::uint8_t>& cells =
          covered.try_emplace(tile.layer, weights.rows(), groups * words).first->second;
      ASSERT_TRUE(tile.rows >= 1 && tile.rows <= config.rows && tile.groups <= config.columns);
      std::uint64_t nonzeros = 0;
      for (std::size_t n = tile.row_begin; n < tile.row_begin + tile.rows; ++n) {
        for (std::size_t g = tile.group_begin;
             g < tile.group_begin + std::max<std::size_t>(1, tile.groups); ++g) {
          nonzeros += tile.groups > 0 && weights.values(n, g) != 0 ? 1U : 0U;
          for (std::uint64_t w = tile.word_begin; w < tile.word_begin + tile.words; ++w)
            ++cells(n, g * words + w);
        }
      }
      EXPECT_EQ(tile.nonzeros, nonzeros);
      EXPECT_EQ(tile.first, tile.group_begin == 0);
      EXPECT_EQ(tile.last, tile.group_begin + tile.groups == weights.groups.size());
      std::uint64_t members = 0;
      for (std::size_t g = tile.group_begin; g < tile.group_begin + tile.groups; ++g)
        members += weights.groups.groups[g].size();
      EXPECT_EQ(tile.members, members);
      EXPECT_EQ(tile.interval,
                std::max(config.word_interval(), up(members, config.data_read_bytes_per_clock)));
    }
    ASSERT_EQ(covered.size(), network.layer_count());
    for (const auto& [layer, cells] : covered) {
      EXPECT_TRUE(std::ranges::all_of(cells.values(), [](auto n) { return n == 1; }))
          << "seed " << seed << ", layer " << layer;
    }
  }
}

TEST(Program, TileCountsAreCeilFormulas) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    auto [network, config] = sample(seed);
    config.data_bytes = config.partial_sum_bytes = config.weight_bytes = 1U << 30U;
    const TileProgram program = make_program(network, config);
    for (std::uint32_t layer = 0; layer < network.layer_count(); ++layer) {
      const PackedMatrix<std::int8_t>& weights = network.layer(layer).weights;
      EXPECT_EQ(static_cast<std::uint64_t>(std::ranges::count(program.tiles, layer, &Tile::layer)),
                up(weights.rows(), config.rows) *
                    std::max<std::uint64_t>(1, up(weights.groups.size(), config.columns)))
          << "seed " << seed;
    }
    EXPECT_TRUE(program.weights_resident);
    EXPECT_EQ(program.slots, 2U);
  }
}

/// One layer's map sizes and needs once more, for one image.
struct NaivePlaces {
  std::vector<bool> streamed, output_in_dram;

  NaivePlaces(const NetworkDescription& network, const ArrayConfig& config) {
    const std::size_t last = network.hidden.size();
    streamed.resize(last + 1);
    output_in_dram.resize(last + 1);
    const auto map = [&](std::size_t i) {
      const LayerDescription& layer = network.layer(i);
      return i + 1 >= last ? 0 : layer.out_channels * layer.out_height() * layer.out_width();
    };
    const std::size_t image = network.input.channels * network.input.height * network.input.width;
    for (std::size_t i = 0; i < last; ++i) {
      std::vector<bool> held(last + 1);
      held[i] = true;
      if (i > 0) held[i - 1] = true;
      for (std::size_t reader = i; reader < last; ++reader) {
        const auto source = network.layer(reader).residual;
        if (source && *source < i) held[*source] = true;
      }
      std::size_t bytes = i == 0 ? image : 0;
      for (std::size_t k = 0; k < last; ++k) bytes += held[k] ? map(k) : 0;
      if (i == 0 || !streamed[0]) bytes += image;
      streamed[i] = bytes * config.batch > config.data_bytes;
      if (!streamed[i]) continue;
      if (i + 1 < last) output_in_dram[i] = true;
      if (i > 0) output_in_dram[i - 1] = true;
      if (network.layer(i).residual) output_in_dram[*network.layer(i).residual] = true;
    }
  }
};

TEST(Program, BytesFollowFromWhereMapsLie) {
  std::size_t spills = 0;
  std::size_t residual_reads = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const auto [network, config] = sample(seed);
    const TileProgram program = make_program(network, config);
    const NaivePlaces places(network.description, config);
    EXPECT_EQ(program.images_in_dram, places.streamed[0]) << "seed " << seed;
    std::uint64_t weights = 0;
    std::uint64_t initial = 0;
    const Tile* before = nullptr;
    for (const Tile& tile : program.tiles) {
      const LayerDescription& description = network.description.layer(tile.layer);
      EXPECT_EQ(program.output_in_dram[tile.layer] != 0, places.output_in_dram[tile.layer])
          << "seed " << seed;
      const bool linear = tile.layer + 1 == network.layer_count();
      const std::uint64_t outputs =
          linear ? 4 * tile.rows : (places.output_in_dram[tile.layer] ? tile.rows : 0);
      EXPECT_EQ(tile.output_bytes, tile.last ? outputs * tile.words : 0) << "seed " << seed;
      const std::uint64_t tile_weights =
          up(std::uint64_t{tile.rows} * tile.groups * config.weight_bits(), 8);
      EXPECT_EQ(tile.weight_bytes, program.weights_resident ? 0 : tile_weights);
      if (tile.word_begin == 0) weights += tile_weights;
      std::uint64_t inputs = 0;
      const bool from_memory =
          tile.layer == 0 ? places.streamed[0] : places.output_in_dram[tile.layer - 1];
      const bool new_block =
          before == nullptr || before->layer != tile.layer || before->word_begin != tile.word_begin;
      if (from_memory) {
        const bool weight_major = config.order == TileOrder::kWeightMajor;
        const std::size_t all = network.layer(tile.layer).weights.groups.size();
        const ReadWindow window =
            weight_major
                ? window_of(network.layer(tile.layer), description, tile.group_begin, tile.groups)
                : window_of(network.layer(tile.layer), description, 0, all);
        if (weight_major || new_block)
          inputs = block_bytes(window, description, tile.word_begin, tile.words);
        ++spills;
      }
      if (tile.first && description.residual && places.output_in_dram[*description.residual]) {
        const std::size_t channels = network.description.layer(*description.residual).out_channels;
        for (std::size_t n = tile.row_begin; n < tile.row_begin + tile.rows; ++n)
          inputs += n < channels ? tile.words : 0;
        ++residual_reads;
      }
      if (before == nullptr && !places.streamed[0]) {
        const InputDescription& input = network.description.input;
        inputs += config.batch * input.channels * input.height * input.width;
      }
      EXPECT_EQ(tile.input_bytes, inputs) << "seed " << seed << ", layer " << tile.layer;
      before = &tile;
    }
    EXPECT_EQ(program.weights_resident, weights <= config.weight_bytes);
    if (program.weights_resident) initial = weights;
    EXPECT_EQ(program.initial_weight_bytes, initial);
  }
  EXPECT_GT(spills, 1000U);
  EXPECT_GT(residual_reads, 20U);
}

TEST(Program, BlocksAreTheLargestThatFit) {
  std::size_t cut = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const auto [network, config] = sample(seed);
    const TileProgram program = make_program(network, config);
    const NaivePlaces places(network.description, config);
    const bool weight_major = config.order == TileOrder::kWeightMajor;
    for (std::size_t i = 0; i < network.layer_count(); ++i) {
      const QuantizedLayer& layer = network.layer(i);
      const LayerDescription& description = network.description.layer(i);
      const std::size_t groups = layer.weights.groups.size();
      const std::uint64_t words = config.batch * description.out_height() * description.out_width();
      const auto block_fits = [&, &config = config](std::uint64_t begin, std::uint64_t b) {
        if (groups > config.columns &&
            config.rows * b * config.accumulation_bits / 8 > config.partial_sum_bytes)
          return false;
        if (!places.streamed[i]) return true;
        std::uint64_t input = 0;
        for (std::size_t g = 0; g < groups; g += weight_major ? config.columns : groups) {
          const std::size_t count = weight_major ? std::min(config.columns, groups - g) : groups;
          const auto window = window_of(layer, description, g, count);
          input =
              std::max(input, block_bytes(window, description, begin, std::min(b, words - begin)));
        }
        const std::uint64_t filters = weight_major ? config.rows : description.out_channels;
        return 2 * input + 2 * filters * std::min(b, words - begin) <= config.data_bytes;
      };
      std::uint64_t expected = 0;
      for (std::uint64_t b = 1; b <= words; ++b) {
        bool all = true;
        for (std::uint64_t begin = 0; begin < words && all; begin += b) all = block_fits(begin, b);
        if (all) expected = b;
      }
      const auto tile = std::ranges::find(program.tiles, i, &Tile::layer);
      EXPECT_EQ(tile->words, expected) << "seed " << seed << ", layer " << i;
      cut += expected < words ? 1 : 0;
    }
  }
  EXPECT_GT(cut, 100U);
}

TEST(Program, OrderOfTiles) {
  const QuantizedNetwork network = tests::dense_network(3, 3, 3, 4, 2);
  ArrayConfig config;
  config.rows = 2;
  config.columns = 1;
  config.weight_bytes = 100;
  config.partial_sum_bytes = 2 * 4 * 3;  // three words a block
  std::vector<std::array<std::uint64_t, 3>> visited[2];
  for (const TileOrder order : {TileOrder::kWeightMajor, TileOrder::kOutputMajor}) {
    config.order = order;
    for (const Tile& tile : make_program(network, config).tiles) {
      if (tile.layer != 0) break;
      if (order == TileOrder::kWeightMajor)
        visited[0].push_back({tile.row_begin, tile.word_begin, tile.group_begin});
      else
        visited[1].push_back({tile.word_begin, tile.row_begin, tile.group_begin});
    }
  }
  EXPECT_EQ(visited[0].size(), 2U * 3 * 3);
  EXPECT_TRUE(std::ranges::is_sorted(visited[0]));
  EXPECT_TRUE(std::ranges::is_sorted(visited[1]));
}

std::string refusal(const QuantizedNetwork& network, const ArrayConfig& config) {
  try {
    (void)make_program(network, config);
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

TEST(Program, BuffersTooSmallNameLayerAndRule) {
  const QuantizedNetwork network = tests::dense_network(3, 3, 5, 4, 2);
  ArrayConfig config;
  config.rows = 2;
  config.columns = 1;
  config.partial_sum_bytes = 7;
  EXPECT_THAT(refusal(network, config),
              testing::HasSubstr("buffers.partial_sum_bytes must hold one word's 8 bytes"));
  config.partial_sum_bytes = 8;
  EXPECT_EQ(refusal(network, config), "");
  // Two words' inputs, 1 channel x 1 row x 3 pixels each, and two words' outputs of 2 rows.
  config.data_bytes = 10;
  EXPECT_EQ(refusal(network, config), "");
  config.data_bytes = 9;
  EXPECT_THAT(refusal(network, config), testing::HasSubstr("layer first: data buffer"));
  config.data_bytes = 3;
  EXPECT_THAT(refusal(network, config), testing::HasSubstr("layer linear: pooled bytes"));
}

TEST(Program, ResidualSourceMayHaveFewerChannels) {
  NetworkDescription network;
  network.hidden.resize(2);
  network.layer(0).out_channels = 5;
  network.layer(1).out_channels = 9;
  EXPECT_EQ(residual_rows(network, 1, 0, 4), 0U);
  network.layer(1).residual = 0;
  EXPECT_EQ(residual_rows(network, 1, 0, 4), 4U);
  EXPECT_EQ(residual_rows(network, 1, 4, 4), 1U);
  EXPECT_EQ(residual_rows(network, 1, 8, 1), 0U);
}

}  // namespace
}  // namespace colcomb::tiling
