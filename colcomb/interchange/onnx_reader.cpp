#include "colcomb/interchange/onnx_reader.hpp"

#include <fmt/format.h>
#include <onnx/onnx_pb.h>

#include <limits>
#include <set>

#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/interchange/external_data.hpp"
#include "colcomb/interchange/onnx_checks.hpp"
#include "colcomb/interchange/onnx_tensor.hpp"

namespace colcomb::interchange {
namespace {

constexpr std::int64_t kLeastOpset = 6;
constexpr std::int64_t kMostOpset = 23;

/// The file's content in our structs; every error names the file.
class Reader {
 public:
  explicit Reader(const std::filesystem::path& path) : file_(path.string()), external_(path) {}

  OnnxGraph graph(const onnx::ModelProto& model) {
    OnnxGraph result;
    result.opset = opset(model);
    for (const onnx::StringStringEntryProto& entry : model.metadata_props())
      result.metadata[entry.key()] = entry.value();
    const onnx::GraphProto& source = model.graph();
    for (const onnx::TensorProto& initializer : source.initializer()) {
      define(initializer.name(), "initializer " + printable(initializer.name()));
      result.initializers[initializer.name()] = read_tensor(initializer, file_, external_);
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

  OnnxAttribute attribute(const onnx::AttributeProto& source) {
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
        return read_tensor(source.t(), file_, external_);
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
  ExternalData external_;
  std::set<std::string> defined_;
};

}  // namespace

std::string printable(const std::string& text) {
  std::string result = text;
  for (char& c : result) {
    if (c < ' ' || c > '~') c = '?';
  }
  return result;
}

OnnxGraph read_onnx(const std::filesystem::path& path) {
  Reader reader(path);
  const Bytes content = read_file(path);
  if (content.size() > static_cast<std::size_t>(std::numeric_limits<int>::max()))
    reader.fail("size", fmt::format("{} bytes", content.size()), "must be below 2 GiB");
  onnx::ModelProto model;
  if (content.empty() || !model.ParseFromArray(content.data(), static_cast<int>(content.size())))
    reader.fail("", "", "is no ONNX model, or a truncated one");
  OnnxGraph graph = reader.graph(model);
  check_nodes(model, graph);
  return graph;
}

}  // namespace colcomb::interchange
