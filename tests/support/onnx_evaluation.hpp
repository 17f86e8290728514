#pragma once

// Evaluates ONNX graphs plainly, by the operators' specification: what exported models are held
// against without ONNX Runtime. Float operators compute in doubles, integer ones exactly, with
// 32-bit results modulo 2^32. It throws on every operator, attribute, type and value that the
// models here have no need of.

#include <onnx/onnx_pb.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <functional>
#include <map>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>
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

class OnnxEvaluation {
 public:
  explicit OnnxEvaluation(const onnx::ModelProto& model) : graph_(model.graph()) {
    for (const auto& initializer : graph_.initializer()) {
      if (!constants_.emplace(initializer.name(), decode(initializer)).second)
        throw std::runtime_error("two constants named " + initializer.name());
    }
  }

  /// All of the graph's tensors for one input.
  std::map<std::string, OnnxTensor> run(const OnnxTensor& input) const {
    std::map<std::string, OnnxTensor> tensors = constants_;
    tensors[graph_.input(0).name()] = input;
    for (const auto& node : graph_.node()) {
      std::vector<const OnnxTensor*> inputs;
      for (const std::string& name : node.input()) inputs.push_back(&tensors.at(name));
      OnnxTensor result = evaluate(node, inputs);
      if (size_of(result.shape) != result.values.size())
        throw std::logic_error(node.name() + ": values do not fill the shape");
      if (!tensors.emplace(node.output(0), std::move(result)).second)
        throw std::runtime_error("two tensors named " + node.output(0));
    }
    return tensors;
  }

 private:
  using Inputs = std::vector<const OnnxTensor*>;
  using Index = std::vector<std::int64_t>;

  template <class T>
  static void read_raw(const onnx::TensorProto& proto, OnnxTensor& tensor) {
    const std::string& raw = proto.raw_data();
    for (std::size_t at = 0; at + sizeof(T) <= raw.size(); at += sizeof(T)) {
      T value;
      std::memcpy(&value, raw.data() + at, sizeof(T));
      tensor.values.push_back(static_cast<double>(value));
    }
  }

  static OnnxTensor decode(const onnx::TensorProto& proto) {
    OnnxTensor tensor{proto.data_type(), {proto.dims().begin(), proto.dims().end()}, {}};
    switch (proto.data_type()) {
      case onnx::TensorProto::UINT8:
        read_raw<std::uint8_t>(proto, tensor);
        break;
      case onnx::TensorProto::INT8:
        read_raw<std::int8_t>(proto, tensor);
        break;
      case onnx::TensorProto::INT32:
        read_raw<std::int32_t>(proto, tensor);
        break;
      case onnx::TensorProto::UINT32:
        read_raw<std::uint32_t>(proto, tensor);
        break;
      case onnx::TensorProto::INT64:
        read_raw<std::int64_t>(proto, tensor);
        break;
      case onnx::TensorProto::FLOAT:
        read_raw<float>(proto, tensor);
        break;
      default:
        throw std::runtime_error(proto.name() + ": element type not known");
    }
    return tensor;
  }

  static std::int64_t attribute(const onnx::NodeProto& node, const std::string& name,
                                std::int64_t otherwise) {
    for (const auto& a : node.attribute()) {
      if (a.name() == name) return a.i();
    }
    return otherwise;
  }
  static OnnxShape attributes(const onnx::NodeProto& node, const std::string& name) {
    for (const auto& a : node.attribute()) {
      if (a.name() == name) return {a.ints().begin(), a.ints().end()};
    }
    throw std::runtime_error(node.name() + ": no attribute " + name);
  }

  static std::size_t offset(const OnnxShape& shape, const Index& index) {
    std::size_t at = 0;
    for (std::size_t d = 0; d < shape.size(); ++d) {
      if (index[d] < 0 || index[d] >= shape[d]) throw std::out_of_range("outside the tensor");
      at = at * static_cast<std::size_t>(shape[d]) + static_cast<std::size_t>(index[d]);
    }
    return at;
  }

