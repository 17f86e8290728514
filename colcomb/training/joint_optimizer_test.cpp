#include "colcomb/training/joint_optimizer.hpp"

#include <gtest/gtest.h>

#include "colcomb/artifacts/conv_groups.hpp"
#include "colcomb/network/network_file.hpp"

namespace colcomb::training {
namespace {

/// A depthwise layer, a pointwise one, one of 2 groups and a depthwise one with two filters per
/// channel.
network::Cnn grouped_network(std::size_t alpha) {
  network::PresetOptions options;
  options.alpha = alpha;
  options.input = {1, 8, 8, {.5}, {.25}, 1};
  options.classes = 3;
  const char* const layers =
      "[[layer]]\nfilters = 16\n"
      "[[layer]]\nname = \"depthwise\"\nfilters = 16\nconv_groups = 16\n"
      "[[layer]]\nfilters = 12\nkernel = 1\n"
      "[[layer]]\nname = \"halves\"\nfilters = 8\nconv_groups = 2\n"
      "[[layer]]\nname = \"doubled\"\nfilters = 16\nconv_groups = 8\n";
  return network::Cnn(network::describe(parse_layer_list(layers, "n"), options, "n"), 5);
}

void expect_nothing_between_groups(const network::Cnn& network) {
  for (const network::Layer& layer : network->layers()) {
    const LayerDescription& description = layer->description();
    if (description.conv_groups == 1) continue;
    const Matrix<std::uint8_t> within = conv_group_mask(description);
    const float* const weights = layer->weight.data_ptr<float>();
    const float* const mask = layer->mask.data_ptr<float>();
    for (std::size_t i = 0; i < within.size(); ++i) {
      if (within.values()[i] != 0) continue;
      ASSERT_EQ(weights[i], 0) << description.name;
      ASSERT_EQ(mask[i], 0) << description.name;
    }
  }
}

std::size_t kept_of(const network::Cnn& network, std::size_t layer) {
  return static_cast<std::size_t>(network->layers()[layer]->mask.sum().item<double>());
}

constexpr std::size_t kWeights = 16 * 9 + 16 * 9 + 12 * 16 + 8 * 6 * 9 + 16 * 9;

TEST(CombiningState, LeavesOutWhatLiesBetweenGroups) {
  const CombiningState state = combining_state(grouped_network(4));
  EXPECT_EQ(state.weights, kWeights);
  EXPECT_EQ(state.nonzeros, kWeights);
  // On the array every column of every row works, whatever lies in its cell.
  EXPECT_EQ(state.packed_macs, 16U * 9 + 16 * 144 + 12 * 16 + 8 * 108 + 16 * 72);
}

class PruneAndCombine : public testing::TestWithParam<combining::GroupingPolicy> {};

TEST_P(PruneAndCombine, NeverTakesWhatLiesBetweenGroups) {
  for (const bool of_remaining : {false, true}) {
    for (const bool fill : {false, true}) {
      network::Cnn network = grouped_network(4);
      Pruning pruning;
      using Weights = combining::LayerPruning::Weights;
      pruning.layers.weights = of_remaining ? Weights::kFractionOfKept : Weights::kStored;
      CombiningOptions options;
      options.policy = GetParam();
      options.fill_empty_cells = fill;
      std::uint64_t before = kWeights;
      for (const double rate : {0.2, 0.5, 0.9}) {
        pruning.layers.rate = pruning.layers.rate_alpha_one = rate;
        (void)prune_and_combine(network, pruning, options, 3, 1);
        expect_nothing_between_groups(network);
        const std::uint64_t now = combining_state(network).nonzeros;
        EXPECT_LT(now, before) << rate;
        before = now;
      }
      // Weights that are pruned for a while may come back, but none from between the groups.
      pruning.layers.weights = Weights::kStored;
      pruning.layers.rate = pruning.layers.rate_alpha_one = 0;
      (void)prune_and_combine(network, pruning, options, 3, 1);
      expect_nothing_between_groups(network);
      EXPECT_GT(combining_state(network).nonzeros, before);
    }
  }
}

// A fraction of a grouped layer is one of its own weights, not of its whole matrix.
TEST_P(PruneAndCombine, CountsTheGroupsWeightsAlone) {
  network::Cnn network = grouped_network(1);
  Pruning pruning;
  pruning.layers.weights = combining::LayerPruning::Weights::kStored;
  pruning.layers.rate = pruning.layers.rate_alpha_one = 0.25;
  CombiningOptions options;
  options.policy = GetParam();
  options.fill_empty_cells = false;
  (void)prune_and_combine(network, pruning, options, 3, 1);
  EXPECT_EQ(kept_of(network, 1), 16U * 9 * 3 / 4);
  EXPECT_EQ(kept_of(network, 3), 8U * 6 * 9 * 3 / 4);
}

// Columns of different channels share no row: alpha of them combine for nothing.
TEST_P(PruneAndCombine, DepthwiseColumnsCombineWithoutLoss) {
  for (const std::size_t alpha : {2U, 4U, 8U, 16U}) {
    network::Cnn network = grouped_network(alpha);
    Pruning pruning;
    pruning.layers.weights = combining::LayerPruning::Weights::kStored;
    pruning.layers.less_for_small_alpha = true;
    pruning.layers.rate = 0.8;
    CombiningOptions options;
    options.policy = GetParam();
    (void)prune_and_combine(network, pruning, options, 3, 1);
    EXPECT_EQ(kept_of(network, 1), 16U * 9) << alpha;
    EXPECT_GE(network->groups[1]->size(), 16U * 9 / alpha) << alpha;
    EXPECT_LE(network->groups[1]->size(), 16U * 9 / alpha + 2) << alpha;
    EXPECT_LT(kept_of(network, 2), 12U * 16) << alpha;
  }
}

INSTANTIATE_TEST_SUITE_P(Policies, PruneAndCombine,
                         testing::Values(combining::GroupingPolicy::kDenseFirst,
                                         combining::GroupingPolicy::kPairwise,
                                         combining::GroupingPolicy::kSearch));

}  // namespace
}  // namespace colcomb::training
