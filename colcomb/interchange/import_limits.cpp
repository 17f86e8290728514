// Where each layer's outputs end, and the network whose layers all end at 6.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <mutex>
#include <optional>

#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/base/check.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/interchange/activation_histogram.hpp"
#include "colcomb/interchange/import.hpp"
#include "colcomb/interchange/import_table_ranges.hpp"
#include "colcomb/interchange/weight_limits.hpp"
#include "colcomb/semantics/pool_windows.hpp"
#include "colcomb/semantics/real_layer.hpp"
#include "colcomb/semantics/real_products.hpp"

namespace colcomb::interchange {
namespace {

constexpr double kEnd = 6;  // of ReLU6

using semantics::RealProducts;
using FloatMap = semantics::BasicMap<float>;

FloatMap normalized(std::span<const std::uint8_t> image, const InputDescription& input) {
  FloatMap map{input.channels, input.height, input.width, std::vector<float>(image.size())};
  for (std::size_t i = 0; i < image.size(); ++i) {
    const std::size_t c = i / map.pixels();
    map.values[i] = static_cast<float>((image[i] / 255.0 - input.mean[c]) / input.std[c]);
  }
  return map;
}

/// A layer's effective weights with its batch norm folded in.
RealProducts folded_layer(const FloatNetwork& network, std::size_t index) {
  const FloatLayer& layer = network.hidden[index];
  const Matrix<float> weights = folded_weights(network, index);
  std::vector<float> bias = layer.bias;
  if (layer.batch_norm) {
    const BatchNorm& norm = *layer.batch_norm;
    bias.resize(weights.rows());
    for (std::size_t n = 0; n < weights.rows(); ++n) {
      const auto scale =
          static_cast<float>(norm.weight[n] / std::sqrt(norm.variance[n] + kBatchNormEpsilon));
      bias[n] = norm.bias[n] - norm.mean[n] * scale;
    }
  }
  return {weights, std::move(bias),
          std::vector<float>(network.description.hidden[index].in_channels, 0.0F)};
}

/// What the hidden layers compute for one image as the model does, each clipped at the model's own
/// limit.
struct HiddenValues {
  std::vector<FloatMap> outputs;
  /// Of layers with means over pooling windows what these read, of layers with activation functions
  /// what those read; empty for the others.
  std::vector<FloatMap> activations;