  /// A tensor of `shape` whose value at each index is value(index).
  static OnnxTensor fill(OnnxType type, const OnnxShape& shape,
                         const std::function<double(const Index&)>& value) {
    OnnxTensor result{type, shape, {}};
    const std::size_t size = size_of(shape);
    Index index(shape.size(), 0);
    for (std::size_t i = 0; i < size; ++i) {
      result.values.push_back(value(index));
      for (std::size_t d = shape.size(); d-- > 0;) {
        if (++index[d] < shape[d]) break;
        index[d] = 0;
      }
    }
    return result;
  }

  static double wrap(OnnxType type, double value) {
    if (type != onnx::TensorProto::INT32) return value;
    const auto bits = static_cast<std::uint32_t>(static_cast<std::int64_t>(value));
    return static_cast<double>(static_cast<std::int32_t>(bits));
  }

  static OnnxTensor elementwise(const OnnxTensor& a, const OnnxTensor& b,
                                const std::function<double(double, double)>& op) {
    if (a.type != b.type) throw std::runtime_error("operands of two types");
    OnnxShape shape(std::max(a.shape.size(), b.shape.size()), 1);
    for (const OnnxTensor* t : {&a, &b}) {
      const std::size_t skip = shape.size() - t->shape.size();
      for (std::size_t d = 0; d < t->shape.size(); ++d)
        shape[skip + d] = std::max(shape[skip + d], t->shape[d]);
    }
    const auto at = [](const OnnxTensor& t, const Index& index) {
      Index own(index.end() - static_cast<std::ptrdiff_t>(t.shape.size()), index.end());
      for (std::size_t d = 0; d < own.size(); ++d) {
        if (t.shape[d] == 1) own[d] = 0;
      }
      return t.values[offset(t.shape, own)];
    };
    return fill(a.type, shape,
                [&](const Index& index) { return wrap(a.type, op(at(a, index), at(b, index))); });
  }

  static OnnxTensor each(const OnnxTensor& a, OnnxType type,
                         const std::function<double(double)>& op) {
    OnnxTensor result{type, a.shape, {}};
    for (const double value : a.values) result.values.push_back(op(value));
    return result;
  }

  static OnnxTensor cast(const OnnxTensor& a, OnnxType type) {
    return each(a, type, [type](double value) {
      const bool fits = type == onnx::TensorProto::UINT8    ? value >= 0 && value <= 255
                        : type == onnx::TensorProto::UINT32 ? value >= 0 && value <= 4294967295.0
                        : type == onnx::TensorProto::INT32
                            ? value >= -2147483648.0 && value <= 2147483647.0
                            : true;
      if (!fits) throw std::runtime_error("Cast loses a value");
      return value;
    });
  }

  static OnnxTensor reshape(const OnnxTensor& a, OnnxShape shape) {
    for (std::size_t d = 0; d < shape.size(); ++d) {
      if (shape[d] == 0) shape[d] = a.shape.at(d);
    }
    return {a.type, shape, a.values};
  }

  static OnnxTensor transpose(const OnnxTensor& a, const OnnxShape& perm) {
    OnnxShape shape;
    for (const std::int64_t p : perm) shape.push_back(a.shape.at(static_cast<std::size_t>(p)));
    return fill(a.type, shape, [&](const Index& index) {
      Index source(index.size());
      for (std::size_t d = 0; d < index.size(); ++d)
        source[static_cast<std::size_t>(perm[d])] = index[d];
      return a.values[offset(a.shape, source)];
    });
  }

  static OnnxTensor pad(const OnnxTensor& a, const OnnxShape& pads, double value) {
    const std::size_t rank = a.shape.size();
    OnnxShape shape = a.shape;
    for (std::size_t d = 0; d < rank; ++d) shape[d] += pads.at(d) + pads.at(rank + d);
    return fill(a.type, shape, [&](Index index) {
      for (std::size_t d = 0; d < rank; ++d) {
        index[d] -= pads[d];
        if (index[d] < 0 || index[d] >= a.shape[d]) return value;
      }
      return a.values[offset(a.shape, index)];
    });
  }

