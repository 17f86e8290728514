// Properties every grouping policy has, on random sparsity of every awkward shape.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <cmath>

#include "colcomb/artifacts/packed_matrix.hpp"
#include "colcomb/combining/conflicts.hpp"
#include "colcomb/combining/grouping.hpp"
#include "colcomb/combining/magnitude.hpp"
#include "tests/support/awkward_shapes.hpp"
#include "tests/support/effort.hpp"
#include "tests/support/random_weights.hpp"
#include "tests/support/reference_grouping.hpp"

namespace colcomb::combining {
namespace {

struct Case {
  Matrix<float> pruned;
  GroupingOptions options;
};

Case draw_case() {
  const tests::Shape shape = *rc::gen::elementOf(tests::kAwkwardShapes);
  const auto density = *rc::gen::element(0.02, 0.1, 0.3, 0.9);
  const auto seed = *rc::gen::inRange<std::uint64_t>(0, 1'000'000);
  Case drawn;
  drawn.pruned = *rc::gen::arbitrary<bool>()
                     ? tests::sparse_weights(shape.rows, shape.cols, density, seed)
                     : tests::tied_weights(shape.rows, shape.cols, density, seed);
  drawn.options.alpha = *rc::gen::element<std::size_t>(1, 2, 3, 8, 64);
  drawn.options.gamma = *rc::gen::element(0.0, 0.1, 0.5, 1.75, 100.0);
  drawn.options.policy = parse_policy(*rc::gen::elementOf(policy_names()));
  return drawn;
}

RC_GTEST_PROP(EveryPolicy, GroupsEachNonzeroColumnOnceWithinAlphaAndGamma, ()) {
  const Case drawn = draw_case();
  const ColumnGroups groups = group_columns(drawn.pruned, drawn.options);
  const tests::ReferenceGrouping reference(drawn.pruned, drawn.options.alpha, drawn.options.gamma);
  std::vector<std::uint32_t> grouped;
  for (const auto& group : groups.groups) {
    RC_ASSERT(!group.empty());
    RC_ASSERT(reference.admissible(group));
    grouped.insert(grouped.end(), group.begin(), group.end());
  }
  std::sort(grouped.begin(), grouped.end());
  RC_ASSERT(grouped == reference.nonzero_columns());
}

RC_GTEST_PROP(EveryPolicy, GivesGroupsThatPackAndUnpack, ()) {
  const Case drawn = draw_case();
  const ColumnGroups groups = group_columns(drawn.pruned, drawn.options);
  const Matrix<float> combined = masked(drawn.pruned, column_combine_mask(drawn.pruned, groups));
  RC_ASSERT(unpack(pack(combined, groups)) == combined);
}

RC_GTEST_PROP(EveryPolicy, RetainsTheRowMaximaOfItsGroups, ()) {
  const Case drawn = draw_case();
  const ColumnGroups groups = group_columns(drawn.pruned, drawn.options);
  const Matrix<float> combined = masked(drawn.pruned, column_combine_mask(drawn.pruned, groups));
  for (std::size_t r = 0; r < combined.rows(); ++r) {
    for (const auto& group : groups.groups) {
      float largest = 0;
      float sum = 0;
      for (const std::uint32_t c : group) {
        largest = std::max(largest, std::fabs(drawn.pruned(r, c)));
        sum += std::fabs(combined(r, c));
      }
      RC_ASSERT(sum == largest);
    }
  }
}

RC_GTEST_PROP(EveryPolicy, GivesEqualGroupsForEqualInput, ()) {
  const Case drawn = draw_case();
  RC_ASSERT(group_columns(drawn.pruned, drawn.options) ==
            group_columns(Matrix<float>(drawn.pruned), drawn.options));
}

RC_GTEST_PROP(EveryPolicy, WithAlphaOneGivesTheSingleNonzeroColumns, ()) {
  Case drawn = draw_case();
  drawn.options.alpha = 1;
  std::vector<std::vector<std::uint32_t>> expected;
  for (const std::uint32_t c : tests::ReferenceGrouping(drawn.pruned, 1, 0).nonzero_columns())
    expected.push_back({c});
  RC_ASSERT(group_columns(drawn.pruned, drawn.options).groups == expected);
}

RC_GTEST_PROP(DenseFirst, EqualsThePlainImplementation, ()) {
  Case drawn = draw_case();
  drawn.options.policy = GroupingPolicy::kDenseFirst;
  RC_ASSERT(group_columns(drawn.pruned, drawn.options) ==
            tests::ReferenceGrouping(drawn.pruned, drawn.options.alpha, drawn.options.gamma)
                .dense_first());
}

TEST(Pairwise, EqualsThePlainImplementationOnEveryShape) {
  std::uint64_t tried = 0;
  for (const tests::Shape shape : tests::kAwkwardShapes) {
    for (const double density : {0.05, 0.3}) {
      for (const double gamma : {0.0, 0.5, 1.75}) {
        for (const std::size_t alpha : {2U, 8U}) {
          for (const bool tied : {false, true}) {
            if (tests::kSanitized && tried++ % 5 != 0) continue;
            const Matrix<float> pruned =
                tied ? tests::tied_weights(shape.rows, shape.cols, density, 11)
                     : tests::sparse_weights(shape.rows, shape.cols, density, 11);
            GroupingOptions options;
            options.alpha = alpha;
            options.gamma = gamma;
            options.policy = GroupingPolicy::kPairwise;
            EXPECT_EQ(group_columns(pruned, options),
                      tests::ReferenceGrouping(pruned, alpha, gamma).pairwise())
                << shape.rows << " x " << shape.cols << " density " << density << " gamma " << gamma
                << " alpha " << alpha << " tied " << tied;
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace colcomb::combining