  /// The values whose range the layer must hold: of maxima the largest are enough.
  [[nodiscard]] const std::vector<float>& of(std::size_t layer) const {
    return activations[layer].values.empty() ? outputs[layer].values : activations[layer].values;
  }
};

/// Maxima and means of windows of values of any sign.
FloatMap pooled(FloatMap map, const PoolingWindow& pooling) {
  const float least = std::min(0.0F, *std::ranges::min_element(map.values));
  if (least == 0.0F) return semantics::pool_windows(map, pooling);
  for (float& value : map.values) value -= least;
  FloatMap result = semantics::pool_windows(map, pooling);
  for (float& value : result.values) value += least;
  return result;
}

HiddenValues hidden_values(const ImportedModel& model, const std::vector<RealProducts>& layers,
                           std::span<const std::uint8_t> image) {
  const NetworkDescription& network = model.network.description;
  const FloatMap input = normalized(image, network.input);
  HiddenValues result;
  std::vector<FloatMap>& outputs = result.outputs;
  outputs.reserve(layers.size());
  result.activations.resize(layers.size());
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const std::vector<LayerPart> parts = parts_of(network, i);
    std::vector<const FloatMap*> inputs;
    for (const LayerPart& part : parts)
      inputs.push_back(part.source ? &outputs[*part.source] : &input);
    FloatMap sums = layers[i].accumulate(parts, inputs);
    semantics::add_residual(network, i, outputs, sums);
    const auto limit = static_cast<float>(model.limits[i]);
    const auto& function = model.functions[i];
    if (function) {
      result.activations[i] = sums;
      for (std::size_t k = 0; k < sums.values.size(); ++k)
        sums.values[k] = static_cast<float>(function->of(sums.values[k], k / sums.pixels()));
    }
    if (!model.is_signed[i] && !function) {
      for (float& value : sums.values) value = std::clamp(value, 0.0F, limit);  // NaN stays
    }
    const auto& pooling = network.hidden[i].pooling;
    if (!pooling) {
      outputs.push_back(std::move(sums));
      continue;
    }
    outputs.push_back(pooled(sums, *pooling));
    if (pooling->kind == PoolingKind::kMean && !function) result.activations[i] = std::move(sums);
  }
  return result;
}

/// What a layer's outputs are, over all images.
struct Measured {
  ActivationHistogram above;  // outputs, or sums that functions read, those below 0 as 0
  ActivationHistogram below;  // of signed layers and such sums, what lies below 0
};

std::vector<float> clamped(const std::vector<float>& values, float sign) {
  std::vector<float> result;
  result.reserve(values.size());
  for (const float value : values) result.push_back(std::max(sign * value, 0.0F));
  return result;
}

/// Whether what is measured of the layer may be negative.
bool has_negatives(const ImportedModel& model, std::size_t layer) {
  return model.is_signed[layer] || model.functions[layer];
}

/// Of each layer, over all images.
std::vector<Measured> measure(const ImportedModel& model, std::span<const std::uint8_t> images,
                              const LimitOptions& options) {
  const std::size_t size = model.network.description.input.size();
  COLCOMB_CHECK(images.size() % size == 0, "images must be whole");
  std::vector<Measured> result(model.limits.size());
  std::vector<RealProducts> layers;
  for (std::size_t i = 0; i < model.network.hidden.size(); ++i)
    layers.push_back(folded_layer(model.network, i));
  std::mutex mutex;
  const auto measure_one = [&](std::size_t i) {
    const auto hidden = hidden_values(model, layers, images.subspan(i * size, size));
    for (std::size_t layer = 0; layer < hidden.outputs.size(); ++layer) {
      const std::vector<float>& values = hidden.of(layer);
      if (!std::ranges::all_of(values, [](float v) { return std::isfinite(v); })) {
        throw file_error("layer " + model.network.description.hidden[layer].name, "output", "",
                         fmt::format("must be finite for calibration image {}", i));
      }
      Measured here;
      if (has_negatives(model, layer)) {
        here.above.count(clamped(values, 1));
        here.below.count(clamped(values, -1));
      } else {
        here.above.count(values);
      }
      const std::lock_guard lock(mutex);
      result[layer].above.add(here.above);
      result[layer].below.add(here.below);
    }
  };
  parallel_for(images.size() / size, options.threads, measure_one, options.progress);
  return result;
}

/// Per layer: the limit of its outputs' scale.
std::vector<double> joined(const ImportedModel& model, const std::vector<ActivationLimit>& layers) {
  std::vector<double> own;
  for (const ActivationLimit& layer : layers) own.push_back(layer.limit);
  std::vector<double> joint(own.size(), 0);
  std::vector<bool> set(own.size());
  for (std::size_t i = 0; i < own.size(); ++i) {
    // A sum that a function reads has the scale of the map that is added to it.
    const auto& residual = model.network.description.hidden[i].residual;
    if (!layers[i].sums || !residual) continue;
    double& first = joint[model.tied_to[*residual]];
    first = std::max(first, layers[i].sums->limit);
  }
  for (std::size_t i = 0; i < own.size(); ++i) {
    const std::size_t first = model.tied_to[i];
    const bool sets = std::isfinite(model.limits[i]);
    if (sets && set[first] && joint[first] != model.limits[i]) {
      throw file_error("layer " + model.network.description.layer(i).name, "limit",
                       fmt::to_string(model.limits[i]),
                       fmt::format("must be {}, as in the layers that residual additions tie it to",
                                   joint[first]));
    }
    if (sets) joint[first] = model.limits[i];
    if (!sets && !set[first]) joint[first] = std::max(joint[first], own[i]);
    set[first] = set[first] || sets;
  }
  std::vector<double> result;
  // Where all outputs are 0, any limit serves.
  for (const std::size_t first : model.tied_to)
    result.push_back(joint[first] > 0 ? joint[first] : kEnd);
  return result;
}

double own_limit(const ActivationHistogram& histogram, const LimitOptions& options) {
  switch (options.choice) {
    case LimitChoice::kMinMax:
      return histogram.quantile(0);
    case LimitChoice::kLeastError:
      return histogram.least_error_limit();
    case LimitChoice::kPercentile:
      break;
  }
  return histogram.quantile(options.saturated_fraction);
}

/// The layer whose offset layer `index` passes on, as fixed weights do.
std::optional<std::size_t> offset_source(const NetworkDescription& network, std::size_t index) {
  const LayerDescription& layer = network.layer(index);
  if (!layer.fixed || !layer.more_inputs.empty()) return std::nullopt;
  return parts_of(network, index).front().source;
}

/// In the model's own scale: the layer's offset into its bias, and those of the maps that it reads
/// and adds out of it.
void take_offsets(FloatNetwork& network, const ImportedModel& model,
                  const std::vector<ActivationLimit>& limits, std::size_t index) {
  FloatLayer& layer = network.layer(index);
  const Matrix<float> weights = effective_filter(model.network, index).weights;
  const std::vector<LayerPart> parts = parts_of(network.description, index);
  const auto& residual = network.description.layer(index).residual;
  for (std::size_t n = 0; n < weights.rows(); ++n) {
    double read = 0;  // what the offsets of its maps add to the product
    for (const LayerPart& part : parts) {
      const double offset = part.source ? limits[*part.source].offset : 0;
      if (offset == 0) continue;
      for (std::size_t m = part.column_begin; m < part.column_end(); ++m)
        read += offset * weights(n, m);
    }
    double added = 0;
    if (!network.is_classifier(index))
      added = limits[index].sums ? limits[index].sums->offset : limits[index].offset;
    if (residual && n < network.description.layer(*residual).out_channels)
      added -= limits[*residual].offset;
    if (read == 0 && added == 0) continue;
    if (layer.batch_norm) {
      layer.batch_norm->mean[n] = static_cast<float>(layer.batch_norm->mean[n] + read);
      layer.batch_norm->bias[n] = static_cast<float>(layer.batch_norm->bias[n] + added);
    } else {
      layer.bias[n] = static_cast<float>(layer.bias[n] - read + added);
    }
  }
}

/// Of hidden layer `layer` by itself, whose outputs, or the sums that its function reads, are
/// `values`.
ActivationLimit own_limit_of(const ImportedModel& model, std::size_t layer, ValueRange values) {
  const auto& function = model.functions[layer];
  // 0 is a byte, the last one where no value is above it.
  constexpr double kLastByte = 255.0 / 256;
  values.limit = std::max(values.limit, values.offset / kLastByte);
  if (!function) {
    values = with_room_for_zero(values);
    return {values.limit, values.offset};
  }
  const LayerDescription& description = model.network.description.hidden[layer];
  if (!(values.limit > 0)) values = {kEnd, kEnd / 2};  // all sums are 0: any range serves
  if (!description.residual) values = without_flat_ends(*function, values);
  values = with_room_for_zero(values);
  values.offset = offset_with_zero(values);
  const ValueRange outputs = outputs_of(*function, values, description.name);
  return {outputs.limit, outputs.offset, 0, values};
}

/// The limits once layers have one scale where they must.
std::vector<ActivationLimit> tied(const ImportedModel& model, std::vector<ActivationLimit> layers) {
  const std::vector<double> joint = with_room_for_weights(model, joined(model, layers));
  for (std::size_t i = 0; i < layers.size(); ++i) {
    ActivationLimit& layer = layers[i];
    const std::optional<std::size_t> source = offset_source(model.network.description, i);
    layer.limit = joint[i];
    layer.offset = source ? layers[*source].offset : offset_with_zero({joint[i], layer.offset});
    const auto& residual = model.network.description.hidden[i].residual;
    if (!layer.sums || !residual) continue;
    layer.sums->limit = joint[*residual];
    layer.sums->offset = offset_with_zero(*layer.sums);
  }
  return layers;
}

/// Whether a layer reads pixels around the map of hidden layer `layer`.
bool is_padded(const NetworkDescription& network, std::size_t layer) {
  const auto leaves = [](const LayerDescription& reader, const Column& column) {
    const auto outside = [&reader](int offset, std::size_t out, std::size_t in) {
      const auto last = static_cast<std::ptrdiff_t>((out - 1) * reader.stride) + offset;
      return offset < 0 || last >= static_cast<std::ptrdiff_t>(in);
    };
    return outside(column.dy, reader.sum_height(), reader.in_height) ||
           outside(column.dx, reader.sum_width(), reader.in_width);
  };
  for (std::size_t i = layer + 1; i < network.hidden.size(); ++i) {
    for (const LayerPart& part : parts_of(network, i)) {
      if (part.source != layer) continue;
      for (const Column& column : part.reader.columns) {
        if (leaves(part.reader, column)) return true;
      }
    }
  }
  return false;
}

}  // namespace

