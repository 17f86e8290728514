#include "colcomb/combining/combine_network.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "colcomb/base/random.hpp"

namespace colcomb::combining {
namespace {

using Weights = LayerPruning::Weights;

std::size_t kept(const FloatLayer& layer) {
  return static_cast<std::size_t>(std::ranges::count(layer.mask.values(), 1));
}

/// Two hidden layers of the given weights, on 1 x 1 maps, and a classifier.
FloatNetwork two_layers(const Matrix<float>& first, const Matrix<float>& second) {
  FloatNetwork network;
  network.description.input = {first.cols(),
                               1,
                               1,
                               std::vector<double>(first.cols(), 0.5),
                               std::vector<double>(first.cols(), 0.5),
                               1};
  network.description.classes = 2;
  const auto layer = [](const char* name, const Matrix<float>& weights) {
    LayerDescription description;
    description.name = name;
    description.in_channels = weights.cols();
    description.out_channels = weights.rows();
    description.in_height = description.in_width = 1;
    description.batch_norm = false;
    for (std::size_t c = 0; c < weights.cols(); ++c)
      description.columns.push_back({static_cast<std::int32_t>(c), 0, 0});
    return description;
  };
  const auto numbers = [](const Matrix<float>& weights) {
    FloatLayer result;
    result.weights = weights;
    result.bias.assign(weights.rows(), 0.0F);
    return result;
  };
  const Matrix<float> last(2, second.rows(), std::vector<float>(2 * second.rows(), 1.0F));
  network.description.hidden = {layer("a", first), layer("b", second)};
  network.description.classifier = make_classifier(last.cols(), last.rows());
  network.hidden = {numbers(first), numbers(second)};
  network.classifier = numbers(last);
  validate(network, "test");
  return network;
}

const Matrix<float> kFirst(2, 4,
                           {4, 0.5F, 0, 1,  //
                            0, 3, 2, 0.25F});
const Matrix<float> kSecond(2, 2, {1, 2, 3, 4});

// Of a group of alpha columns in which conv_groups columns hold a row's weights, alpha /
// conv_groups of them meet in a cell.
TEST(LayerPruning, LeavesMoreWhereFewWeightsMeet) {
  LayerPruning pruning;
  pruning.rate = 0.8;
  pruning.rate_alpha_one = 0.1;
  EXPECT_DOUBLE_EQ(pruning.fraction(8, 1), 0.8);
  EXPECT_DOUBLE_EQ(pruning.fraction(1, 1), 0.8);
  pruning.less_for_small_alpha = true;
  EXPECT_DOUBLE_EQ(pruning.fraction(8, 1), 0.8 * 7 / 8);
  EXPECT_DOUBLE_EQ(pruning.fraction(8, 2), 0.8 * 3 / 4);  // as alpha 4 without groups
  EXPECT_DOUBLE_EQ(pruning.fraction(8, 7), 0.8 / 8);
  EXPECT_DOUBLE_EQ(pruning.fraction(8, 8), 0.1);
  EXPECT_DOUBLE_EQ(pruning.fraction(8, 64), 0.1);
  EXPECT_DOUBLE_EQ(pruning.fraction(1, 1), 0.1);
}

// By hand: half of kFirst's six weights leaves 4, 3 and 2; columns 0, 1, 2 stay. With alpha 2 and
// gamma 0 columns 1 and 2 meet in row 1, so 0 joins one of them.
TEST(CombineNetwork, PrunesGroupsAndCountsByHand) {
  FloatNetwork network = two_layers(kFirst, kSecond);
  NetworkCombineOptions options;
  options.pruning.weights = Weights::kStored;
  options.pruning.rate = 0.5;
  options.alpha = 2;
  options.grouping.gamma = 0;
  const NetworkCombined result = combine_network(network, options);
  EXPECT_EQ(network.hidden[0].mask, Matrix<std::uint8_t>(2, 4, {1, 0, 0, 0, 0, 1, 1, 0}));
  EXPECT_EQ(network.hidden[0].groups->size(), 2U);
  EXPECT_EQ(network.description.hidden[0].alpha, 2U);
  ASSERT_EQ(result.layers.size(), 2U);
  EXPECT_DOUBLE_EQ(result.layers[0].retained_magnitude, 9 / 10.75);
  // Half of four weights: 3 and 4, in one row, so in groups of their own.
  EXPECT_EQ(network.hidden[1].mask, Matrix<std::uint8_t>(2, 2, {0, 0, 1, 1}));
  EXPECT_DOUBLE_EQ(result.layers[1].retained_magnitude, 0.7);
  EXPECT_DOUBLE_EQ(result.retained_magnitude, (9.0 + 7.0) / (10.75 + 10.0));
  EXPECT_TRUE(network.classifier.mask.empty());
  EXPECT_EQ(network.hidden[0].weights, kFirst);  // stored values stay
  EXPECT_FALSE(result.layers[0].gap_to_bound);   // not asked for
}

TEST(CombineNetwork, WhichWeightsTakePart) {
  const auto masked_first = [] {
    FloatNetwork network = two_layers(kFirst, kSecond);
    network.hidden[0].mask = Matrix<std::uint8_t>(2, 4, {0, 1, 0, 1, 0, 1, 1, 1});  // 4 is pruned
    return network;
  };
  NetworkCombineOptions options;
  options.alpha = 1;
  // A stored weight comes back; of all six, half go.
  FloatNetwork network = masked_first();
  options.pruning = {Weights::kStored, 0.5, false, 0};
  (void)combine_network(network, options);
  EXPECT_EQ(network.hidden[0].mask, Matrix<std::uint8_t>(2, 4, {1, 0, 0, 0, 0, 1, 1, 0}));
  // Of the eight weights the layer could have three are gone (two zeros and the pruned 4), so half
  // is one more: the smallest of those kept.
  network = masked_first();
  options.pruning = {Weights::kKept, 0.5, false, 0};
  (void)combine_network(network, options);
  EXPECT_EQ(network.hidden[0].mask, Matrix<std::uint8_t>(2, 4, {0, 1, 0, 1, 0, 1, 1, 0}));
  // A quarter was gone before: nothing more.
  network = masked_first();
  options.pruning.rate = 0.25;
  (void)combine_network(network, options);
  EXPECT_EQ(kept(network.hidden[0]), 5U);
  // Of the five kept, two fifths.
  network = masked_first();
  options.pruning = {Weights::kFractionOfKept, 0.4, false, 0};
  (void)combine_network(network, options);
  EXPECT_EQ(network.hidden[0].mask, Matrix<std::uint8_t>(2, 4, {0, 0, 0, 1, 0, 1, 1, 0}));
}

// The iterative schedule ends only if its last round, of any small fraction, prunes something.
TEST(CombineNetwork, FractionsOfWhatIsKeptAreRoundedUp) {
  for (const auto& [fraction, left] :
       {std::pair{0.0, 16U}, {1e-6, 15U}, {0.125, 14U}, {0.126, 13U}, {0.1875, 13U}, {1.0, 0U}}) {
    Matrix<float> weights(4, 4);
    for (std::size_t k = 0; k < 16; ++k) weights.values()[k] = static_cast<float>(k + 1);
    FloatNetwork network = two_layers(weights, Matrix<float>(2, 4, std::vector<float>(8, 1.0F)));
    NetworkCombineOptions options;
    options.alpha = 1;
    options.pruning = {Weights::kFractionOfKept, fraction, false, 0};
    (void)combine_network(network, options);
    EXPECT_EQ(kept(network.hidden[0]), left) << fraction;
  }
}

TEST(CombineNetwork, FixedLayersStay) {
  FloatNetwork network = two_layers(kFirst, kSecond);
  network.description.hidden[0].fixed = true;
  NetworkCombineOptions options;
  options.alpha = 2;
  options.pruning.rate = 0.5;
  const NetworkCombined result = combine_network(network, options);
  ASSERT_EQ(result.layers.size(), 1U);
  EXPECT_EQ(result.layers[0].layer, 1U);
  EXPECT_TRUE(network.hidden[0].mask.empty());
  EXPECT_EQ(network.description.hidden[0].alpha, 1U);
}

TEST(CombineNetwork, TilesTargetIsForEachLayersRows) {
  FloatNetwork network = two_layers(Matrix<float>(8, 12, std::vector<float>(96, 1.0F)),
                                    Matrix<float>(4, 8, std::vector<float>(32, 1.0F)));
  NetworkCombineOptions options;
  options.alpha = 8;
  options.tiles_target = 2;
  options.array_rows = 4;
  options.array_cols = 3;
  (void)combine_network(network, options);
  EXPECT_LE(network.hidden[0].groups->size(), 3U);  // two row tiles, so one column tile
  EXPECT_LE(network.hidden[1].groups->size(), 6U);
}

TEST(CombineNetwork, ResultsDoNotDependOnThreads) {
  Random random(3);
  Matrix<float> big(24, 40);
  for (float& w : big.values()) w = static_cast<float>(random.uniform()) - 0.5F;
  Matrix<float> next(10, 24);
  for (float& w : next.values()) w = static_cast<float>(random.uniform()) - 0.5F;
  NetworkCombineOptions options;
  options.alpha = 8;
  options.pruning = {Weights::kStored, 0.8, true, 0};
  options.fill_empty_cells = true;
  FloatNetwork one = two_layers(big, next), two = one;
  (void)combine_network(one, options);
  options.threads = 3;
  (void)combine_network(two, options);
  EXPECT_EQ(one, two);
}

// The bound is of what the search maximised: with free cells filled, that is every available
// weight.
TEST(CombineNetwork, GapIsOfTheGroupingsOwnObjective) {
  // One group of both columns: the best there is, so nothing can be above it.
  const Matrix<float> matrix(3, 2, {3, 1, 1, 2, 0, 5});
  for (const bool fill : {false, true}) {
    CombineOptions options;
    options.grouping.alpha = 2;
    options.grouping.gamma = 2;
    options.prune_fraction = 0.5;
    options.fill_empty_cells = fill;
    options.bound = true;
    const Combined combined = combine_columns(matrix, options);
    ASSERT_EQ(combined.groups.size(), 1U);
    EXPECT_DOUBLE_EQ(combined.gap_to_bound.value(), 0.0) << fill;
  }
  CombineOptions squares;
  squares.grouping.objective = Objective::kSquare;
  squares.bound = true;
  squares.grouping.alpha = 2;
  squares.grouping.gamma = 2;
  EXPECT_DOUBLE_EQ(combine_columns(matrix, squares).gap_to_bound.value(), 0.0);
}

TEST(ReportNetwork, CountsEveryLayer) {
  FloatNetwork network = two_layers(kFirst, kSecond);
  NetworkCombineOptions options;
  options.alpha = 2;
  options.grouping.gamma = 0;
  options.pruning = {Weights::kStored, 0.5, false, 0};
  (void)combine_network(network, options);
  const CombiningReport report = report_network(network, 2, 2);
  ASSERT_EQ(report.layers.size(), 3U);
  EXPECT_EQ(report.layers[0].groups, 2U);
  EXPECT_EQ(report.layers[0].nonzeros_before, 6U);
  EXPECT_EQ(report.layers[0].nonzeros, 3U);
  EXPECT_EQ(report.layers[0].tiles_before, 2U);
  EXPECT_EQ(report.layers[0].tiles, 1U);
  EXPECT_EQ(report.layers[2].name, "linear");
  EXPECT_EQ(report.layers[2].nonzeros, 4U);
  EXPECT_EQ(report.total.tiles, 3U);
  EXPECT_EQ(report.total.macs, 2U * 2 + 2 * 2 + 2 * 2);
}

}  // namespace
}  // namespace colcomb::combining
