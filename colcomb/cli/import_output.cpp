#include "colcomb/cli/import_output.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "colcomb/artifacts/input_parts.hpp"

namespace colcomb::cli {
namespace {

using interchange::ActivationLimit;
using interchange::ImportedModel;
using interchange::NodeVerdict;
using Json = nlohmann::ordered_json;

}  // namespace

void print_nodes(const ImportedModel& model) {
  for (const NodeVerdict& node : model.nodes) {
    fmt::print("  {:<12}{:<20} {:<28} {}\n", name_of(node.status), node.op, node.node, node.text);
    if (!node.advice.empty()) fmt::print("  {:<12}what to do: {}\n", "", node.advice);
  }
  const auto unsupported = std::ranges::count_if(model.nodes, [](const NodeVerdict& node) {
    return node.status == NodeVerdict::Status::kUnsupported;
  });
  const auto unchecked = std::ranges::count_if(model.nodes, [](const NodeVerdict& node) {
    return node.status == NodeVerdict::Status::kUnchecked;
  });
  fmt::print("{} nodes, {} not supported{}\n", model.nodes.size(), unsupported,
             unchecked == 0 ? "" : fmt::format(", {} behind them not checked", unchecked));
}

namespace {

/// What else there is to say of a hidden layer.
std::string in_words(const ImportedModel& model, const ActivationLimit& limit, std::size_t i) {
  const NetworkDescription& network = model.network.description;
  const LayerDescription& layer = network.hidden[i];
  std::string text;
  if (limit.sums) {
    text += fmt::format(", {} of {:.4g} to {:.4g}", model.functions[i]->name, -limit.sums->offset,
                        limit.sums->limit - limit.sums->offset);
  }
  if (model.is_signed[i]) text += fmt::format(", signed: offset {:.4g}", limit.offset);
  if (layer.source || !layer.more_inputs.empty()) text += ", reads " + describe_inputs(network, i);
  if (layer.fixed) text += ", fixed weights";
  if (layer.pooling) text += ", then " + describe(*layer.pooling);
  return text;
}

}  // namespace

void print_layers(const ImportedModel& model, const std::vector<ActivationLimit>& limits) {
  for (std::size_t i = 0; i < model.network.layer_count(); ++i) {
    const LayerDescription& layer = model.network.description.layer(i);
    fmt::print("  {:<32} {:>4} x {:<5} output {:>3} x {:<3} ", layer.name, layer.out_channels,
               layer.columns.size(), layer.sum_height(), layer.sum_width());
    if (i == limits.size()) {
      const double divisor = interchange::logit_divisor(model, limits);
      fmt::print("logits{}\n",
                 divisor == 1 ? "" : fmt::format(" / {}, so that its weights fit 8 bits", divisor));
    } else {
      fmt::print("limit {:<9.4g} {:.4f}% beyond{}\n", limits[i].limit, 100 * limits[i].saturated,
                 in_words(model, limits[i], i));
    }
  }
}

Json to_json(const ImportedModel& model, const std::vector<ActivationLimit>& limits) {
  Json nodes = Json::array();
  for (const NodeVerdict& node : model.nodes) {
    nodes.push_back({{"node", node.node},
                     {"operator", node.op},
                     {"status", name_of(node.status)},
                     {"text", node.text},
                     {"what_to_do", node.advice.empty() ? Json(nullptr) : Json(node.advice)}});
  }
  Json layers = Json::array();
  for (std::size_t i = 0; i < limits.size(); ++i) {
    const LayerDescription& layer = model.network.description.layer(i);
    const auto& function = model.functions[i];
    layers.push_back({{"name", layer.name},
                      {"pooling", layer.pooling ? Json(describe(*layer.pooling)) : Json(nullptr)},
                      {"fixed", layer.fixed},
                      {"inputs", describe_inputs(model.network.description, i)},
                      {"activation", function ? Json(function->name) : Json(nullptr)},
                      {"signed", bool{model.is_signed[i]}},
                      {"limit", limits[i].limit},
                      {"offset", limits[i].offset},
                      {"saturated", limits[i].saturated}});
  }
  return {{"supported", model.supported()},
          {"normalizes_its_images", model.normalizes},
          {"nodes", nodes},
          {"layers", layers}};
}

}  // namespace colcomb::cli
