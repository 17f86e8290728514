// Activation functions other than ReLU: single nodes, or several that combine functions of one
// value, like x * Sigmoid(x). They become the tables of the layers in front of them.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "colcomb/interchange/import_functions.hpp"
#include "colcomb/interchange/import_graph.hpp"

namespace colcomb::interchange {
namespace {

/// The longest beginning that both have.
std::vector<std::string> common_beginning(const std::vector<std::string>& a,
                                          const std::vector<std::string>& b) {
  const auto [end, other] = std::ranges::mismatch(a, b);
  return {a.begin(), end};
}

}  // namespace

/// Inputs that are no constants.
std::vector<std::size_t> GraphImporter::computed_inputs(const OnnxNode& node) const {
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (has_input(node, i) && tensor(node, i) == nullptr) result.push_back(i);
  }
  return result;
}

std::optional<double> GraphImporter::number_of(const OnnxNode& node, std::size_t i) const {
  const OnnxTensor* const constant = tensor(node, i);
  if (constant == nullptr || constant->floats.empty()) return std::nullopt;
  const float first = constant->floats.front();
  if (std::ranges::count(constant->floats, first) != std::ssize(constant->floats))
    return std::nullopt;
  return first;
}

/// Whether each of the node's numbers depends on one of each computed input's, and on nothing else.
bool GraphImporter::is_elementwise(const OnnxNode& node) const {
  if (!node.domain.empty()) return false;
  const std::vector<std::size_t> computed = computed_inputs(node);
  if (is_unary(node.op)) return computed == std::vector<std::size_t>{0};
  if (node.op == "PRelu") return computed == std::vector<std::size_t>{0} && has_input(node, 1);
  if (node.op == "Clip") {
    if (computed != std::vector<std::size_t>{0}) return false;
    return (!has_input(node, 1) || number_of(node, 1)) &&
           (!has_input(node, 2) || number_of(node, 2));
  }
  if (!is_binary(node.op) || node.inputs.size() != 2 || computed.empty()) return false;
  return computed.size() == 2 || number_of(node, 1 - computed.front());
}

/// Marks the nodes on all ways from a value to a node that combines two functions of it.
void GraphImporter::find_functions() {
  // Per value: the values that every number of it was made from, one after the other: each is on
  // all ways to the value from the first of them.
  std::map<std::string, std::vector<std::string>> ways;
  std::map<std::string, const OnnxNode*> givers;
  const auto way_to = [&](const std::string& name) {
    const auto found = ways.find(name);
    return found == ways.end() ? std::vector<std::string>{name} : found->second;
  };
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
    const OnnxNode& node = graph_.nodes[i];
    if (!needed_[i] || folded_.contains(i) || node.outputs.empty() || !is_elementwise(node))
      continue;
    const std::string& output = node.outputs.front();
    givers[output] = &node;
    const std::vector<std::size_t> computed = computed_inputs(node);
    std::vector<std::string> way = way_to(node.inputs[computed.front()]);
    if (computed.size() == 2) {
      way = common_beginning(way, way_to(node.inputs[computed.back()]));
      if (way.empty()) continue;  // two values: a sum of maps, or a gate
      std::vector<std::string> marked = {output};
      while (!marked.empty()) {
        const std::string name = marked.back();
        marked.pop_back();
        if (name == way.back() || !functions_.insert(name).second) continue;
        for (const std::size_t from : computed_inputs(*givers.at(name)))
          marked.push_back(givers.at(name)->inputs[from]);
      }
    }
    way.push_back(output);
    ways[output] = std::move(way);
  }
}

/// Whether ReLU and its limit say what the Clip does.
bool GraphImporter::is_usual_clip(const OnnxNode& node) const {
  const double least =
      has_input(node, 1)
          ? number_of(node, 1).value_or(0)
          : static_cast<double>(real(node, "min", -std::numeric_limits<float>::max()));
  const double most =
      has_input(node, 2)
          ? number_of(node, 2).value_or(1)
          : static_cast<double>(real(node, "max", std::numeric_limits<float>::max()));
  if (least == 0 && most > 0) return true;
  const auto* map = std::get_if<MapValue>(&input(node, 0).content);
  return least < 0 && most > 0 && map != nullptr && map->layer && !chain_.may_be_negative(*map);
}

bool GraphImporter::is_function(const OnnxNode& node) const {
  if (node.outputs.empty() || !is_elementwise(node)) return false;
  if (functions_.contains(node.outputs.front())) return true;
  if (node.op == "Sigmoid" && ends_.contains(node.outputs.front())) return false;
  if (is_activation(node.op)) return true;
  const std::vector<std::size_t> computed = computed_inputs(node);
  if (computed.size() == 1 &&
      std::holds_alternative<FunctionOf>(input(node, computed.front()).content))
    return true;
  return node.op == "Clip" && !is_usual_clip(node);
}