std::vector<ActivationLimit> measure_limits(const ImportedModel& model,
                                            std::span<const std::uint8_t> images,
                                            const LimitOptions& options) {
  const std::vector<Measured> measured = measure(model, images, options);
  std::vector<ActivationLimit> own;
  for (std::size_t i = 0; i < measured.size(); ++i) {
    const double below = has_negatives(model, i) ? own_limit(measured[i].below, options) : 0;
    own.push_back(own_limit_of(model, i, {below + own_limit(measured[i].above, options), below}));
  }
  std::vector<ActivationLimit> result = tied(model, std::move(own));
  for (std::size_t i = 0; i < result.size(); ++i) {
    const ValueRange range = result[i].sums.value_or(ValueRange{result[i].limit, result[i].offset});
    result[i].saturated = measured[i].above.fraction_above(range.limit - range.offset);
    if (has_negatives(model, i))
      result[i].saturated += measured[i].below.fraction_above(range.offset);
  }
  return result;
}

std::vector<ActivationLimit> given_limits(const ImportedModel& model, double limit) {
  std::vector<ActivationLimit> own;
  for (std::size_t i = 0; i < model.is_signed.size(); ++i) {
    const double below = has_negatives(model, i) ? limit : 0;
    own.push_back(own_limit_of(model, i, {below + limit, below}));
  }
  return tied(model, std::move(own));
}

