#include "colcomb/artifacts/quantized_network.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "colcomb/artifacts/conv_groups.hpp"
#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/artifacts/printable.hpp"
#include "colcomb/artifacts/require.hpp"

namespace colcomb {
namespace {

void validate_cells(const PackedMatrix<std::int8_t>& weights, const std::string& where,
                    const std::string& layer) {
  std::vector<std::size_t> inputs;
  for (const auto& group : weights.groups.groups) inputs.push_back(group.size());
  for (std::size_t row = 0; row < weights.rows(); ++row) {
    const auto values = weights.values.row(row);
    const auto selects = weights.selects.row(row);
    for (std::size_t group = 0; group < inputs.size(); ++group) {
      const std::size_t select = selects[group];
      const bool empty = values[group] == 0;
      if (empty ? select == 0 : select < inputs[group]) continue;
      throw file_error(where,
                       fmt::format("layer {}: select at row {}, group {}", layer, row, group),
                       fmt::to_string(select),
                       empty ? "must be 0 where the weight is 0"
                             : fmt::format("must be below the group's {} columns", inputs[group]));
    }
  }
}

/// Errors: UserError if a weight lies between the layer's conv_groups.
void validate_conv_groups(const PackedMatrix<std::int8_t>& weights,
                          const LayerDescription& description, const std::string& where) {
  const ConvGroups conv_groups(description);
  for (std::size_t row = 0; row < weights.rows(); ++row) {
    for (std::size_t group = 0; group < weights.groups.size(); ++group) {
      if (weights.values(row, group) == 0) continue;
      const std::uint32_t column = weights.groups.groups[group][weights.selects(row, group)];
      if (conv_groups.connects(row, column)) continue;
      throw file_error(
          where, fmt::format("layer {}: weight at row {}, group {}", description.name, row, group),
          fmt::format("{} in column {}", weights.values(row, group), column),
          fmt::format("must lie within one of the layer's {} conv_groups",
                      description.conv_groups));
    }
  }
}

void validate_code(const QuantizedLayer& layer, const std::string& where, const std::string& name) {
  const Matrix<std::int8_t>& values = layer.weights.values;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (holds(layer.weight_code, values.values()[i])) continue;
    throw file_error(
        where,
        fmt::format("layer {}: weight at row {}, group {}", name, i / values.cols(),
                    i % values.cols()),
        fmt::to_string(values.values()[i]),
        "must be 0 or a power of two up to 64 in magnitude, as the layer's weight code says");
  }
}

void validate_exponents(const QuantizedLayer& layer, const std::string& where,
                        const std::string& name) {
  if (layer.row_exponents.empty()) return;
  const std::string field = fmt::format("layer {}: row exponents", name);
  require(layer.row_exponents.size() == layer.bias.size(), where, field,
          fmt::format("{} values", layer.row_exponents.size()),
          "must be none or one per out channel");
  for (std::size_t n = 0; n < layer.row_exponents.size(); ++n) {
    const std::uint32_t k = layer.row_exponents[n];
    require(k <= kMaxRowExponent && layer.fraction_bits + k <= kMaxFractionBits, where,
            fmt::format("layer {}: row exponent {}", name, n), fmt::to_string(k),
            "must be 0 to 7, and at most 22 with the layer's fraction bits");
  }
  require(std::ranges::any_of(layer.row_exponents, [](auto k) { return k != 0; }), where, field,
          "all 0", "must be absent then");
}

void validate_layer(const QuantizedLayer& layer, const LayerDescription& description,
                    const std::string& where) {
  const auto field = [&description](const char* name) {
    return fmt::format("layer {}: {}", description.name, name);
  };
  const PackedMatrix<std::int8_t>& weights = layer.weights;
  require(weights.columns == description.columns.size(), where, field("columns"),
          fmt::to_string(weights.columns), "must be as many as the description has");
  const char* const broken = invalid_grouping(weights.groups, weights.columns, description.alpha);
  if (*broken != '\0') throw file_error(where, field("groups"), "", broken);
  require(weights.values.rows() == description.out_channels &&
              weights.values.cols() == weights.groups.size(),
          where, field("weights"),
          fmt::format("{} x {}", weights.values.rows(), weights.values.cols()),
          "must be out channels x groups");
  require(weights.selects.rows() == weights.values.rows() &&
              weights.selects.cols() == weights.values.cols(),
          where, field("selects"),
          fmt::format("{} x {}", weights.selects.rows(), weights.selects.cols()),
          "must have the weights' shape");
  validate_cells(weights, where, description.name);
  if (description.conv_groups > 1) validate_conv_groups(weights, description, where);
  validate_code(layer, where, description.name);
  require(layer.bias.size() == description.out_channels, where, field("bias"),
          fmt::format("{} values", layer.bias.size()), "must have one value per out channel");
  require(layer.padding.size() == description.in_channels, where, field("padding"),
          fmt::format("{} values", layer.padding.size()), "must have one value per in channel");
  require(layer.fraction_bits <= kMaxFractionBits, where, field("fraction bits"),
          fmt::to_string(layer.fraction_bits), "must be 0 to 22");
  validate_exponents(layer, where, description.name);
}

/// A channel that several layers read has one padding value: what lies around a map is the map's.
void validate_paddings(const QuantizedNetwork& network, const std::string& where) {
  std::vector<const std::uint8_t*> known(network.hidden.size());
  for (std::size_t i = 0; i < network.hidden.size(); ++i) {
    for (const LayerPart& part : parts_of(network.description, i)) {
      if (!part.source) continue;
      const std::uint8_t* const here = network.hidden[i].padding.data() + part.channel_begin;
      const std::uint8_t*& first = known[*part.source];
      if (first == nullptr) first = here;
      for (std::size_t c = 0; c < part.reader.in_channels; ++c) {
        require(first[c] == here[c], where,
                fmt::format("layer {}: padding of channel {}", network.description.layer(i).name,
                            part.channel_begin + c),
                fmt::to_string(here[c]), "must be the same in all layers that read the channel");
      }
    }
  }
}

void validate_samples(const QuantizedNetwork& network, const std::string& where) {
  const Samples& samples = network.samples;
  require(samples.count() <= kMaxSamples, where, "samples", fmt::to_string(samples.count()),
          "must be at most 64");
  require(samples.pixels.size() == samples.count() * network.description.input.size(), where,
          "sample pixels", fmt::format("{} bytes", samples.pixels.size()),
          "must be channels x height x width for each label");
  for (const std::int32_t label : samples.labels) {
    require(label >= 0 && static_cast<std::size_t>(label) < network.description.classes, where,
            "sample label", fmt::to_string(label), "must be a class");
  }
}

}  // namespace

