#include "colcomb/interchange/import_graph.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "colcomb/interchange/constants.hpp"
#include "colcomb/interchange/import_advice.hpp"
#include "colcomb/interchange/onnx_checks.hpp"

namespace colcomb::interchange {

GraphImporter::GraphImporter(const OnnxGraph& graph, const ImageInput& image, std::size_t alpha,
                             const GroupsByWeights& groups, std::set<std::string> unpooled)
    : graph_(graph),
      groups_(groups),
      chain_(image.description, alpha, std::move(unpooled)),
      batch_(image.batch) {
  values_[graph.inputs.front().name] = {MapValue{}, image.shape};
  // Some room for what is made of nothing, and copies of what the file stores.
  std::size_t stored = 0;
  for (const auto& [name, tensor] : graph.initializers) stored += tensor.size();
  constant_room_ = (std::size_t{1} << 20) + 8 * stored;
}

const std::map<std::string, GraphImporter::Handler>& GraphImporter::handlers() {
  using G = GraphImporter;
  static const std::map<std::string, Handler> table = {
      {"Add", &G::addition},
      {"ArgMax", &G::class_scores},
      {"AveragePool", &G::average_pool},
      {"BatchNormalization", &G::batch_normalization},
      {"Cast", &G::cast},
      {"Clip", &G::clip},
      {"Concat", &G::concat},
      {"Conv", &G::convolution},
      {"Div", &G::scaling},
      {"Dropout", &G::dropout},
      {"Flatten", &G::flatten},
      {"Gather", &G::gather},
      {"Gemm", &G::gemm},
      {"GlobalAveragePool", &G::global_average_pool},
      {"GlobalMaxPool", &G::global_max_pool},
      {"Identity", &G::pass_through},
      {"LogSoftmax", &G::class_scores},
      {"MatMul", &G::matrix_product},
      {"Max", &G::maximum},
      {"MaxPool", &G::max_pool},
      {"Min", &G::minimum},
      {"Mul", &G::scaling},
      {"Pad", &G::pad},
      {"ReduceMax", &G::reduce_max},
      {"ReduceMean", &G::reduce_mean},
      {"Relu", &G::relu},
      {"Reshape", &G::reshape},
      {"Shape", &G::shape},
      {"Sigmoid", &G::class_scores},
      {"Softmax", &G::class_scores},
      {"Squeeze", &G::squeeze},
      {"Sub", &G::scaling},
      {"Sum", &G::sum},
      {"Transpose", &G::transpose},
      {"Unsqueeze", &G::unsqueeze},
  };
  return table;
}

void GraphImporter::find_needed() {
  std::set<std::string> wanted(graph_.outputs.begin(), graph_.outputs.end());
  needed_.assign(graph_.nodes.size(), false);
  for (std::size_t i = graph_.nodes.size(); i-- > 0;) {
    const OnnxNode& node = graph_.nodes[i];
    needed_[i] = std::ranges::any_of(node.outputs, [&](const std::string& name) {
      return !name.empty() && wanted.contains(name);
    });
    if (!needed_[i]) continue;
    wanted.insert(node.inputs.begin(), node.inputs.end());
    for (const std::string& name : node.inputs) readers_[name].push_back(i);
  }
}

/// Nodes whose inputs are all constants, and those that read what these give.
void GraphImporter::fold_constants() {
  for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
    const OnnxNode& node = graph_.nodes[i];
    if (!needed_[i] || !is_constant_expression(node)) continue;
    NodeVerdict verdict{node.name, node.op, NodeVerdict::Status::kSupported, ""};
    try {
      verdict.text = fold(node);
    } catch (const Unsupported& unsupported) {
      verdict.status = NodeVerdict::Status::kUnsupported;
      verdict.text = unsupported.text;
      verdict.advice = unsupported.advice;
      for (const std::string& name : node.outputs) values_[name] = {};
    }
    folded_[i] = verdict;
  }
}

bool GraphImporter::is_constant_expression(const OnnxNode& node) const {
  if (!node.domain.empty() || !constant_operators().contains(node.op)) return false;
  bool any = node.op == "Constant";
  for (std::size_t i = 0; i < node.inputs.size(); ++i) {
    if (!has_input(node, i)) continue;
    if (tensor(node, i) == nullptr) return false;
    any = true;
  }
  return any;
}

