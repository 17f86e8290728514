#pragma once

#include <fmt/format.h>
#include <onnx/onnx_pb.h>

#include <concepts>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "colcomb/base/random.hpp"

namespace colcomb::tests {

/// Writes small ONNX models node by node. Each function gives the name of the value it makes.
class OnnxBuilder {
 public:
  using Ints = std::vector<std::int64_t>;

  /// A model of one input "image", 1 x channels x height x width.
  OnnxBuilder(std::int64_t channels, std::int64_t height, std::int64_t width)
      : OnnxBuilder({1, channels, height, width}) {}

  /// The same of these dimensions, batch first.
  explicit OnnxBuilder(const Ints& dims) {
    model.set_ir_version(8);
    auto* const set = model.add_opset_import();
    set->set_version(13);
    auto* const input = model.mutable_graph()->add_input();
    input->set_name("image");
    auto* const type = input->mutable_type()->mutable_tensor_type();
    type->set_elem_type(onnx::TensorProto::FLOAT);
    for (const std::int64_t extent : dims) type->mutable_shape()->add_dim()->set_dim_value(extent);
  }

  std::string node(const std::string& op, const std::vector<std::string>& inputs) {
    auto* const made = model.mutable_graph()->add_node();
    made->set_op_type(op);
    made->set_name(fmt::format("{}{}", op, model.graph().node_size()));
    for (const std::string& input : inputs) made->add_input(input);
    made->add_output(fmt::format("v{}", model.graph().node_size()));
    return made->output(0);
  }
  OnnxBuilder& with(const std::string& name, std::integral auto value) {
    auto* const attribute = add_attribute(name, onnx::AttributeProto::INT);
    attribute->set_i(value);
    return *this;
  }
  OnnxBuilder& with(const std::string& name, float value) {
    add_attribute(name, onnx::AttributeProto::FLOAT)->set_f(value);
    return *this;
  }
  OnnxBuilder& with(const std::string& name, const std::string& value) {
    add_attribute(name, onnx::AttributeProto::STRING)->set_s(value);
    return *this;
  }
  OnnxBuilder& with(const std::string& name, const Ints& values) {
    auto* const attribute = add_attribute(name, onnx::AttributeProto::INTS);
    for (const std::int64_t value : values) attribute->add_ints(value);
    return *this;
  }

  std::string tensor(const Ints& dims, const std::vector<float>& values) {
    auto* const made = model.mutable_graph()->add_initializer();
    made->set_name(fmt::format("t{}", model.graph().initializer_size()));
    made->set_data_type(onnx::TensorProto::FLOAT);
    for (const std::int64_t extent : dims) made->add_dims(extent);
    // Both ways of storing numbers, in turn.
    if (model.graph().initializer_size() % 2 == 0) {
      made->set_raw_data(values.data(), values.size() * sizeof(float));
    } else {
      for (const float value : values) made->add_float_data(value);
    }
    return made->name();
  }
  std::string integers(const Ints& values) {
    auto* const made = model.mutable_graph()->add_initializer();
    made->set_name(fmt::format("t{}", model.graph().initializer_size()));
    made->set_data_type(onnx::TensorProto::INT64);
    made->add_dims(static_cast<std::int64_t>(values.size()));
    for (const std::int64_t value : values) made->add_int64_data(value);
    return made->name();
  }
  std::string normal(Random& random, const Ints& dims, double mean, double deviation) {
    std::size_t count = 1;
    for (const std::int64_t extent : dims) count *= static_cast<std::size_t>(extent);
    std::vector<float> values(count);
    for (float& value : values) value = static_cast<float>(mean + deviation * random.normal());
    return tensor(dims, values);
  }

  /// One boolean an element.
  std::string flags(const Ints& dims, const std::vector<bool>& values) {
    auto* const made = model.mutable_graph()->add_initializer();
    made->set_name(fmt::format("t{}", model.graph().initializer_size()));
    made->set_data_type(onnx::TensorProto::BOOL);
    for (const std::int64_t extent : dims) made->add_dims(extent);
    for (const bool value : values) made->add_int32_data(value ? 1 : 0);
    return made->name();
  }

  OnnxBuilder& opset(std::int64_t version) {
    model.mutable_opset_import(0)->set_version(version);
    return *this;
  }

  void metadata(const std::string& key, const std::string& value) {
    auto* const entry = model.add_metadata_props();
    entry->set_key(key);
    entry->set_value(value);
  }

  void output(const std::string& name) { model.mutable_graph()->add_output()->set_name(name); }

  void save(const std::filesystem::path& path) const {
    std::filesystem::remove(path);
    std::ofstream stream(path, std::ios::binary);
    model.SerializeToOstream(&stream);
  }

  onnx::ModelProto model;

 private:
  /// Of the last node.
  onnx::AttributeProto* add_attribute(const std::string& name,
                                      onnx::AttributeProto::AttributeType type) {
    auto* const graph = model.mutable_graph();
    auto* const attribute = graph->mutable_node(graph->node_size() - 1)->add_attribute();
    attribute->set_name(name);
    attribute->set_type(type);
    return attribute;
  }
};

}  // namespace colcomb::tests
