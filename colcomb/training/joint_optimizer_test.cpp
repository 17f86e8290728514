#include "colcomb/training/joint_optimizer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "colcomb/artifacts/conv_groups.hpp"
#include "colcomb/combining/combine.hpp"
#include "colcomb/models/network_file.hpp"

namespace colcomb::training {
namespace {

/// A depthwise layer, a pointwise one, one of 2 groups and a depthwise one with two filters per
/// channel.
network::Cnn grouped_network(std::size_t alpha) {
  models::PresetOptions options;
  options.alpha = alpha;
  options.input = {1, 8, 8, {.5}, {.25}, 1};
  options.classes = 3;
  const char* const layers =
      "[[layer]]\nfilters = 16\n"
      "[[layer]]\nname = \"depthwise\"\nfilters = 16\nconv_groups = 16\n"
      "[[layer]]\nfilters = 12\nkernel = 1\n"
      "[[layer]]\nname = \"halves\"\nfilters = 8\nconv_groups = 2\n"
      "[[layer]]\nname = \"doubled\"\nfilters = 16\nconv_groups = 8\n";
  return network::Cnn(models::describe(parse_layer_list(layers, "n"), options, "n"), 5);
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

/// One hidden layer of 4 dense rows and 4 columns, and a classifier.
network::Cnn dense_network(std::size_t alpha) {
  models::PresetOptions options;
  options.alpha = alpha;
  options.input = {4, 8, 8, {.5, .5, .5, .5}, {.25, .25, .25, .25}, 1};
  options.classes = 3;
  return network::Cnn(
      models::describe(
          parse_layer_list(
              "[[layer]]\nfilters = 4\nkernel = 1\nalpha = " + std::to_string(alpha) + "\n", "n"),
          options, "n"),
      5);
}

float weight_of(const network::Cnn& network, std::size_t row, std::size_t column) {
  const auto matrix = network->layers()[0]->weight.detach().flatten(1);
  return matrix[static_cast<std::int64_t>(row)][static_cast<std::int64_t>(column)].item<float>();
}
bool kept(const network::Cnn& network, std::size_t row, std::size_t column) {
  const auto matrix = network->layers()[0]->mask.flatten(1);
  return matrix[static_cast<std::int64_t>(row)][static_cast<std::int64_t>(column)].item<float>() !=
         0;
}

// A group of g dense columns has g - 1 conflicts in every row, so gamma allows groups of 1 + gamma.
TEST(PruneAndCombine, GammaIsTheOptionTimesTheStepsShare) {
  for (const auto& [share, group] : {std::pair{0.0, 1U}, {1 / 3.0, 2U}, {1.0, 4U}}) {
    network::Cnn network = dense_network(4);
    Pruning pruning;
    pruning.layers.weights = combining::LayerPruning::Weights::kStored;
    pruning.gamma_share = share;
    CombiningOptions options;
    options.policy = combining::GroupingPolicy::kDenseFirst;
    options.gamma = 3 + 1e-9;
    const CombiningOutcome outcome = prune_and_combine(network, pruning, options, 3, 1);
    const auto& groups = network->groups[0]->groups;
    ASSERT_EQ(groups.size(), 4 / group) << share;
    double largest = 0;
    double all = 0;
    for (std::size_t row = 0; row < 4; ++row) {
      for (const auto& members : groups) {
        EXPECT_EQ(members.size(), group);
        float most = 0;
        for (const std::uint32_t column : members) {
          all += std::abs(weight_of(network, row, column));
          most = std::max(most, std::abs(weight_of(network, row, column)));
        }
        largest += most;
        for (const std::uint32_t column : members)
          EXPECT_EQ(kept(network, row, column), std::abs(weight_of(network, row, column)) == most);
      }
    }
    EXPECT_NEAR(outcome.retained_magnitude, largest / all, 1e-6);
    // From one group per column: all but the first column of each group have changed.
    EXPECT_EQ(outcome.regrouped_columns, 4 - groups.size());
    EXPECT_EQ(prune_and_combine(network, pruning, options, 3, 1).regrouped_columns, 0U);
    const CombiningState state = combining_state(network);
    EXPECT_EQ(state.weights, 16U);
    EXPECT_EQ(state.nonzeros, 4 * groups.size());
    EXPECT_EQ(state.packed_macs, 4 * groups.size());
    EXPECT_EQ(state.utilization, 1);
  }
}

// 0.8 (1 - 1/4) of 16 weights are pruned: 9.6, so 6 or 7 remain, of at most 16 cells.
TEST(PruneAndCombine, FillsFreeCellsWithTheLargestWeightOrNotAtAll) {
  for (const bool fill : {false, true}) {
    network::Cnn network = dense_network(4);
    Pruning pruning;
    pruning.layers.weights = combining::LayerPruning::Weights::kStored;
    pruning.layers.less_for_small_alpha = true;
    pruning.layers.rate = 0.8;
    CombiningOptions options;
    options.policy = combining::GroupingPolicy::kDenseFirst;
    options.gamma = 0;
    options.fill_empty_cells = fill;
    (void)prune_and_combine(network, pruning, options, 3, 1);
    std::vector<float> magnitudes;
    for (std::size_t k = 0; k < 16; ++k)
      magnitudes.push_back(std::abs(weight_of(network, k / 4, k % 4)));
    std::sort(magnitudes.rbegin(), magnitudes.rend());
    const CombiningState state = combining_state(network);
    const auto& groups = network->groups[0]->groups;
    if (!fill) {
      ASSERT_TRUE(state.nonzeros == 6 || state.nonzeros == 7) << state.nonzeros;
      for (std::size_t k = 0; k < 16; ++k) {
        EXPECT_EQ(kept(network, k / 4, k % 4),
                  std::abs(weight_of(network, k / 4, k % 4)) >= magnitudes[state.nonzeros - 1]);
      }
      EXPECT_LT(state.utilization, 1);
      continue;
    }
    EXPECT_EQ(state.nonzeros, 4 * groups.size());
    EXPECT_EQ(state.utilization, 1);
    for (std::size_t row = 0; row < 4; ++row) {
      for (const auto& members : groups) {
        const std::uint32_t largest =
            *std::max_element(members.begin(), members.end(), [&](auto a, auto b) {
              return std::abs(weight_of(network, row, a)) < std::abs(weight_of(network, row, b));
            });
        for (const std::uint32_t column : members)
          EXPECT_EQ(kept(network, row, column), column == largest) << row << ' ' << column;
      }
    }
  }
}

TEST(PruneAndCombine, GroupsByThePolicyOfTheOptions) {
  models::PresetOptions preset;
  preset.alpha = 4;
  preset.input = {48, 8, 8, std::vector<double>(48, .5), std::vector<double>(48, .25), 1};
  const NetworkDescription description = models::describe(
      parse_layer_list("[[layer]]\nfilters = 24\nkernel = 1\nalpha = 4\n", "n"), preset, "n");
  std::vector<ColumnGroups> groups;
  for (const auto policy :
       {combining::GroupingPolicy::kDenseFirst, combining::GroupingPolicy::kPairwise}) {
    network::Cnn network(description, 5);
    const auto flat = network->layers()[0]->weight.detach().flatten().contiguous();
    const Matrix<float> stored(
        24, 48, std::vector<float>(flat.data_ptr<float>(), flat.data_ptr<float>() + flat.numel()));
    Pruning pruning;
    pruning.layers.weights = combining::LayerPruning::Weights::kStored;
    pruning.layers.less_for_small_alpha = true;
    pruning.layers.rate = 0.9;
    CombiningOptions options;
    options.policy = policy;
    (void)prune_and_combine(network, pruning, options, 3, 1);
    combining::CombineOptions direct;
    direct.prune_fraction = 0.9 * (1 - 1 / 4.0);
    direct.grouping.alpha = 4;
    direct.grouping.gamma = options.gamma;
    direct.grouping.policy = policy;
    EXPECT_EQ(*network->groups[0], combining::combine_columns(stored, direct).groups);
    groups.push_back(*network->groups[0]);
  }
  EXPECT_NE(groups[0], groups[1]);
}

// Mask, groups and figures written down by hand: row 1 is empty, groups {0, 2}, {1}.
TEST(CombiningState, CountsCellsOfNonemptyRows) {
  network::Cnn network = dense_network(4);
  network->layers()[0]->mask = torch::tensor({1.F, 0.F, 0.F, 0.F,  //
                                              0.F, 0.F, 0.F, 0.F,  //
                                              0.F, 1.F, 1.F, 0.F,  //
                                              0.F, 1.F, 0.F, 0.F})
                                   .view_as(network->layers()[0]->weight);
  network->groups[0] = ColumnGroups{{{0, 2}, {1}}};
  const CombiningState state = combining_state(network);
  EXPECT_EQ(state.weights, 16U);
  EXPECT_EQ(state.nonzeros, 4U);
  EXPECT_EQ(state.packed_macs, 4U * 2);
  EXPECT_EQ(state.utilization, 4.0 / (3 * 2));
}

class PruneAndCombinePolicies : public testing::TestWithParam<combining::GroupingPolicy> {};

TEST_P(PruneAndCombinePolicies, NeverTakesWhatLiesBetweenGroups) {
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
TEST_P(PruneAndCombinePolicies, CountsTheGroupsWeightsAlone) {
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
TEST_P(PruneAndCombinePolicies, DepthwiseColumnsCombineWithoutLoss) {
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

INSTANTIATE_TEST_SUITE_P(Policies, PruneAndCombinePolicies,
                         testing::Values(combining::GroupingPolicy::kDenseFirst,
                                         combining::GroupingPolicy::kPairwise,
                                         combining::GroupingPolicy::kSearch));

}  // namespace
}  // namespace colcomb::training