namespace {

/// The layer's activation table, and the zero of its map.
void describe_outputs(NetworkDescription& network, std::size_t index, const ImportedModel& model,
                      const ActivationLimit& limit) {
  LayerDescription& layer = network.hidden[index];
  const ValueRange outputs{limit.limit, limit.offset};
  if (limit.sums) layer.activation = table_of(*model.functions[index], *limit.sums, outputs);
  // Where nothing reads it, it stays 0, which older files can say.
  if (limit.offset > 0 && is_padded(network, index)) layer.zero = zero_of(outputs);
}

}  // namespace

double logit_divisor(const ImportedModel& model, const std::vector<ActivationLimit>& limits) {
  constexpr double kMost = 128;
  double largest = 0;
  for (const float weight : model.network.classifier.weights.values())
    largest = std::max(largest, std::abs(static_cast<double>(weight)));
  largest *= limits.back().limit / kEnd;
  return largest <= kMost ? 1 : std::exp2(std::ceil(std::log2(largest / kMost)));
}

FloatNetwork rescaled(const ImportedModel& model, const std::vector<ActivationLimit>& limits) {
  COLCOMB_CHECK(limits.size() == model.limits.size(), "one limit per hidden layer");
  FloatNetwork network = model.network;
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    FloatLayer& layer = network.layer(i);
    const std::vector<LayerPart> parts = parts_of(network.description, i);
    const double out = network.is_classifier(i) ? 1 / logit_divisor(model, limits)
                       : limits[i].sums         ? kEnd / limits[i].sums->limit
                                                : kEnd / limits[i].limit;
    if (!network.is_classifier(i)) describe_outputs(network.description, i, model, limits[i]);
    if (network.description.layer(i).fixed && parts.size() == 1) {
      COLCOMB_CHECK(limits[i].limit == limits[*parts.front().source].limit,
                    "fixed weights tie layers");
      continue;
    }
    take_offsets(network, model, limits, i);
    for (const LayerPart& part : parts) {
      const double in = part.source ? limits[*part.source].limit / kEnd : 1;
      // With batch norm the product keeps its scale, which the running mean and variance are in.
      const double factor = layer.batch_norm ? in : in * out;
      for (std::size_t n = 0; n < layer.weights.rows(); ++n) {
        for (std::size_t m = part.column_begin; m < part.column_end(); ++m)
          layer.weights(n, m) = static_cast<float>(layer.weights(n, m) * factor);
      }
    }
    for (float& bias : layer.bias) bias = static_cast<float>(bias * out);
    if (!layer.batch_norm) continue;
    for (float& weight : layer.batch_norm->weight) weight = static_cast<float>(weight * out);
    for (float& bias : layer.batch_norm->bias) bias = static_cast<float>(bias * out);
  }
  return network;
}

}  // namespace colcomb::interchange
