#pragma once

// ONNX tensors of every type as doubles.

#include <onnx/onnx_pb.h>

#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <vector>

namespace colcomb::tests {

using OnnxType = std::int32_t;
using OnnxShape = std::vector<std::int64_t>;

/// Row-major; values of any type as doubles, which hold all of 53 bits.
struct OnnxTensor {
  OnnxType type = onnx::TensorProto::UNDEFINED;
  OnnxShape shape;
  std::vector<double> values;

  [[nodiscard]] std::int64_t integer(std::size_t i) const {
    return static_cast<std::int64_t>(values.at(i));
  }
  [[nodiscard]] OnnxShape integers() const {
    OnnxShape result;
    for (std::size_t i = 0; i < values.size(); ++i) result.push_back(integer(i));
    return result;
  }
};

inline std::size_t size_of(const OnnxShape& shape) {
  std::int64_t size = 1;
  for (const std::int64_t side : shape) size *= side;
  return static_cast<std::size_t>(size);
}

template <class T>
inline void read_raw(const onnx::TensorProto& proto, OnnxTensor& tensor) {
  const std::string& raw = proto.raw_data();
  for (std::size_t at = 0; at + sizeof(T) <= raw.size(); at += sizeof(T)) {
    T value;
    std::memcpy(&value, raw.data() + at, sizeof(T));
    tensor.values.push_back(static_cast<double>(value));
  }
}

/// The numbers, from either of the two places that a tensor may keep them in.
template <class T, class Typed>
inline OnnxTensor decode_as(const onnx::TensorProto& proto, const Typed& typed) {
  OnnxTensor tensor{proto.data_type(), {proto.dims().begin(), proto.dims().end()}, {}};
  if (proto.has_raw_data()) {
    read_raw<T>(proto, tensor);
  } else {
    for (const auto value : typed) tensor.values.push_back(static_cast<double>(value));
  }
  return tensor;
}

inline OnnxTensor decoded(const onnx::TensorProto& proto) {
  switch (proto.data_type()) {
    case onnx::TensorProto::UINT8:
      return decode_as<std::uint8_t>(proto, proto.int32_data());
    case onnx::TensorProto::INT8:
      return decode_as<std::int8_t>(proto, proto.int32_data());
    case onnx::TensorProto::INT32:
      return decode_as<std::int32_t>(proto, proto.int32_data());
    case onnx::TensorProto::UINT32:
      return decode_as<std::uint32_t>(proto, proto.uint64_data());
    case onnx::TensorProto::INT64:
      return decode_as<std::int64_t>(proto, proto.int64_data());
    case onnx::TensorProto::BOOL:
      return decode_as<std::uint8_t>(proto, proto.int32_data());
    case onnx::TensorProto::FLOAT:
      return decode_as<float>(proto, proto.float_data());
    default:
      throw std::runtime_error(proto.name() + ": element type not known");
  }
}

}  // namespace colcomb::tests
