#include "colcomb/interchange/onnx_checks.hpp"

#include <onnx/checker.h>
#include <onnx/shape_inference/implementation.h>

#include <algorithm>
#include <exception>
#include <unordered_map>

namespace colcomb::interchange {
namespace {

bool knows(std::int64_t opset) {
  const auto& versions = onnx::OpSchemaRegistry::DomainToVersionRange::Instance().Map();
  const auto found = versions.find(onnx::ONNX_DOMAIN);
  return found != versions.end() && opset <= found->second.second;
}

/// The first line of the library's message without the source position it begins with.
std::string first_sentence(const std::string& message) {
  std::string text = printable(message.substr(0, message.find('\n')));
  const auto bracket = text.rfind("] ");
  if (!text.empty() && text.front() == '[' && bracket != std::string::npos)
    text.erase(0, bracket + 2);
  return text;
}

/// Libraries before 1.16 count windows of ceil_mode that ONNX leaves out.
bool infers_wrong(const OnnxNode& node) {
  const auto found = node.attributes.find("ceil_mode");
  if (found == node.attributes.end()) return false;
  const auto* const mode = std::get_if<std::int64_t>(&found->second);
  return mode == nullptr || *mode != 0;
}

void set(onnx::AttributeProto& to, const OnnxAttribute& value) {
  if (const auto* whole = std::get_if<std::int64_t>(&value)) {
    to.set_type(onnx::AttributeProto::INT);
    to.set_i(*whole);
  } else if (const auto* real = std::get_if<float>(&value)) {
    to.set_type(onnx::AttributeProto::FLOAT);
    to.set_f(*real);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    to.set_type(onnx::AttributeProto::STRING);
    to.set_s(*text);
  } else if (const auto* list = std::get_if<std::vector<std::int64_t>>(&value)) {
    to.set_type(onnx::AttributeProto::INTS);
    for (const std::int64_t i : *list) to.add_ints(i);
  }
}

void set_shape(onnx::ValueInfoProto& to, const std::string& name,
               const std::vector<std::optional<std::int64_t>>& dims) {
  to.set_name(name);
  auto* const type = to.mutable_type()->mutable_tensor_type();
  type->set_elem_type(onnx::TensorProto::FLOAT);
  type->mutable_shape();
  for (const auto& extent : dims) {
    auto* const dim = type->mutable_shape()->add_dim();
    if (extent) dim->set_dim_value(*extent);
  }
}

/// The needed nodes with all that shape inference looks at: of weights, their shapes.
onnx::ModelProto skeleton(const OnnxGraph& graph, const std::vector<bool>& needed) {
  onnx::ModelProto model;
  model.set_ir_version(onnx::Version::IR_VERSION);
  model.add_opset_import()->set_version(graph.opset);
  onnx::GraphProto& to = *model.mutable_graph();
  for (const OnnxInput& input : graph.inputs) set_shape(*to.add_input(), input.name, input.dims);
  for (const auto& [name, tensor] : graph.initializers) {
    if (!tensor.is_integer()) {
      set_shape(*to.add_input(), name, {tensor.dims.begin(), tensor.dims.end()});
      continue;
    }
    auto* const made = to.add_initializer();
    made->set_name(name);
    made->set_data_type(onnx::TensorProto::INT64);
    for (const std::int64_t extent : tensor.dims) made->add_dims(extent);
    for (const std::int64_t value : tensor.integers) made->add_int64_data(value);
  }
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (!needed[i]) continue;
    const OnnxNode& node = graph.nodes[i];
    auto* const made = to.add_node();
    made->set_op_type(node.op);
    for (const std::string& name : node.inputs) made->add_input(name);
    for (const std::string& name : node.outputs) made->add_output(name);
    for (const auto& [name, value] : node.attributes) {
      if (std::holds_alternative<std::monostate>(value) ||
          std::holds_alternative<OnnxTensor>(value))
        continue;
      auto* const attribute = made->add_attribute();
      attribute->set_name(name);
      set(*attribute, value);
    }
  }
  return model;
}

}  // namespace

void check_nodes(const onnx::ModelProto& model, OnnxGraph& graph) {
  if (!knows(graph.opset)) return;
  onnx::checker::CheckerContext context;
  std::unordered_map<std::string, int> versions;
  for (const auto& set : model.opset_import())
    versions[set.domain() == "ai.onnx" ? "" : set.domain()] = static_cast<int>(set.version());
  context.set_ir_version(static_cast<int>(onnx::Version::IR_VERSION));
  context.set_opset_imports(versions);
  const onnx::checker::LexicalScopeContext names;
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    const onnx::NodeProto& node = model.graph().node(static_cast<int>(i));
    // Operators that are not ONNX's own have no definition here, nor has the domain's long name.
    if (!node.domain().empty() || onnx::OpSchemaRegistry::Schema(
                                      node.op_type(), static_cast<int>(graph.opset), "") == nullptr)
      continue;
    try {
      onnx::checker::check_node(node, context, names);
    } catch (const std::exception& error) {
      graph.nodes[i].fault = first_sentence(error.what());
    }
  }
}

InferredShapes infer_shapes(const OnnxGraph& graph, const std::vector<bool>& needed) {
  InferredShapes shapes;
  if (!knows(graph.opset) || std::ranges::any_of(graph.nodes, infers_wrong)) return shapes;
  onnx::ModelProto model = skeleton(graph, needed);
  try {
    onnx::shape_inference::InferShapes(model);
  } catch (const std::exception&) {
    return shapes;  // a rule of its own that a node breaks was told by check_nodes
  }
  for (const onnx::ValueInfoProto& value : model.graph().value_info()) {
    if (!value.type().has_tensor_type() || !value.type().tensor_type().has_shape()) continue;
    auto& dims = shapes[value.name()];
    for (const auto& dim : value.type().tensor_type().shape().dim())
      dims.push_back(dim.has_dim_value() ? std::optional(dim.dim_value()) : std::nullopt);
  }
  return shapes;
}

}  // namespace colcomb::interchange