  static OnnxTensor slice(const Inputs& in) {
    const OnnxTensor& a = *in[0];
    OnnxShape shape = a.shape;
    OnnxShape first(shape.size(), 0), step(shape.size(), 1);
    for (std::size_t k = 0; k < in.at(3)->values.size(); ++k) {
      const auto d = static_cast<std::size_t>(in[3]->integer(k));
      first[d] = in[1]->integer(k);
      step[d] = in.size() > 4 ? in[4]->integer(k) : 1;
      const std::int64_t end = std::min(in[2]->integer(k), a.shape[d]);
      if (first[d] < 0 || step[d] < 1) throw std::runtime_error("Slice from the end");
      shape[d] = std::max<std::int64_t>(0, (end - first[d] + step[d] - 1) / step[d]);
    }
    return fill(a.type, shape, [&](Index index) {
      for (std::size_t d = 0; d < index.size(); ++d) index[d] = first[d] + index[d] * step[d];
      return a.values[offset(a.shape, index)];
    });
  }

  static OnnxTensor concat(const Inputs& in, std::size_t axis) {
    OnnxShape shape = in[0]->shape;
    shape[axis] = 0;
    for (const OnnxTensor* part : in) shape[axis] += part->shape[axis];
    return fill(in[0]->type, shape, [&](Index index) {
      std::size_t p = 0;
      for (; index[axis] >= in[p]->shape[axis]; ++p) index[axis] -= in[p]->shape[axis];
      return in[p]->values[offset(in[p]->shape, index)];
    });
  }

  static OnnxTensor gather(const OnnxTensor& a, const OnnxTensor& places, std::size_t axis) {
    OnnxShape shape = a.shape;
    shape[axis] = static_cast<std::int64_t>(places.values.size());
    return fill(a.type, shape, [&](Index index) {
      index[axis] = places.integer(static_cast<std::size_t>(index[axis]));
      return a.values[offset(a.shape, index)];
    });
  }

  /// ... x K by K x N, less the zero points.
  static OnnxTensor matmul_integer(const Inputs& in) {
    const OnnxTensor &a = *in[0], &b = *in[1];
    if (a.shape.back() != b.shape.at(0)) throw std::runtime_error("MatMulInteger: shapes");
    const double a_zero = in.at(2)->values.at(0), b_zero = in.at(3)->values.at(0);
    OnnxShape shape = a.shape;
    shape.back() = b.shape.at(1);
    return fill(onnx::TensorProto::INT32, shape, [&](Index index) {
      const std::int64_t n = index.back();
      double sum = 0;
      for (std::int64_t k = 0; k < b.shape[0]; ++k) {
        index.back() = k;
        sum += (a.values[offset(a.shape, index)] - a_zero) *
               (b.values[offset(b.shape, {k, n})] - b_zero);
      }
      return wrap(onnx::TensorProto::INT32, sum);
    });
  }

  /// Over axes in the middle, kept with length 1.
  static OnnxTensor reduce_sum(const OnnxTensor& a, const OnnxShape& axes) {
    OnnxTensor result = a;
    for (const std::int64_t axis : axes) {
      OnnxShape shape = result.shape;
      const auto d = static_cast<std::size_t>(axis);
      shape[d] = 1;
      result = fill(a.type, shape, [&, d](Index index) {
        double sum = 0;
        for (index[d] = 0; index[d] < result.shape[d]; ++index[d])
          sum += result.values[offset(result.shape, index)];
        return sum;
      });
    }
    return result;
  }

  static OnnxTensor convolution(const onnx::NodeProto& node, const Inputs& in) {
    const OnnxTensor& w = *in[1];
    const OnnxShape pads = attributes(node, "pads"), strides = attributes(node, "strides");
    const OnnxTensor x =
        pad(*in[0], {0, 0, pads.at(0), pads.at(1), 0, 0, pads.at(2), pads.at(3)}, 0);
    const std::int64_t filters = w.shape[0], per_group = filters / attribute(node, "group", 1);
    const OnnxShape shape{x.shape[0], filters, (x.shape[2] - w.shape[2]) / strides[0] + 1,
                          (x.shape[3] - w.shape[3]) / strides[1] + 1};
    return fill(x.type, shape, [&](const Index& o) {
      double sum = in.size() > 2 ? in[2]->values.at(static_cast<std::size_t>(o[1])) : 0;
      for (std::int64_t c = 0; c < w.shape[1]; ++c) {
        for (std::int64_t i = 0; i < w.shape[2]; ++i) {
          for (std::int64_t j = 0; j < w.shape[3]; ++j) {
            const std::int64_t channel = o[1] / per_group * w.shape[1] + c;
            sum += w.values[offset(w.shape, {o[1], c, i, j})] *
                   x.values[offset(x.shape,
                                   {o[0], channel, o[2] * strides[0] + i, o[3] * strides[1] + j})];
          }
        }
      }
      return sum;
    });
  }

