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

/// Element types of ONNX that are read as floats (float, float16, double, bfloat16), and as
/// integers (uint8, int8, int32, int64, bool). The numbers are those of TensorProto.DataType.
inline constexpr std::int64_t kBoolType = 9;
[[nodiscard]] constexpr bool is_float_type(std::int64_t type) {
  return type == 1 || type == 10 || type == 11 || type == 16;
}
[[nodiscard]] constexpr bool is_integer_type(std::int64_t type) {
  return type == 2 || type == 3 || type == 6 || type == 7 || type == kBoolType;
}

/// The elements are finite.
struct OnnxTensor {
  enum class Kind { kFloat, kInteger, kOther };
  Kind kind = Kind::kFloat;
  std::vector<std::int64_t> dims;      // none: a scalar
  std::vector<float> floats;           // of kFloat
  std::vector<std::int64_t> integers;  // of kInteger
  std::string other_type;              // of kOther, whose elements are not read

  [[nodiscard]] bool is_float() const { return kind == Kind::kFloat; }
  [[nodiscard]] bool is_integer() const { return kind == Kind::kInteger; }
  [[nodiscard]] std::size_t size() const { return floats.size() + integers.size(); }
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
  std::string fault;  // not empty: what the operator's definition forbids about it
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
  std::map<std::string, std::string> metadata;  // the model's own texts by key
};

/// The text with '?' for all but printable ASCII.
[[nodiscard]] std::string printable(const std::string& text);

/// Errors: UserError naming the file, the tensor or node and the rule: no ONNX model, truncated,
/// sizes that do not fit the data, data kept outside the model's folder, no operator set version 6
/// to 23, a value that is given twice, or never, or only later (a cycle).
[[nodiscard]] OnnxGraph read_onnx(const std::filesystem::path& path);

}  // namespace colcomb::interchange
