#pragma once

// Evaluates ONNX graphs plainly, by the operators' specification: what exported and imported models
// are held against without ONNX Runtime. Float operators compute in doubles, integer ones exactly,
// with 32-bit results modulo 2^32. It throws on every operator, type and value that the models here
// have no need of.

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <numeric>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/onnx_functions.hpp"
#include "tests/support/onnx_tensor_value.hpp"

namespace colcomb::tests {

class OnnxEvaluation {
 public:
  explicit OnnxEvaluation(const onnx::ModelProto& model) : graph_(model.graph()) {
    for (const auto& initializer : graph_.initializer()) {
      if (!constants_.emplace(initializer.name(), decoded(initializer)).second)
        throw std::runtime_error("two constants named " + initializer.name());
    }
  }

  /// All of the graph's tensors for one input.
  std::map<std::string, OnnxTensor> run(const OnnxTensor& input) const {
    std::map<std::string, OnnxTensor> tensors = constants_;
    tensors[graph_.input(0).name()] = input;
    for (const auto& node : graph_.node()) {
      std::vector<const OnnxTensor*> inputs;
      for (const std::string& name : node.input())
        inputs.push_back(name.empty() ? nullptr : &tensors.at(name));
      OnnxTensor result = is_end(node) ? *inputs.at(0) : evaluate(node, inputs);
      if (size_of(result.shape) != result.values.size())
        throw std::logic_error(node.name() + ": values do not fill the shape");
      if (!tensors.emplace(node.output(0), std::move(result)).second)
        throw std::runtime_error("two tensors named " + node.output(0));
    }
    return tensors;
  }

  /// The first output for one image, given in the order of the input's dimensions.
  std::vector<double> run_image(const std::vector<double>& image) const {
    OnnxTensor input{onnx::TensorProto::FLOAT, {}, image};
    for (const auto& dim : graph_.input(0).type().tensor_type().shape().dim())
      input.shape.push_back(dim.dim_value());
    return run(input).at(graph_.output(0).name()).values;
  }

 private:
  using Inputs = std::vector<const OnnxTensor*>;

  /// A Sigmoid behind the scores keeps the order of the classes; the tests compare what it reads.
  [[nodiscard]] bool is_end(const onnx::NodeProto& node) const {
    if (node.op_type() != "Sigmoid") return false;
    return std::none_of(graph_.node().begin(), graph_.node().end(), [&](const auto& reader) {
      return std::find(reader.input().begin(), reader.input().end(), node.output(0)) !=
             reader.input().end();
    });
  }
  using Index = std::vector<std::int64_t>;

  static const onnx::AttributeProto* find(const onnx::NodeProto& node, const std::string& name) {
    for (const auto& a : node.attribute()) {
      if (a.name() == name) return &a;
    }
    return nullptr;
  }
  static std::int64_t attribute(const onnx::NodeProto& node, const std::string& name,
                                std::int64_t otherwise) {
    const auto* const found = find(node, name);
    return found == nullptr ? otherwise : found->i();
  }
  static double real(const onnx::NodeProto& node, const std::string& name, double otherwise) {
    const auto* const found = find(node, name);
    return found == nullptr ? otherwise : static_cast<double>(found->f());
  }
  static OnnxShape attributes(const onnx::NodeProto& node, const std::string& name,
                              const OnnxShape& otherwise) {
    const auto* const found = find(node, name);
    return found == nullptr ? otherwise : OnnxShape(found->ints().begin(), found->ints().end());
  }
  static bool has(const Inputs& in, std::size_t i) { return i < in.size() && in[i] != nullptr; }
  /// Axes that an input gives, or an attribute in older operator sets, counted from the front.
  static OnnxShape axes_of(const onnx::NodeProto& node, const Inputs& in, std::size_t rank) {
    OnnxShape axes = has(in, 1) ? in[1]->integers() : attributes(node, "axes", {});
    for (std::int64_t& axis : axes) axis += axis < 0 ? static_cast<std::int64_t>(rank) : 0;
    return axes;
  }

  static std::size_t offset(const OnnxShape& shape, const Index& index) {
    std::size_t at = 0;
    for (std::size_t d = 0; d < shape.size(); ++d) {
      if (index[d] < 0 || index[d] >= shape[d]) throw std::out_of_range("outside the tensor");
      at = at * static_cast<std::size_t>(shape[d]) + static_cast<std::size_t>(index[d]);
    }
    return at;
  }

