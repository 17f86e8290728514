#pragma once

#include <onnx/onnx_pb.h>

#include <bit>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace colcomb::interchange {

using Dimensions = std::vector<std::int64_t>;

template <class T>
[[nodiscard]] constexpr onnx::TensorProto::DataType element_type() {
  if constexpr (std::is_same_v<T, std::uint8_t>) {
    return onnx::TensorProto::UINT8;
  } else if constexpr (std::is_same_v<T, std::int8_t>) {
    return onnx::TensorProto::INT8;
  } else if constexpr (std::is_same_v<T, std::int32_t>) {
    return onnx::TensorProto::INT32;
  } else if constexpr (std::is_same_v<T, std::uint32_t>) {
    return onnx::TensorProto::UINT32;
  } else if constexpr (std::is_same_v<T, std::int64_t>) {
    return onnx::TensorProto::INT64;
  } else {
    static_assert(std::is_same_v<T, float>);
    return onnx::TensorProto::FLOAT;
  }
}

struct Attribute {
  std::string name;
  std::variant<std::int64_t, std::string, Dimensions> value;
};

/// Writes one graph, node by node. Nodes and constants give one tensor each, of their own name.
class OnnxWriter {
 public:
  explicit OnnxWriter(const std::string& graph_name);

  template <class T>
  std::string constant(const std::string& name, const Dimensions& shape,
                       std::span<const T> values) {
    static_assert(std::endian::native == std::endian::little, "ONNX raw data is little-endian");
    onnx::TensorProto& tensor = add_constant(name, shape, values.size());
    tensor.set_data_type(element_type<T>());
    tensor.set_raw_data(values.data(), values.size_bytes());
    return name;
  }
  template <class T>
  std::string constant(const std::string& name, const std::vector<T>& values) {
    return constant<T>(name, {static_cast<std::int64_t>(values.size())}, values);
  }
  template <class T>
  std::string scalar(const std::string& name, T value) {
    return constant<T>(name, {}, {&value, 1});
  }

  std::string node(const std::string& op, const std::string& name,
                   const std::vector<std::string>& inputs,
                   const std::vector<Attribute>& attributes = {});
  std::string cast(const std::string& name, const std::string& input,
                   onnx::TensorProto::DataType type) {
    return node("Cast", name, {input}, {{"to", std::int64_t{type}}});
  }

  /// Graph input and output; the first dimension is the batch, of any size.
  void input(const std::string& name, onnx::TensorProto::DataType type, const Dimensions& shape);
  void output(const std::string& name, onnx::TensorProto::DataType type, const Dimensions& shape);
  void metadata(const std::string& key, const std::string& value);

  [[nodiscard]] const onnx::ModelProto& model() const { return model_; }

 private:
  onnx::TensorProto& add_constant(const std::string& name, const Dimensions& shape,
                                  std::size_t values);

  onnx::ModelProto model_;
};

}  // namespace colcomb::interchange
