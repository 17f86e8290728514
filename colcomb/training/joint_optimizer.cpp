#include "colcomb/training/joint_optimizer.hpp"

#include <vector>

#include "colcomb/artifacts/conv_groups.hpp"
#include "colcomb/combining/combine_network.hpp"

namespace colcomb::training {
namespace {

/// The layers that are pruned and combined: the hidden ones but for those of fixed weights.
std::vector<std::size_t> convolution_layers(const network::Cnn& network) {
  std::vector<std::size_t> result;
  const std::vector<LayerDescription>& hidden = network->description().hidden;
  for (std::size_t i = 0; i < hidden.size(); ++i) {
    if (!hidden[i].fixed) result.push_back(i);
  }
  return result;
}

}  // namespace

CombiningState combining_state(const network::Cnn& network) {
  CombiningState state;
  std::uint64_t cells = 0;
  for (const std::size_t i : convolution_layers(network)) {
    const network::LayerImpl& layer = *network->layers()[i];
    const std::size_t rows = layer.description().out_channels;
    const std::size_t cols = layer.description().columns.size();
    const auto& groups = network->groups[i];
    const std::uint64_t packed_columns = groups ? groups->size() : cols;
    std::uint64_t nonempty_rows = rows;
    std::uint64_t nonzeros = weight_count(layer.description());
    if (layer.mask.defined()) {
      const auto per_row = layer.mask.flatten(1).sum(1);
      nonempty_rows = static_cast<std::uint64_t>(per_row.gt(0).sum().item<std::int64_t>());
      // Summed in integers: a float cannot count beyond 2^24.
      nonzeros = static_cast<std::uint64_t>(layer.mask.gt(0).sum().item<std::int64_t>());
    }
    state.weights += weight_count(layer.description());
    state.nonzeros += nonzeros;
    state.packed_macs += rows * packed_columns;
    cells += nonempty_rows * packed_columns;
  }
  if (cells > 0)
    state.utilization = static_cast<double>(state.nonzeros) / static_cast<double>(cells);
  return state;
}

CombiningOutcome prune_and_combine(network::Cnn& network, const Pruning& pruning,
                                   const CombiningOptions& options, std::uint64_t seed,
                                   std::size_t threads) {
  combining::NetworkCombineOptions combine;
  combine.pruning = pruning.layers;
  combine.grouping.gamma = options.gamma * pruning.gamma_share;
  combine.grouping.policy = options.policy;
  combine.grouping.seed = seed;
  combine.fill_empty_cells = options.fill_empty_cells;
  combine.start_from_groups = true;
  combine.threads = threads;
  FloatNetwork numbers = network->to_artifact();
  const combining::NetworkCombined combined = combining::combine_network(numbers, combine);
  network->take_combining(numbers);
  CombiningOutcome outcome;
  outcome.retained_magnitude = combined.retained_magnitude;
  for (const combining::LayerCombined& layer : combined.layers)
    outcome.regrouped_columns += layer.regrouped_columns;
  return outcome;
}

}  // namespace colcomb::training
