#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

// Internal to the room: an ONNX file as plain structs, so that protobuf stays in one file.
namespace colcomb::interchange {

/// Element types of ONNX that are read as floats (float, double, float16), and as integers (int64,
/// int32). The numbers are those of TensorProto.DataType.
[[nodiscard]] constexpr bool is_float_type(std::int64_t type) {
  return type == 1 || type == 10 || type == 11;
}
[[nodiscard]] constexpr bool is_integer_type(std::int64_t type) {
  return type == 6 || type == 7;
}

struct OnnxTensor {
  std::vector<std::int64_t> dims;      // none: a scalar
  std::vector<float> floats;           // of float, double and float16 tensors
  std::vector<std::int64_t> integers;  // of int64, int32 and bool tensors
  std::string other_type;              // not empty: another element type, not read

  [[nodiscard]] bool is_float() const { return other_type.empty() && integers.empty(); }
};

/// monostate: of a kind that no supported operator has.
using OnnxAttribute = std::variant<std::monostate, std::int64_t, float, std::string,
                                   std::vector<std::int64_t>, std::vector<float>, OnnxTensor>;

struct OnnxNode {
  std::string name;  // printable and not empty: from the file, or made of operator and position
  std::string op;
  std::string domain;  // empty: ONNX's own operators
  std::vector<std::string> inputs;
  std::vector<std::string> outputs;
  std::map<std::string, OnnxAttribute> attributes;
};

struct OnnxInput {
  std::string name;
  std::string other_type;                         // not empty: no float tensor
  std::vector<std::optional<std::int64_t>> dims;  // nothing: left open
};

/// A graph in the order of its computation: every value is given by an initializer, an input or an
/// earlier node, and by one of them alone.
struct OnnxGraph {
  std::int64_t opset = 0;  // version of ONNX's own operators
  std::vector<OnnxNode> nodes;
  std::map<std::string, OnnxTensor> initializers;
  std::vector<OnnxInput> inputs;  // those that are no initializers
  std::vector<std::string> outputs;
};

/// Errors: UserError naming the file, the tensor or node and the rule: no ONNX model, truncated,
/// sizes that do not fit the data, data kept in another file, no operator set version 7 to 22, a
/// value that is given twice, or never, or only later (a cycle).
[[nodiscard]] OnnxGraph read_onnx(const std::filesystem::path& path);

}  // namespace colcomb::interchange
