#include "colcomb/artifacts/float_network.hpp"

#include <fmt/format.h>

#include <cmath>
#include <span>

#include "colcomb/artifacts/conv_groups.hpp"
#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/artifacts/require.hpp"

namespace colcomb {
namespace {

/// One layer's checks, each error naming the layer.
class LayerValidation {
 public:
  LayerValidation(const LayerDescription& description, const std::string& where)
      : description_(description), where_(where) {}

  void validate(const FloatLayer& layer) const {
    validate_weights(layer);
    validate_mask(layer);
    if (description_.conv_groups > 1) validate_conv_groups(layer);
    if (layer.groups) {
      const char* const broken =
          invalid_grouping(*layer.groups, layer.weights.cols(), description_.alpha);
      if (*broken != '\0') throw file_error(where_, field("groups"), "", broken);
    }
    const std::size_t rows = description_.out_channels;
    const bool norm = description_.batch_norm;
    require(layer.batch_norm.has_value() == norm, where_, field("batch norm"),
            norm ? "absent" : "present", "must be there if and only if the description says so");
    if (layer.batch_norm) validate_batch_norm(*layer.batch_norm);
    validate_vector("bias", layer.bias, norm ? 0 : rows);
  }

 private:
  [[nodiscard]] std::string field(const char* name) const {
    return fmt::format("layer {}: {}", description_.name, name);
  }

  void validate_weights(const FloatLayer& layer) const {
    const Matrix<float>& weights = layer.weights;
    require(weights.rows() == description_.out_channels &&
                weights.cols() == description_.columns.size(),
            where_, field("weights"), fmt::format("{} x {}", weights.rows(), weights.cols()),
            "must be out channels x columns");
    for (std::size_t i = 0; i < weights.size(); ++i) {
      if (std::isfinite(weights.values()[i])) continue;
      throw file_error(where_,
                       fmt::format("layer {}: weight at row {}, column {}", description_.name,
                                   i / weights.cols(), i % weights.cols()),
                       fmt::to_string(weights.values()[i]), "must be finite");
    }
  }

  void validate_mask(const FloatLayer& layer) const {
    const Matrix<std::uint8_t>& mask = layer.mask;
    if (mask.rows() == 0 && mask.cols() == 0) return;
    require(mask.rows() == layer.weights.rows() && mask.cols() == layer.weights.cols(), where_,
            field("mask"), fmt::format("{} x {}", mask.rows(), mask.cols()),
            "must have the weights' shape or none");
    for (const std::uint8_t value : mask.values()) {
      if (value > 1)
        throw file_error(where_, field("mask"), fmt::to_string(value), "must be 0 or 1");
    }
  }

  void validate_conv_groups(const FloatLayer& layer) const {
    require(!layer.mask.empty(), where_, field("mask"), "absent",
            "must be there in a layer with conv_groups above 1");
    const ConvGroups groups(description_);
    for (std::size_t n = 0; n < layer.mask.rows(); ++n) {
      for (std::size_t m = 0; m < layer.mask.cols(); ++m) {
        if (groups.connects(n, m) || (layer.mask(n, m) == 0 && layer.weights(n, m) == 0)) continue;
        throw file_error(
            where_, fmt::format("layer {}: weight at row {}, column {}", description_.name, n, m),
            fmt::format("{} with mask {}", layer.weights(n, m), layer.mask(n, m)),
            fmt::format("must be 0 with mask 0: it lies between the layer's {} conv_groups",
                        description_.conv_groups));
      }
    }
  }

  void validate_vector(const char* name, std::span<const float> values, std::size_t size) const {
    require(values.size() == size, where_, field(name), fmt::format("{} values", values.size()),
            size == 0 ? "must be absent in layers with batch norm"
                      : "must have one value per out channel");
    for (const float value : values) {
      if (!std::isfinite(value))
        throw file_error(where_, field(name), fmt::to_string(value), "must be finite");
    }
  }

  void validate_batch_norm(const BatchNorm& norm) const {
    const std::size_t rows = description_.out_channels;
    validate_vector("batch norm weight", norm.weight, rows);
    validate_vector("batch norm bias", norm.bias, rows);
    validate_vector("batch norm mean", norm.mean, rows);
    validate_vector("batch norm variance", norm.variance, rows);
    for (const float variance : norm.variance) {
      if (variance >= 0) continue;
      throw file_error(where_, field("batch norm variance"), fmt::to_string(variance),
                       "must be at least 0");
    }
  }

  const LayerDescription& description_;
  const std::string& where_;
};

}  // namespace

FilterMatrix effective_filter(const FloatNetwork& network, std::size_t layer) {
  const FloatLayer& source = network.layer(layer);
  FilterMatrix filter{source.weights, network.description.layer(layer).columns};
  if (!source.mask.empty()) {
    for (std::size_t i = 0; i < filter.weights.size(); ++i) {
      if (source.mask.values()[i] == 0) filter.weights.values()[i] = 0.0F;
    }
  }
  return filter;
}

void validate(const FloatNetwork& network, const std::string& where) {
  validate(network.description, where);
  require(network.hidden.size() == network.description.hidden.size(), where, "hidden layers",
          fmt::to_string(network.hidden.size()), "must be as many as the description has");
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    LayerValidation(network.description.layer(i), where).validate(network.layer(i));
    if (network.layer(i).groups)
      require_groups_within_parts(network.description, i, *network.layer(i).groups, where);
  }
}

}  // namespace colcomb