/// Of a PRelu: one slope, or one per channel of its input.
std::vector<double> GraphImporter::slopes_of(const OnnxNode& node) const {
  if (const std::optional<double> one = number_of(node, 1)) return {*one};
  try {
    return operand(node, 1, input(node, 0));
  } catch (const Unsupported& unsupported) {
    throw Unsupported{"its slopes: " + unsupported.text,
                      "train with slopes that all pixels share: Keras' PReLU(shared_axes=[1, 2])"};
  }
}

ScalarFunction GraphImporter::function_of(const OnnxNode& node, const ScalarFunction& x) const {
  if (is_unary(node.op)) return unary_function(node, x);
  if (node.op == "PRelu") return prelu_function(x, slopes_of(node));
  if (node.op == "Clip") {
    constexpr float kMost = std::numeric_limits<float>::max();
    return clipped_function(
        x, has_input(node, 1) ? number_of(node, 1).value() : real(node, "min", -kMost),
        has_input(node, 2) ? number_of(node, 2).value() : real(node, "max", kMost));
  }
  const bool first = computed_inputs(node).front() == 0;
  const ScalarFunction constant = constant_function(number_of(node, first ? 1 : 0).value());
  return binary_function(node.op, first ? x : constant, first ? constant : x);
}

/// Whether a node that is no part of a function of the value reads it, or several do that belong to
/// different functions: it must be a layer's map by itself.
bool GraphImporter::is_read_elsewhere(const std::string& name) const {
  const auto readers = readers_.find(name);
  if (readers == readers_.end() || readers->second.size() < 2) return false;
  return std::ranges::any_of(readers->second, [this](std::size_t reader) {
    return !functions_.contains(graph_.nodes[reader].outputs.front());
  });
}

/// The node's input `i` as functions of other values, itself among them.
std::vector<FunctionOf> GraphImporter::as_functions(const OnnxNode& node, std::size_t i) {
  const std::string& name = node.inputs[i];
  if (is_read_elsewhere(name)) {
    settle(name);
    if (std::holds_alternative<Product>(input(node, i).content))
      static_cast<void>(map_input(node, i));
  }
  const Value& value = input(node, i);
  std::vector<FunctionOf> result;
  if (const auto* const function = std::get_if<FunctionOf>(&value.content)) {
    result.push_back(*function);
  } else {
    result.push_back({name, std::make_shared<const Value>(value), identity_function()});
    const auto settled = settled_.find(name);
    if (settled != settled_.end()) result.push_back(settled->second);
  }
  return result;
}

std::string GraphImporter::apply_function(const OnnxNode& node) {
  const std::vector<std::size_t> computed = computed_inputs(node);
  const Shape shape = input(node, computed.front()).shape;
  std::optional<FunctionOf> result;
  for (const FunctionOf& a : as_functions(node, computed.front())) {
    if (computed.size() == 1) {
      result = {a.base, a.of, function_of(node, a.function)};
      break;
    }
    for (const FunctionOf& b : as_functions(node, computed.back())) {
      if (!result && a.base == b.base)
        result = {a.base, a.of, binary_function(node.op, a.function, b.function)};
    }
  }
  if (!result) throw Unsupported{"combines functions of different values"};
  if (std::holds_alternative<std::monostate>(result->of->content) ||
      std::holds_alternative<OnnxTensor>(result->of->content))
    throw Unsupported{"must read what is computed from the image"};
  const std::string what =
      fmt::format("activation function {} of {}: a table", with_common_name(result->function).name,
                  printable(result->base));
  give(node, {std::move(*result), shape});
  return what;
}

void GraphImporter::settle(const std::string& name) {
  const auto found = values_.find(name);
  if (found == values_.end()) return;
  const auto* const given = std::get_if<FunctionOf>(&found->second.content);
  if (given == nullptr) return;
  const FunctionOf function = *given;
  Product product = product_of(*function.of);
  if (product.name.empty()) product.name = printable(name);
  if (!product.poolings.empty() || std::isfinite(product.upper)) {
    const MapValue map = never_negative(product) ? chain_.append(product, product.upper)
                                                 : chain_.append_signed(product);
    const std::string own = product.name;
    product = chain_.identity_of(map);
    product.name = own + ".table";
  }
  settled_[name] = function;
  found->second.content =
      chain_.append_function(std::move(product), with_common_name(function.function));
}

}  // namespace colcomb::interchange