  static OnnxTensor gemm(const Inputs& in) {  // with transB
    return fill(in[0]->type, {in[0]->shape[0], in[1]->shape[0]}, [&](const Index& o) {
      double sum = in[2]->values.at(static_cast<std::size_t>(o[1]));
      for (std::int64_t k = 0; k < in[0]->shape[1]; ++k) {
        sum += in[0]->values[offset(in[0]->shape, {o[0], k})] *
               in[1]->values[offset(in[1]->shape, {o[1], k})];
      }
      return sum;
    });
  }

  static OnnxTensor evaluate(const onnx::NodeProto& node, const Inputs& in) {
    const std::string& op = node.op_type();
    const auto scalar = [&in](std::size_t i) { return in.at(i)->values.at(0); };
    if (op == "Add") return elementwise(*in[0], *in[1], std::plus<>());
    if (op == "Mul") return elementwise(*in[0], *in[1], std::multiplies<>());
    if (op == "Min")
      return elementwise(*in[0], *in[1], [](double a, double b) { return std::min(a, b); });
    if (op == "Div")
      return elementwise(*in[0], *in[1], [](double a, double b) { return std::trunc(a / b); });
    if (op == "BitShift") {
      if (in[0]->type != onnx::TensorProto::UINT32) throw std::runtime_error("BitShift: type");
      return elementwise(*in[0], *in[1],
                         [](double a, double b) { return std::floor(std::ldexp(a, -int(b))); });
    }
    if (op == "Clip") {
      return each(*in[0], in[0]->type,
                  [&](double a) { return std::min(std::max(a, scalar(1)), scalar(2)); });
    }
    if (op == "Cast") return cast(*in[0], static_cast<OnnxType>(attribute(node, "to", 0)));
    if (op == "Reshape") return reshape(*in[0], in[1]->integers());
    if (op == "Transpose") return transpose(*in[0], attributes(node, "perm"));
    if (op == "Pad") return pad(*in[0], in[1]->integers(), scalar(2));
    if (op == "Slice") return slice(in);
    if (op == "Concat") return concat(in, static_cast<std::size_t>(attribute(node, "axis", -1)));
    if (op == "Gather")
      return gather(*in[0], *in[1], static_cast<std::size_t>(attribute(node, "axis", 0)));
    if (op == "MatMulInteger") return matmul_integer(in);
    if (op == "ReduceSum") return reduce_sum(*in[0], in[1]->integers());
    if (op == "DequantizeLinear") {
      return each(*in[0], onnx::TensorProto::FLOAT,
                  [&](double a) { return (a - scalar(2)) * scalar(1); });
    }
    if (op == "QuantizeLinear") {  // the default rounding mode is half to even
      return each(*in[0], in[2]->type, [&](double a) {
        return std::min(std::max(std::nearbyint(a / scalar(1)) + scalar(2), 0.0), 255.0);
      });
    }
    if (op == "Conv") return convolution(node, in);
    if (op == "GlobalAveragePool") {
      const OnnxTensor sum = reduce_sum(*in[0], {2, 3});
      const auto pixels = static_cast<double>(in[0]->shape[2] * in[0]->shape[3]);
      return each(sum, sum.type, [pixels](double a) { return a / pixels; });
    }
    if (op == "Flatten")
      return reshape(*in[0],
                     {0, static_cast<std::int64_t>(in[0]->values.size()) / in[0]->shape[0]});
    if (op == "Gemm" && attribute(node, "transB", 0) == 1) return gemm(in);
    throw std::runtime_error(node.name() + ": operator " + op + " is not known");
  }

  const onnx::GraphProto& graph_;
  std::map<std::string, OnnxTensor> constants_;
};

}  // namespace colcomb::tests