std::string GraphImporter::fold(const OnnxNode& node) {
  if (!node.fault.empty()) throw Unsupported{node.fault};
  Constants inputs;
  for (std::size_t i = 0; i < node.inputs.size(); ++i) inputs.push_back(tensor(node, i));
  OnnxTensor result = evaluate_constant(node, inputs, graph_.opset, constant_room_);
  constant_room_ -= std::min(constant_room_, result.size());
  const std::string what = result.dims.empty()
                               ? "a constant"
                               : fmt::format("a constant of {}", fmt::join(result.dims, " x "));
  give(node, {std::move(result), {}});
  return what;
}

std::string GraphImporter::treat(const OnnxNode& node) {
  if (!node.domain.empty()) throw foreign_operator(node);
  if (has_input(node, 0) && dropped_.contains(node.inputs.front())) return drop(node);
  if (is_constant_expression(node)) return fold(node);
  if (is_function(node)) {
    if (!node.fault.empty()) throw Unsupported{node.fault};
    return apply_function(node);
  }
  for (const std::string& name : node.inputs) settle(name);
  const auto handler = handlers().find(node.op);
  if (handler == handlers().end()) throw unsupported_operator(node);
  if (!node.fault.empty()) throw Unsupported{node.fault};
  return (this->*handler->second)(node);
}

NodeVerdict GraphImporter::visit(std::size_t index) {
  const auto folded = folded_.find(index);
  if (folded != folded_.end()) return folded->second;
  const OnnxNode& node = graph_.nodes[index];
  NodeVerdict verdict{node.name, node.op, NodeVerdict::Status::kSupported, ""};
  for (const std::string& name : node.inputs) {
    const auto value = values_.find(name);
    if (value == values_.end() || value->second.content.index() != 0) continue;
    verdict.status = NodeVerdict::Status::kUnchecked;
    verdict.text = "not checked: reads what an unsupported node gives";
  }
  if (verdict.status == NodeVerdict::Status::kSupported) {
    try {
      verdict.text = treat(node);
      const Value& given = values_.at(node.outputs.front());
      if (!std::holds_alternative<OnnxTensor>(given.content) &&
          !dropped_.contains(node.outputs.front()))
        shapes_[index] = dims_of(given);
    } catch (const Unsupported& unsupported) {
      verdict.status = NodeVerdict::Status::kUnsupported;
      verdict.text = unsupported.text;
      verdict.advice = unsupported.advice;
    }
  }
  if (verdict.status != NodeVerdict::Status::kSupported) {
    for (const std::string& name : node.outputs) values_[name] = {};
  }
  return verdict;
}

/// What no later node reads: weights are held once only.
void GraphImporter::release(std::size_t index) {
  for (const std::string& name : graph_.nodes[index].inputs) {
    if (readers_[name].front() == index && name != graph_.outputs.front()) values_.erase(name);
  }
}

/// Ours against ONNX's own shape inference, where that gives extents.
void GraphImporter::check_inferred(ImportedModel& model) const {
  const InferredShapes inferred = infer_shapes(graph_, needed_);
  std::size_t next = 0;
  for (std::size_t i = 0; i < needed_.size(); ++i) {
    if (!needed_[i]) continue;
    NodeVerdict& verdict = model.nodes[next++];
    const auto theirs = inferred.find(graph_.nodes[i].outputs.front());
    const auto ours = shapes_.find(i);
    if (theirs == inferred.end() || ours == shapes_.end()) continue;
    bool same = ours->second.size() == theirs->second.size();
    for (std::size_t d = 1; same && d < ours->second.size(); ++d)
      same = !theirs->second[d] || *theirs->second[d] == ours->second[d];
    if (same) continue;
    std::vector<std::string> extents;
    for (const auto& extent : theirs->second)
      extents.push_back(extent ? fmt::to_string(*extent) : "?");
    verdict.status = NodeVerdict::Status::kUnsupported;
    verdict.text = fmt::format("gives {} by ONNX's shape inference, and {} as it is read here",
                               fmt::join(extents, " x "), fmt::join(ours->second, " x "));
    verdict.advice = "check the model with onnx.checker.check_model(model, full_check=True)";
  }
}

ImportedModel GraphImporter::run() {
  ImportedModel model;
  find_needed();
  find_ends();
  fold_constants();
  find_functions();
  for (std::size_t i = 0; i < needed_.size(); ++i) {
    if (!needed_[i]) continue;
    model.nodes.push_back(visit(i));
    release(i);
  }
  if (model.supported()) check_inferred(model);
  if (model.supported()) finish(model);
  return model;
}

