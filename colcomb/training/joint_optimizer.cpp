#include "colcomb/training/joint_optimizer.hpp"

#include <algorithm>
#include <vector>

#include "colcomb/artifacts/conv_groups.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/combining/combine.hpp"
#include "colcomb/combining/regrouping.hpp"
#include "colcomb/network/tensor_view.hpp"

namespace colcomb::training {
namespace {

Matrix<float> matrix_of(const torch::Tensor& tensor) {
  const auto flat = tensor.detach().to(torch::kCPU).contiguous();
  const float* const data = flat.data_ptr<float>();
  const auto rows = static_cast<std::size_t>(flat.size(0));
  const auto count = static_cast<std::size_t>(flat.numel());
  return Matrix<float>(rows, count / rows, std::vector<float>(data, data + count));
}

Matrix<std::uint8_t> mask_of(const network::LayerImpl& layer, std::size_t rows, std::size_t cols) {
  Matrix<std::uint8_t> mask(rows, cols, 1);
  if (!layer.mask.defined()) return mask;
  const Matrix<float> values = matrix_of(layer.mask);
  std::transform(values.values().begin(), values.values().end(), mask.values().begin(),
                 [](float m) { return m != 0 ? std::uint8_t{1} : std::uint8_t{0}; });
  return mask;
}

Matrix<std::uint8_t> nonzero_mask(const Matrix<float>& weights) {
  Matrix<std::uint8_t> mask(weights.rows(), weights.cols());
  std::transform(weights.values().begin(), weights.values().end(), mask.values().begin(),
                 [](float w) { return w != 0 ? std::uint8_t{1} : std::uint8_t{0}; });
  return mask;
}

void set_mask(network::LayerImpl& layer, const Matrix<std::uint8_t>& mask) {
  const std::vector<float> values(mask.values().begin(), mask.values().end());
  const torch::NoGradGuard no_grad;
  if (!layer.mask.defined()) layer.mask = torch::empty_like(layer.weight);
  layer.mask.copy_(network::tensor_view(std::span(values), layer.weight.sizes()));
}

/// The layers that are pruned and combined: all but the linear one and those of fixed weights.
std::vector<std::size_t> convolution_layers(const network::Cnn& network) {
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < network->layers().size(); ++i) {
    const network::LayerImpl& layer = *network->layers()[i];
    if (!layer.is_linear() && !layer.description().fixed) result.push_back(i);
  }
  return result;
}

combining::CombineOptions combine_options(const CombiningOptions& options, std::size_t alpha,
                                          std::uint64_t seed) {
  combining::CombineOptions result;
  result.grouping.alpha = alpha;
  result.grouping.gamma = options.gamma;
  result.grouping.policy = options.policy;
  result.grouping.seed = seed;
  result.fill_empty_cells = options.fill_empty_cells;
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
  const std::vector<std::size_t> layers = convolution_layers(network);
  std::vector<Matrix<float>> stored(layers.size());
  std::vector<Matrix<std::uint8_t>> remaining(layers.size());
  std::vector<combining::Combined> combined(layers.size());
  for (std::size_t k = 0; k < layers.size(); ++k) {
    const network::LayerImpl& layer = *network->layers()[layers[k]];
    stored[k] = matrix_of(layer.weight);
    // Without the iterative schedule a pruned weight may come back, but one whose stored value is 0
    // is no weight at all: it must not count as one that is pruned.
    remaining[k] = pruning.of_remaining ? mask_of(layer, stored[k].rows(), stored[k].cols())
                                        : nonzero_mask(stored[k]);
  }
  parallel_for(layers.size(), threads, [&](std::size_t k) {
    const LayerDescription& description = network->layers()[layers[k]]->description();
    auto combine = combine_options(options, description.alpha, seed + layers[k]);
    combine.prune_fraction = pruning.fraction(description.alpha, description.conv_groups);
    combine.grouping.gamma = combining::gamma_of_grouped(
        options.gamma * pruning.gamma_share, description.alpha, description.conv_groups);
    const auto& last = network->groups[layers[k]];
    if (last && options.policy == combining::GroupingPolicy::kSearch)
      combine.grouping.start = &*last;
    combined[k] = combining::combine_columns(stored[k], remaining[k], combine);
  });
  CombiningOutcome outcome;
  double kept = 0;
  double total = 0;
  for (std::size_t k = 0; k < layers.size(); ++k) {
    set_mask(*network->layers()[layers[k]], combined[k].mask);
    auto& groups = network->groups[layers[k]];
    outcome.regrouped_columns += combining::count_regrouped(
        groups.value_or(singleton_groups(stored[k].cols())), combined[k].groups, stored[k].cols());
    groups = combined[k].groups;
    double magnitude = 0;
    for (const float w : stored[k].values()) magnitude += std::abs(static_cast<double>(w));
    kept += magnitude * combined[k].retained_magnitude;
    total += magnitude;
  }
  if (total > 0) outcome.retained_magnitude = kept / total;
  return outcome;
}

}  // namespace colcomb::training
