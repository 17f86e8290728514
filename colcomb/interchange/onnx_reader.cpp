#include "colcomb/interchange/onnx_reader.hpp"

#include <fmt/format.h>
#include <onnx/onnx_pb.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <set>

#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/base/half.hpp"

namespace colcomb::interchange {
namespace {

constexpr std::int64_t kLeastOpset = 7;
constexpr std::int64_t kMostOpset = 22;

std::string printable(const std::string& text) {
  std::string result = text;
  for (char& c : result) {
    if (c < ' ' || c > '~') c = '?';
  }
  return result;
}

/// The file's content in our structs; every error names the file.
class Reader {
 public:
  explicit Reader(std::string file) : file_(std::move(file)) {}

  OnnxGraph graph(const onnx::ModelProto& model) {
    OnnxGraph result;
    result.opset = opset(model);
    const onnx::GraphProto& source = model.graph();
    for (const onnx::TensorProto& initializer : source.initializer()) {
      define(initializer.name(), "initializer " + printable(initializer.name()));
      result.initializers[initializer.name()] = tensor(initializer);
    }
    if (source.sparse_initializer_size() > 0)
      fail("sparse initializers", "", "are not read: store them dense");
    for (const onnx::ValueInfoProto& value : source.input()) {
      if (result.initializers.contains(value.name())) continue;
      define(value.name(), "input " + printable(value.name()));
      result.inputs.push_back(input(value));
    }
    for (const onnx::NodeProto& from : source.node())
      result.nodes.push_back(node(from, result.nodes.size()));
    for (const onnx::ValueInfoProto& value : source.output()) {
      if (!defined_.contains(value.name()))
        fail("output " + printable(value.name()), "", "must be given by a node");
      result.outputs.push_back(value.name());
    }
    return result;
  }

  [[noreturn]] void fail(const std::string& field, const std::string& value,
                         const std::string& rule) const {
    throw file_error(file_, field, value, rule);
  }

 private:
  std::int64_t opset(const onnx::ModelProto& model) const {
    if (!model.has_graph()) fail("graph", "absent", "must be there: is this an ONNX model?");
    for (const onnx::OperatorSetIdProto& set : model.opset_import()) {
      if (!set.domain().empty() && set.domain() != "ai.onnx") continue;
      if (set.version() < kLeastOpset || set.version() > kMostOpset) {
        fail("operator set version", fmt::to_string(set.version()),
             fmt::format("must be {} to {}", kLeastOpset, kMostOpset));
      }
      return set.version();
    }
    fail("operator set version", "absent", "must be given for ONNX's own operators");
  }

  /// SSA: each name is given once, before it is read.
  void define(const std::string& name, const std::string& field) {
    if (!defined_.insert(name).second)
      fail(field, printable(name), "gives a value that is there already");
  }

  std::size_t elements(const std::vector<std::int64_t>& dims, const std::string& field) const {
    constexpr std::size_t kMost = std::size_t{1} << 31;
    std::size_t count = 1;
    for (const std::int64_t extent : dims) {
      if (extent < 0 || static_cast<std::size_t>(extent) > kMost ||
          (count *= static_cast<std::size_t>(extent)) > kMost)
        fail(field, fmt::to_string(extent), "is no dimension of a tensor of up to 2^31 elements");
    }
    return count;
  }

  /// `raw` as elements of type T, or what `typed`, the field of that type, holds.
  template <class T, class Typed>
  std::vector<T> numbers(const onnx::TensorProto& source, const Typed& typed, std::size_t count,
                         const std::string& field) const {
    std::vector<T> result;
    const std::string& raw = source.raw_data();
    const bool is_raw = source.has_raw_data() && typed.empty();
    const std::size_t found = is_raw ? raw.size() : static_cast<std::size_t>(typed.size());
    const std::size_t wanted = is_raw ? count * sizeof(T) : count;
    if (found != wanted) {
      fail(field, fmt::format("{} {} of data", found, is_raw ? "bytes" : "values"),
           fmt::format("must have {}, as its dimensions say", wanted));
    }
    static_assert(std::endian::native == std::endian::little);
    result.resize(count);
    if (is_raw && count > 0) std::memcpy(result.data(), raw.data(), raw.size());
    if (!is_raw) {
      for (std::size_t i = 0; i < count; ++i)
        result[i] = static_cast<T>(typed.Get(static_cast<int>(i)));
    }
    return result;
  }