void GraphImporter::finish(ImportedModel& model) {
  try {
    if (model.nodes.empty()) throw Unsupported{"no node computes the output"};
    settle(graph_.outputs.front());
    const auto found = values_.find(graph_.outputs.front());
    if (found == values_.end()) throw Unsupported{"gives the output: must not be a constant"};
    if (const auto* product = std::get_if<Product>(&found->second.content)) {
      chain_.finish(*product);
    } else if (const auto* map = std::get_if<MapValue>(&found->second.content)) {
      chain_.finish(model.nodes.back().node, *map);
    } else {
      throw Unsupported{"gives the output: must be computed from the image"};
    }
    chain_.move_into(model);
  } catch (const Unsupported& unsupported) {
    if (model.nodes.empty()) model.nodes.push_back({graph_.outputs.front(), "output", {}, "", ""});
    model.nodes.back().status = NodeVerdict::Status::kUnsupported;
    model.nodes.back().text = unsupported.text;
    model.nodes.back().advice = unsupported.advice;
  }
}

bool GraphImporter::has_input(const OnnxNode& node, std::size_t i) const {
  return i < node.inputs.size() && !node.inputs[i].empty();
}

const Value& GraphImporter::input(const OnnxNode& node, std::size_t i) const {
  if (!has_input(node, i)) throw Unsupported{fmt::format("input {} is missing", i)};
  const auto found = values_.find(node.inputs[i]);
  if (found == values_.end()) {
    throw Unsupported{fmt::format(
        "input {} is '{}': must be computed from the image", i,
        graph_.initializers.contains(node.inputs[i]) ? "a constant" : "a second output of a node")};
  }
  return found->second;
}

const OnnxTensor* GraphImporter::tensor(const OnnxNode& node, std::size_t i) const {
  if (!has_input(node, i)) return nullptr;
  const auto initializer = graph_.initializers.find(node.inputs[i]);
  if (initializer != graph_.initializers.end()) return &initializer->second;
  const auto value = values_.find(node.inputs[i]);
  return value == values_.end() ? nullptr : std::get_if<OnnxTensor>(&value->second.content);
}

const OnnxTensor& GraphImporter::float_tensor(const OnnxNode& node, std::size_t i,
                                              const char* what) const {
  const OnnxTensor* const found = tensor(node, i);
  if (found == nullptr) throw Unsupported{fmt::format("{} must be a constant", what)};
  if (!found->is_float())
    throw Unsupported{fmt::format("{} is of {}: must be float", what,
                                  found->is_integer() ? "integers" : found->other_type)};
  return *found;
}

std::vector<std::int64_t> GraphImporter::integers(const OnnxNode& node, std::size_t i) const {
  const OnnxTensor* const constant = tensor(node, i);
  if (constant == nullptr || !constant->is_integer())
    throw Unsupported{fmt::format("input {} must be integers known beforehand", i),
                      "export with fixed sizes but for the batch"};
  return constant->integers;
}

double GraphImporter::one_number(const OnnxNode& node, std::size_t i, const char* what) const {
  const OnnxTensor& tensor = float_tensor(node, i, what);
  if (tensor.floats.empty() ||
      std::ranges::count(tensor.floats, tensor.floats.front()) != std::ssize(tensor.floats))
    throw Unsupported{fmt::format("{} must be one number", what)};
  return tensor.floats.front();
}

std::optional<std::size_t> GraphImporter::only_constant(const OnnxNode& node) const {
  if (node.inputs.size() != 2) throw Unsupported{"must have two inputs"};
  for (const std::size_t i : {1, 0}) {
    if (tensor(node, i) != nullptr) return i;
  }
  return std::nullopt;
}

/// Whether no weight, bias or input can make a value below 0.
bool GraphImporter::never_negative(const Product& product) const {
  const auto negative = [](auto value) { return value < 0; };
  return !product.norm && product.source.layer && !chain_.may_be_negative(product.source) &&
         product.more.empty() && !product.residual &&
         std::ranges::none_of(product.weights.values(), negative) &&
         std::ranges::none_of(product.bias, negative);
}

MapValue GraphImporter::map_input(const OnnxNode& node, std::size_t i) {
  const Value& value = input(node, i);
  if (const auto* map = std::get_if<MapValue>(&value.content)) return *map;
  if (const auto* product = std::get_if<Product>(&value.content)) {
    MapValue map = never_negative(*product) ? chain_.append(*product, product->upper)
                                            : chain_.append_signed(*product);
    values_[node.inputs[i]].content = map;
    return map;
  }
  throw Unsupported{fmt::format("input {} must be computed from the image", i)};
}

void GraphImporter::give(const OnnxNode& node, Value value) {
  if (node.outputs.empty() || node.outputs.front().empty())
    throw Unsupported{"must have an output"};
  values_[node.outputs.front()] = std::move(value);
}

}  // namespace colcomb::interchange