  /// Of a tensor of four dimensions.
  static double at(const OnnxTensor& t, std::int64_t i, std::int64_t j, std::int64_t k,
                   std::int64_t l) {
    const OnnxShape& s = t.shape;
    return t.values[static_cast<std::size_t>(((i * s[1] + j) * s[2] + k) * s[3] + l)];
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
    std::int64_t known = 1;
    for (std::size_t d = 0; d < shape.size(); ++d) {
      if (shape[d] == 0) shape[d] = a.shape.at(d);
      if (shape[d] != -1) known *= shape[d];
    }
    for (std::int64_t& side : shape) {
      if (side == -1) side = static_cast<std::int64_t>(a.values.size()) / known;
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
    if (places.shape.empty()) {  // one index: the axis goes
      shape.erase(shape.begin() + static_cast<std::ptrdiff_t>(axis));
      return fill(a.type, shape, [&](Index index) {
        index.insert(index.begin() + static_cast<std::ptrdiff_t>(axis), places.integer(0));
        return a.values[offset(a.shape, index)];
      });
    }
    if (a.shape.size() == 1) {  // a look-up
      OnnxTensor found{a.type, places.shape, {}};
      for (std::size_t i = 0; i < places.values.size(); ++i)
        found.values.push_back(a.values.at(static_cast<std::size_t>(places.integer(i))));
      return found;
    }
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

  /// Where the windows of a convolution or a pooling lie on the two spatial sides.
  struct Windows {
    OnnxShape kernel, strides, dilations;
    OnnxShape begin{0, 0}, out{0, 0};  // padding before the map, output sides

    Windows(const onnx::NodeProto& node, const OnnxTensor& x, OnnxShape window)
        : kernel(std::move(window)),
          strides(attributes(node, "strides", {1, 1})),
          dilations(attributes(node, "dilations", {1, 1})) {
      const OnnxShape pads = attributes(node, "pads", {0, 0, 0, 0});
      const auto* const mode = find(node, "auto_pad");
      const std::string automatic = mode == nullptr ? "NOTSET" : mode->s();
      for (std::size_t a = 0; a < 2; ++a) {
        const std::int64_t size = x.shape.at(a + 2);
        const std::int64_t extent = (kernel.at(a) - 1) * dilations.at(a) + 1;
        if (automatic == "SAME_UPPER" || automatic == "SAME_LOWER") {
          out[a] = (size + strides.at(a) - 1) / strides[a];
          const std::int64_t total =
              std::max<std::int64_t>(0, (out[a] - 1) * strides[a] + extent - size);
          begin[a] = automatic == "SAME_UPPER" ? total / 2 : total - total / 2;
          continue;
        }
        const bool valid = automatic == "VALID";
        begin[a] = valid ? 0 : pads.at(a);
        const std::int64_t slack = size + begin[a] + (valid ? 0 : pads.at(a + 2)) - extent;
        out[a] = slack / strides.at(a) + 1;
        if (attribute(node, "ceil_mode", 0) != 0) {
          out[a] = (slack + strides[a] - 1) / strides[a] + 1;
          if ((out[a] - 1) * strides[a] >= size + begin[a]) --out[a];
        }
      }
    }

    /// Calls see(y, x, ky, kx) for each pixel (y, x) of the map in the window of output (oy, ox).
    template <class See>
    void each_tap(const OnnxTensor& x, std::int64_t oy, std::int64_t ox, const See& see) const {
      for (std::int64_t ky = 0; ky < kernel[0]; ++ky) {
        for (std::int64_t kx = 0; kx < kernel[1]; ++kx) {
          const std::int64_t iy = oy * strides[0] - begin[0] + ky * dilations[0];
          const std::int64_t ix = ox * strides[1] - begin[1] + kx * dilations[1];
          if (iy >= 0 && ix >= 0 && iy < x.shape[2] && ix < x.shape[3]) see(iy, ix, ky, kx);
        }
      }
    }
  };

  static OnnxTensor convolution(const onnx::NodeProto& node, const Inputs& in) {
    const OnnxTensor &x = *in[0], &w = *in[1];
    const Windows windows(node, x, {w.shape.at(2), w.shape.at(3)});
    const std::int64_t filters = w.shape[0], per_group = filters / attribute(node, "group", 1);
    return fill(x.type, {x.shape[0], filters, windows.out[0], windows.out[1]}, [&](const Index& o) {
      double sum = has(in, 2) ? in[2]->values.at(static_cast<std::size_t>(o[1])) : 0;
      for (std::int64_t c = 0; c < w.shape[1]; ++c) {
        const std::int64_t channel = o[1] / per_group * w.shape[1] + c;
        windows.each_tap(x, o[2], o[3], [&](auto iy, auto ix, auto ky, auto kx) {
          sum += at(w, o[1], c, ky, kx) * at(x, o[0], channel, iy, ix);
        });
      }
      return sum;
    });
  }

  static OnnxTensor pooling(const onnx::NodeProto& node, const OnnxTensor& x, bool maximum) {
    const Windows windows(node, x, attributes(node, "kernel_shape", {}));
    const bool counts_padding = attribute(node, "count_include_pad", 0) != 0;
    return fill(x.type, {x.shape[0], x.shape[1], windows.out[0], windows.out[1]},
                [&](const Index& o) {
                  double most = -std::numeric_limits<double>::infinity();
                  double sum = 0, count = 0;
                  windows.each_tap(x, o[2], o[3], [&](auto iy, auto ix, auto, auto) {
                    const double value = at(x, o[0], o[1], iy, ix);
                    most = std::max(most, value);
                    sum += value;
                    ++count;
                  });
                  if (counts_padding) count = double(windows.kernel[0] * windows.kernel[1]);
                  return maximum ? most : sum / count;
                });
  }

  static OnnxTensor global_maximum(const OnnxTensor& x) {
    return fill(x.type, {x.shape[0], x.shape[1], 1, 1}, [&](Index o) {
      double most = -std::numeric_limits<double>::infinity();
      for (o[2] = 0; o[2] < x.shape[2]; ++o[2]) {
        for (o[3] = 0; o[3] < x.shape[3]; ++o[3])
          most = std::max(most, x.values[offset(x.shape, o)]);
      }
      return most;
    });
  }

  static OnnxTensor reduce_mean(const OnnxTensor& a, const OnnxShape& axes, bool keep) {
    OnnxTensor result = reduce_sum(a, axes);
    const auto count = static_cast<double>(a.values.size() / result.values.size());
    for (double& value : result.values) value /= count;
    return keep ? result : squeezed(result, axes);
  }

  static OnnxTensor squeezed(OnnxTensor a, OnnxShape axes) {
    std::sort(axes.begin(), axes.end());
    for (std::size_t k = axes.size(); k-- > 0;) a.shape.erase(a.shape.begin() + axes[k]);
    return a;
  }

  static OnnxTensor unsqueezed(OnnxTensor a, OnnxShape axes) {
    std::sort(axes.begin(), axes.end());
    for (const std::int64_t axis : axes) a.shape.insert(a.shape.begin() + axis, 1);
    return a;
  }

  /// B x K by K x N, or by N x K if `transposed`.
  static OnnxTensor product(const OnnxTensor& a, const OnnxTensor& b, bool transposed) {
    return fill(a.type, {a.shape.at(0), b.shape.at(transposed ? 0 : 1)}, [&](const Index& o) {
      double sum = 0;
      for (std::int64_t k = 0; k < a.shape.at(1); ++k) {
        const std::int64_t at_b = transposed ? o[1] * b.shape[1] + k : k * b.shape[1] + o[1];
        sum += a.values[static_cast<std::size_t>(o[0] * a.shape[1] + k)] *
               b.values.at(static_cast<std::size_t>(at_b));
      }
      return sum;
    });
  }

  static OnnxTensor gemm(const onnx::NodeProto& node, const Inputs& in) {
    if (attribute(node, "transA", 0) != 0) throw std::runtime_error("Gemm with transA");
    const double alpha = real(node, "alpha", 1), beta = real(node, "beta", 1);
    const OnnxTensor ab = each(product(*in[0], *in[1], attribute(node, "transB", 0) != 0),
                               in[0]->type, [alpha](double v) { return alpha * v; });
    if (!has(in, 2)) return ab;
    return elementwise(ab, *in[2], [beta](double u, double v) { return u + beta * v; });
  }

  static OnnxTensor batch_norm(const onnx::NodeProto& node, const Inputs& in) {
    const double epsilon = real(node, "epsilon", 1e-5);
    return fill(in[0]->type, in[0]->shape, [&](const Index& index) {
      const auto c = static_cast<std::size_t>(index.at(1));
      return (in[0]->values[offset(in[0]->shape, index)] - in.at(3)->values[c]) /
                 std::sqrt(in.at(4)->values[c] + epsilon) * in[1]->values[c] +
             in[2]->values[c];
    });
  }

  static OnnxTensor evaluate(const onnx::NodeProto& node, const Inputs& in) {
    const std::string& op = node.op_type();
    const auto scalar = [&in](std::size_t i) { return in.at(i)->values.at(0); };
    if (const auto function = onnx_function(node); function)
      return each(*in[0], in[0]->type, function);
    if (const auto function = onnx_binary_function(op); function) {
      OnnxTensor result = *in[0];
      for (std::size_t i = 1; i < in.size(); ++i) result = elementwise(result, *in[i], function);
      return result;
    }
    if (op == "Div") {
      const bool real_numbers = in[0]->type == onnx::TensorProto::FLOAT;
      return elementwise(*in[0], *in[1], [real_numbers](double a, double b) {
        return real_numbers ? a / b : std::trunc(a / b);
      });
    }
    if (op == "BitShift") {
      if (in[0]->type != onnx::TensorProto::UINT32) throw std::runtime_error("BitShift: type");
      return elementwise(*in[0], *in[1],
                         [](double a, double b) { return std::floor(std::ldexp(a, -int(b))); });
    }
    if (op == "Clip") {
      constexpr double kInfinity = std::numeric_limits<double>::infinity();
      const double least = has(in, 1) ? scalar(1) : -kInfinity;
      const double most = has(in, 2) ? scalar(2) : kInfinity;
      return each(*in[0], in[0]->type,
                  [&](double a) { return std::min(std::max(a, least), most); });
    }
    if (op == "Cast") return cast(*in[0], static_cast<OnnxType>(attribute(node, "to", 0)));
    if (op == "Reshape") return reshape(*in[0], in[1]->integers());
    if (op == "Transpose") return transpose(*in[0], attributes(node, "perm", {}));
    if (op == "Pad") return pad(*in[0], in[1]->integers(), has(in, 2) ? scalar(2) : 0);
    if (op == "Squeeze") return squeezed(*in[0], axes_of(node, in, in[0]->shape.size()));
    if (op == "Unsqueeze") return unsqueezed(*in[0], axes_of(node, in, in[0]->shape.size() + 1));
    if (op == "Shape") {
      const OnnxShape& shape = in[0]->shape;
      return {onnx::TensorProto::INT64,
              {static_cast<std::int64_t>(shape.size())},
              {shape.begin(), shape.end()}};
    }
    if (op == "Constant") return decoded(find(node, "value")->t());
    // Softmax keeps the order of the classes; the tests compare what it reads.
    if (op == "Identity" || op == "Dropout" || op == "Softmax" || op == "LogSoftmax" ||
        op == "ArgMax")
      return *in[0];
    if (op == "Greater") {
      OnnxTensor yes =
          elementwise(*in[0], *in[1], [](double a, double b) { return a > b ? 1.0 : 0.0; });
      yes.type = onnx::TensorProto::BOOL;
      return yes;
    }
    if (op == "ConstantOfShape")
      return fill(onnx::TensorProto::FLOAT, in[0]->integers(), [](const Index&) { return 0.0; });
    if (op == "GlobalMaxPool") return global_maximum(*in[0]);
    if (op == "Slice") return slice(in);
    if (op == "Concat") {
      const auto axis = attribute(node, "axis", -1);
      const auto rank = static_cast<std::int64_t>(in[0]->shape.size());
      return concat(in, static_cast<std::size_t>(axis < 0 ? axis + rank : axis));
    }
    if (op == "Gather")
      return gather(*in[0], *in[1], static_cast<std::size_t>(attribute(node, "axis", 0)));
    if (op == "MatMulInteger") return matmul_integer(in);
    if (op == "ReduceSum") return reduce_sum(*in[0], in[1]->integers());
    if (op == "DequantizeLinear" && in[1]->values.size() > 1) {
      OnnxTensor values = *in[0], steps = *in[1], zeros = *in[2];
      values.type = zeros.type = onnx::TensorProto::FLOAT;
      steps.shape.resize(1);
      if (attribute(node, "axis", 1) != 0 || steps.values.size() != zeros.values.size())
        throw std::runtime_error("DequantizeLinear: axis");
      steps.shape.resize(values.shape.size(), 1);  // along the first axis
      zeros.shape = steps.shape;
      values = elementwise(values, zeros, [](double a, double b) { return a - b; });
      return elementwise(values, steps, [](double a, double b) { return a * b; });
    }
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
    if (op == "MaxPool") return pooling(node, *in[0], true);
    if (op == "AveragePool") return pooling(node, *in[0], false);
    if (op == "GlobalAveragePool") return reduce_mean(*in[0], {2, 3}, true);
    if (op == "ReduceMean")
      return reduce_mean(*in[0], axes_of(node, in, 4), attribute(node, "keepdims", 1) != 0);
    if (op == "BatchNormalization") return batch_norm(node, in);
    if (op == "MatMul") return product(*in[0], *in[1], false);
    if (op == "Flatten")
      return reshape(*in[0],
                     {0, static_cast<std::int64_t>(in[0]->values.size()) / in[0]->shape[0]});
    if (op == "Gemm") return gemm(node, in);
    throw std::runtime_error(node.name() + ": operator " + op + " is not known");
  }

  const onnx::GraphProto& graph_;
  std::map<std::string, OnnxTensor> constants_;
};

}  // namespace colcomb::tests