  OnnxTensor tensor(const onnx::TensorProto& source) const {
    const std::string field = "tensor " + printable(source.name());
    if (source.data_location() == onnx::TensorProto::EXTERNAL || source.external_data_size() > 0)
      fail(field, "external data", "must be stored in the model file itself");
    if (source.has_segment()) fail(field, "segment", "must be stored whole");
    OnnxTensor result;
    result.dims.assign(source.dims().begin(), source.dims().end());
    const std::size_t count = elements(result.dims, field);
    switch (source.data_type()) {
      case onnx::TensorProto::FLOAT:
        result.floats = numbers<float>(source, source.float_data(), count, field);
        break;
      case onnx::TensorProto::DOUBLE:
        for (const double value : numbers<double>(source, source.double_data(), count, field)) {
          if (std::abs(value) > std::numeric_limits<float>::max())
            fail(field, fmt::to_string(value), "must be within float32's range");
          result.floats.push_back(static_cast<float>(value));
        }
        break;
      case onnx::TensorProto::FLOAT16:
        for (const auto half : numbers<std::uint16_t>(source, source.int32_data(), count, field))
          result.floats.push_back(from_half(half));
        break;
      case onnx::TensorProto::INT64:
        result.integers = numbers<std::int64_t>(source, source.int64_data(), count, field);
        break;
      case onnx::TensorProto::INT32:
        for (const auto value : numbers<std::int32_t>(source, source.int32_data(), count, field))
          result.integers.push_back(value);
        break;
      case onnx::TensorProto::BOOL:
        for (const auto value : numbers<std::uint8_t>(source, source.int32_data(), count, field))
          result.integers.push_back(value);
        break;
      default:
        result.other_type = type_name(source.data_type());
    }
    for (const float value : result.floats) {
      if (!std::isfinite(value)) fail(field, fmt::to_string(value), "must be finite");
    }
    return result;
  }

  static std::string type_name(int type) {
    return onnx::TensorProto::DataType_IsValid(type)
               ? onnx::TensorProto::DataType_Name(static_cast<onnx::TensorProto::DataType>(type))
               : fmt::format("element type {}", type);
  }

  OnnxInput input(const onnx::ValueInfoProto& source) const {
    OnnxInput result;
    result.name = source.name();
    const onnx::TypeProto& type = source.type();
    if (!type.has_tensor_type()) {
      result.other_type = "no tensor";
    } else if (!is_float_type(type.tensor_type().elem_type())) {
      result.other_type = type_name(type.tensor_type().elem_type());
    }
    for (const auto& dim : type.tensor_type().shape().dim()) {
      result.dims.push_back(dim.has_dim_value() ? std::optional(dim.dim_value()) : std::nullopt);
    }
    return result;
  }

  OnnxAttribute attribute(const onnx::AttributeProto& source) const {
    switch (source.type()) {
      case onnx::AttributeProto::INT:
        return source.i();
      case onnx::AttributeProto::FLOAT:
        return source.f();
      case onnx::AttributeProto::STRING:
        return source.s();
      case onnx::AttributeProto::INTS:
        return std::vector<std::int64_t>(source.ints().begin(), source.ints().end());
      case onnx::AttributeProto::FLOATS:
        return std::vector<float>(source.floats().begin(), source.floats().end());
      case onnx::AttributeProto::TENSOR:
        return tensor(source.t());
      default:
        return {};
    }
  }

  OnnxNode node(const onnx::NodeProto& source, std::size_t position) {
    OnnxNode result;
    result.op = printable(source.op_type());
    result.name = source.name().empty() ? fmt::format("{}_{}", result.op, position)
                                        : printable(source.name());
    if (source.domain() != "ai.onnx") result.domain = printable(source.domain());
    const std::string field = "node " + result.name;
    for (const std::string& name : source.input()) {
      if (!name.empty() && !defined_.contains(name)) {
        fail(field, printable(name),
             "reads a value that no initializer, input or earlier node gives (a missing input or a "
             "cycle)");
      }
      result.inputs.push_back(name);
    }
    for (const std::string& name : source.output()) {
      if (!name.empty()) define(name, field);
      result.outputs.push_back(name);
    }
    for (const onnx::AttributeProto& from : source.attribute())
      result.attributes[from.name()] = attribute(from);
    return result;
  }

  std::string file_;
  std::set<std::string> defined_;
};

}  // namespace

OnnxGraph read_onnx(const std::filesystem::path& path) {
  Reader reader(path.string());
  const Bytes content = read_file(path);
  if (content.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    reader.fail("size", fmt::format("{} bytes", content.size()), "must be below 2 GiB");
  onnx::ModelProto model;
  if (content.empty() || !model.ParseFromArray(content.data(), static_cast<int>(content.size())))
    reader.fail("", "", "is no ONNX model, or a truncated one");
  return reader.graph(model);
}

}  // namespace colcomb::interchange
