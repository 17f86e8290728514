#include "colcomb/interchange/weight_limits.hpp"

#include <algorithm>
#include <cmath>

#include "colcomb/artifacts/input_parts.hpp"

namespace colcomb::interchange {
namespace {

constexpr double kLargestWeight = 128;
constexpr double kPixelMax = 255;
constexpr double kSteps = 256;  // of an activation, up to its limit

/// The least limit with which no weight of layer `index` is too large.
double least_limit(const ImportedModel& model, const std::vector<double>& limits,
                   std::size_t index) {
  const NetworkDescription& network = model.network.description;
  const Matrix<float> weights = folded_weights(model.network, index);
  double least = 0;
  for (const LayerPart& part : parts_of(network, index)) {
    for (std::size_t m = part.column_begin; m < part.column_end(); ++m) {
      // One step of what the column reads, times kSteps.
      double range = 0;
      if (part.source) {
        range = limits[*part.source];
      } else {
        const auto channel = static_cast<std::size_t>(network.layer(index).columns[m].channel);
        range = kSteps / (kPixelMax * network.input.std[channel]);
      }
      for (std::size_t n = 0; n < weights.rows(); ++n)
        least = std::max(least, std::abs(static_cast<double>(weights(n, m))) * range);
    }
  }
  return least / kLargestWeight;
}

}  // namespace

Matrix<float> folded_weights(const FloatNetwork& network, std::size_t index) {
  Matrix<float> weights = effective_filter(network, index).weights;
  const FloatLayer& layer = network.layer(index);
  if (!layer.batch_norm) return weights;
  const BatchNorm& norm = *layer.batch_norm;
  for (std::size_t n = 0; n < weights.rows(); ++n) {
    const auto scale =
        static_cast<float>(norm.weight[n] / std::sqrt(norm.variance[n] + kBatchNormEpsilon));
    for (float& weight : weights.row(n)) weight *= scale;
  }
  return weights;
}

std::vector<double> with_room_for_weights(const ImportedModel& model, std::vector<double> limits) {
  // Layers read earlier ones, so that one pass serves but for layers tied to earlier ones.
  for (std::size_t pass = 0; pass < limits.size(); ++pass) {
    bool raised = false;
    for (std::size_t i = 0; i < limits.size(); ++i) {
      if (model.network.description.hidden[i].fixed || model.functions[i]) continue;
      const double least = least_limit(model, limits, i);
      if (limits[i] >= least) continue;
      const auto tied = [&](std::size_t j) { return model.tied_to[j] == model.tied_to[i]; };
      bool open = true;
      for (std::size_t j = 0; j < limits.size(); ++j)
        open = open && (!tied(j) || (std::isinf(model.limits[j]) && !model.functions[j]));
      if (!open) continue;
      for (std::size_t j = 0; j < limits.size(); ++j) {
        if (tied(j)) limits[j] = least * (1 + 1e-6);
      }
      raised = true;
    }
    if (!raised) break;
  }
  return limits;
}

}  // namespace colcomb::interchange
