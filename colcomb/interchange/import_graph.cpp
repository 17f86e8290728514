#include "colcomb/interchange/import_graph.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace colcomb::interchange {

GraphImporter::GraphImporter(const OnnxGraph& graph, const InputDescription& input,
                             std::size_t alpha, std::set<std::string> unpooled)
    : graph_(graph), chain_(input, alpha, std::move(unpooled)) {
  values_[graph.inputs.front().name] = {MapValue{},
                                        {input.channels, input.height, input.width, false}};
}

const std::map<std::string, GraphImporter::Handler>& GraphImporter::handlers() {
  using G = GraphImporter;
  static const std::map<std::string, Handler> table = {
      {"Add", &G::addition},
      {"AveragePool", &G::average_pool},
      {"BatchNormalization", &G::batch_normalization},
      {"Cast", &G::cast},
      {"Clip", &G::clip},
      {"Concat", &G::concat},
      {"Constant", &G::constant},
      {"Conv", &G::convolution},
      {"Div", &G::scaling},
      {"Dropout", &G::dropout},
      {"Flatten", &G::flatten},
      {"Gather", &G::gather},
      {"Gemm", &G::gemm},
      {"GlobalAveragePool", &G::global_average_pool},
      {"Identity", &G::pass_through},
      {"LogSoftmax", &G::softmax},
      {"MatMul", &G::matrix_product},
      {"MaxPool", &G::max_pool},
      {"Mul", &G::scaling},
      {"Pad", &G::pad},
      {"ReduceMean", &G::reduce_mean},
      {"Relu", &G::relu},
      {"Reshape", &G::reshape},
      {"Shape", &G::shape},
      {"Softmax", &G::softmax},
      {"Squeeze", &G::squeeze},
      {"Sub", &G::scaling},
      {"Unsqueeze", &G::unsqueeze},
  };
  return table;
}

std::vector<bool> GraphImporter::needed_nodes() const {
  std::set<std::string> wanted(graph_.outputs.begin(), graph_.outputs.end());
  std::vector<bool> needed(graph_.nodes.size());
  for (std::size_t i = graph_.nodes.size(); i-- > 0;) {
    const OnnxNode& node = graph_.nodes[i];
    needed[i] = std::ranges::any_of(node.outputs, [&](const std::string& name) {
      return !name.empty() && wanted.contains(name);
    });
    if (needed[i]) wanted.insert(node.inputs.begin(), node.inputs.end());
  }
  return needed;
}

NodeVerdict GraphImporter::visit(const OnnxNode& node) {
  NodeVerdict verdict{node.name, node.op, NodeVerdict::Status::kSupported, ""};
  for (const std::string& name : node.inputs) {
    const auto value = values_.find(name);
    if (value == values_.end() || value->second.content.index() != 0) continue;
    verdict.status = NodeVerdict::Status::kUnchecked;
    verdict.text = "not checked: reads what an unsupported node gives";
  }
  if (verdict.status == NodeVerdict::Status::kSupported) {
    try {
      if (!node.domain.empty())
        throw Unsupported{
            fmt::format("operators of the domain '{}' are not supported", node.domain)};
      const auto handler = handlers().find(node.op);
      if (handler == handlers().end()) throw Unsupported{"this operator is not supported"};
      verdict.text = (this->*handler->second)(node);
    } catch (const Unsupported& unsupported) {
      verdict.status = NodeVerdict::Status::kUnsupported;
      verdict.text = unsupported.text;
    }
  }
  if (verdict.status != NodeVerdict::Status::kSupported) {
    for (const std::string& name : node.outputs) values_[name] = {};
  }
  return verdict;
}

ImportedModel GraphImporter::run() {
  ImportedModel model;
  const std::vector<bool> needed = needed_nodes();
  for (std::size_t i = 0; i < needed.size(); ++i) {
    if (needed[i]) model.nodes.push_back(visit(graph_.nodes[i]));
  }
  if (model.supported()) finish(model);
  return model;
}

void GraphImporter::finish(ImportedModel& model) {
  try {
    if (model.nodes.empty()) throw Unsupported{"no node computes the output"};
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
    if (model.nodes.empty()) model.nodes.push_back({graph_.outputs.front(), "output", {}, ""});
    model.nodes.back().status = NodeVerdict::Status::kUnsupported;
    model.nodes.back().text = unsupported.text;
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
                                  found->other_type.empty() ? "integers" : found->other_type)};
  return *found;
}

std::vector<std::int64_t> GraphImporter::integers(const OnnxNode& node, std::size_t i) const {
  const OnnxTensor* const constant = tensor(node, i);
  if (constant != nullptr && constant->other_type.empty() && constant->floats.empty())
    return constant->integers;
  if (constant == nullptr) {
    const Value& value = input(node, i);
    if (const auto* list = std::get_if<std::vector<std::int64_t>>(&value.content)) return *list;
  }
  throw Unsupported{fmt::format("input {} must be integers known beforehand", i)};
}

MapValue GraphImporter::map_input(const OnnxNode& node, std::size_t i) const {
  const Value& value = input(node, i);
  if (const auto* map = std::get_if<MapValue>(&value.content)) return *map;
  if (std::holds_alternative<Product>(value.content)) {
    throw Unsupported{
        fmt::format("reads the signed output of {}: a ReLU must come before the next layer",
                    std::get<Product>(value.content).name)};
  }
  throw Unsupported{fmt::format("input {} must be computed from the image", i)};
}

void GraphImporter::give(const OnnxNode& node, Value value) {
  if (node.outputs.empty() || node.outputs.front().empty())
    throw Unsupported{"must have an output"};
  values_[node.outputs.front()] = std::move(value);
}

namespace {

template <class T>
T attribute(const OnnxNode& node, const char* name, T otherwise) {
  const auto found = node.attributes.find(name);
  if (found == node.attributes.end()) return otherwise;
  if (const T* value = std::get_if<T>(&found->second)) return *value;
  throw Unsupported{fmt::format("attribute {} is of an unexpected type", name)};
}

}  // namespace

std::int64_t GraphImporter::integer(const OnnxNode& node, const char* name,
                                    std::int64_t otherwise) {
  return attribute<std::int64_t>(node, name, otherwise);
}

float GraphImporter::real(const OnnxNode& node, const char* name, float otherwise) {
  return attribute<float>(node, name, otherwise);
}

std::string GraphImporter::text(const OnnxNode& node, const char* name, const char* otherwise) {
  return attribute<std::string>(node, name, otherwise);
}

std::vector<std::int64_t> GraphImporter::list(const OnnxNode& node, const char* name,
                                              std::vector<std::int64_t> otherwise) {
  return attribute<std::vector<std::int64_t>>(node, name, std::move(otherwise));
}

}  // namespace colcomb::interchange
