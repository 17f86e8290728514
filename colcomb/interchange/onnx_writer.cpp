#include "colcomb/interchange/onnx_writer.hpp"

#include "colcomb/base/check.hpp"

namespace colcomb::interchange {
namespace {

// The oldest that have every operator used here with the element types used here; the older, the
// more programs read it.
constexpr std::int64_t kIrVersion = 7;
constexpr std::int64_t kOperatorSet = 13;

void describe(onnx::ValueInfoProto& value, const std::string& name,
              onnx::TensorProto::DataType type, const Dimensions& shape) {
  value.set_name(name);
  auto& tensor = *value.mutable_type()->mutable_tensor_type();
  tensor.set_elem_type(type);
  tensor.mutable_shape()->add_dim()->set_dim_param("batch");
  for (const std::int64_t side : shape) tensor.mutable_shape()->add_dim()->set_dim_value(side);
}

void set(onnx::AttributeProto& proto, const Attribute& attribute) {
  proto.set_name(attribute.name);
  if (const auto* number = std::get_if<std::int64_t>(&attribute.value)) {
    proto.set_type(onnx::AttributeProto::INT);
    proto.set_i(*number);
  } else if (const auto* text = std::get_if<std::string>(&attribute.value)) {
    proto.set_type(onnx::AttributeProto::STRING);
    proto.set_s(*text);
  } else {
    proto.set_type(onnx::AttributeProto::INTS);
    for (const std::int64_t n : std::get<Dimensions>(attribute.value)) proto.add_ints(n);
  }
}

}  // namespace

OnnxWriter::OnnxWriter(const std::string& graph_name) {
  model_.set_ir_version(kIrVersion);
  model_.set_producer_name("colcomb");
  model_.set_producer_version(COLCOMB_VERSION);
  model_.add_opset_import()->set_version(kOperatorSet);
  model_.mutable_graph()->set_name(graph_name);
}

onnx::TensorProto& OnnxWriter::add_constant(const std::string& name, const Dimensions& shape,
                                            std::size_t values) {
  onnx::TensorProto& tensor = *model_.mutable_graph()->add_initializer();
  tensor.set_name(name);
  std::int64_t size = 1;
  for (const std::int64_t side : shape) {
    tensor.add_dims(side);
    size *= side;
  }
  COLCOMB_CHECK(static_cast<std::size_t>(size) == values, "constant's values must fill its shape");
  return tensor;
}

std::string OnnxWriter::node(const std::string& op, const std::string& name,
                             const std::vector<std::string>& inputs,
                             const std::vector<Attribute>& attributes) {
  onnx::NodeProto& node = *model_.mutable_graph()->add_node();
  node.set_op_type(op);
  node.set_name(name);
  for (const std::string& input : inputs) node.add_input(input);
  node.add_output(name);
  for (const Attribute& attribute : attributes) set(*node.add_attribute(), attribute);
  return name;
}

void OnnxWriter::input(const std::string& name, onnx::TensorProto::DataType type,
                       const Dimensions& shape) {
  describe(*model_.mutable_graph()->add_input(), name, type, shape);
}

void OnnxWriter::output(const std::string& name, onnx::TensorProto::DataType type,
                        const Dimensions& shape) {
  describe(*model_.mutable_graph()->add_output(), name, type, shape);
}

void OnnxWriter::metadata(const std::string& key, const std::string& value) {
  auto& entry = *model_.add_metadata_props();
  entry.set_key(key);
  entry.set_value(value);
}

}  // namespace colcomb::interchange