bool has_row_exponents(const QuantizedNetwork& network) {
  return std::ranges::any_of(
      network.hidden, [](const QuantizedLayer& layer) { return !layer.row_exponents.empty(); });
}

double logit_scale(const QuantizedNetwork& network) {
  const std::uint32_t bits = network.classifier.fraction_bits + network.pooling.fraction_bits;
  return std::ldexp(kActivationScale, -static_cast<int>(bits));
}

void validate(const QuantizedNetwork& network, const std::string& where) {
  validate(network.description, where);
  require(network.hidden.size() == network.description.hidden.size(), where, "hidden layers",
          fmt::to_string(network.hidden.size()), "must be as many as the description has");
  require(network.pooling.fraction_bits <= kMaxPoolingFractionBits, where, "pooling fraction bits",
          fmt::to_string(network.pooling.fraction_bits), "must be 0 to 8");
  require(network.description.global_pooling || network.pooling.fraction_bits == 0, where,
          "pooling fraction bits", fmt::to_string(network.pooling.fraction_bits),
          "must be 0 in a network without global pooling");
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    validate_layer(network.layer(i), network.description.layer(i), where);
    require_groups_within_parts(network.description, i, network.layer(i).weights.groups, where);
  }
  require(network.classifier.row_exponents.empty(), where,
          fmt::format("classifier {}: row exponents", network.description.classifier.name),
          "present", "must be absent: its accumulations are compared with one another");
  if (!is_chain(network.description)) validate_paddings(network, where);
  require_printable(network.origin, where, "origin");
  validate_samples(network, where);
}

}  // namespace colcomb
