#include "colcomb/training/array_combining.hpp"

#include "colcomb/base/check.hpp"
#include "colcomb/combining/combine_to_groups.hpp"

namespace colcomb::training {

ArrayCombining::ArrayCombining(const NetworkDescription& network, const TrainOptions& options)
    : options_(options) {
  const AllocationOptions& o = options.allocation;
  COLCOMB_CHECK(o.array.has_value(), "no array to combine for");
  if (o.budget) {
    allocator_.emplace(network, *o.array, *o.budget);
  } else {
    fitted_ = allocation::fit(network, *o.array);
  }
}

ArrayCombining::Outcome ArrayCombining::combine(network::Cnn& network, double progress,
                                                const GradientStatistics* gradients,
                                                std::size_t threads) const {
  const allocation::Importance measure = options_.allocation.importance;
  COLCOMB_CHECK(!allocation::needs_gradients(measure) || gradients != nullptr,
                "the importance needs gradients");
  FloatNetwork numbers = network->to_artifact();
  combining::CombineToGroupsOptions combine;
  combine.importance = allocation::importance_of(
      numbers, measure,
      allocation::needs_gradients(measure) ? gradients->means() : std::vector<Matrix<float>>());
  Outcome outcome;
  if (allocator_) {
    const allocation::Allocation allocation =
        allocator_->allocate(combine.importance, progress, threads);
    combine.groups = allocation.groups;
    outcome.allocation = allocation.report;
  } else {
    combine.groups = allocation::on_the_way(numbers.description, fitted_->groups, progress);
    outcome.allocation = fitted_->report;
  }
  combine.policy = options_.combining.policy;
  combine.seed = options_.seed;
  combine.start_from_groups = true;
  combine.threads = threads;
  const combining::NetworkCombined combined = combining::combine_to_groups(numbers, combine);
  network->take_combining(numbers);
  outcome.combining.retained_magnitude = combined.retained_magnitude;
  for (const combining::LayerCombined& layer : combined.layers)
    outcome.combining.regrouped_columns += layer.regrouped_columns;
  return outcome;
}

}  // namespace colcomb::training
