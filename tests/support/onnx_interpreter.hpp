#pragma once

#include <onnx/onnx_pb.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

namespace colcomb::tests {

/// What a model gives, straight from ONNX's definitions of its operators, in doubles, one image at
/// a time and without any thought of speed. Only what test models are made of.
class OnnxInterpreter {
 public:
  struct Array {
    std::vector<std::int64_t> dims;
    std::vector<double> values;
  };

  explicit OnnxInterpreter(const onnx::ModelProto& model) : model_(model) {}

  /// image: normalized, in the order of the input's dimensions.
  std::vector<double> run(const std::vector<double>& image) {
    const auto& graph = model_.graph();
    values_.clear();
    for (const auto& initializer : graph.initializer())
      values_[initializer.name()] = read(initializer);
    Array input{{}, image};
    for (const auto& dim : graph.input(0).type().tensor_type().shape().dim())
      input.dims.push_back(dim.dim_value());
    values_[graph.input(0).name()] = input;
    for (const auto& node : graph.node()) values_[node.output(0)] = apply(node);
    return values_.at(graph.output(0).name()).values;
  }

 private:
  using Ints = std::vector<std::int64_t>;

  static Array read(const onnx::TensorProto& tensor) {
    Array array;
    array.dims.assign(tensor.dims().begin(), tensor.dims().end());
    if (tensor.has_raw_data()) {
      std::vector<float> floats(tensor.raw_data().size() / sizeof(float));
      std::memcpy(floats.data(), tensor.raw_data().data(), tensor.raw_data().size());
      array.values.assign(floats.begin(), floats.end());
    } else if (tensor.data_type() == onnx::TensorProto::INT64) {
      array.values.assign(tensor.int64_data().begin(), tensor.int64_data().end());
    } else {
      array.values.assign(tensor.float_data().begin(), tensor.float_data().end());
    }
    return array;
  }

  static const onnx::AttributeProto* find(const onnx::NodeProto& node, const std::string& name) {
    for (const auto& attribute : node.attribute()) {
      if (attribute.name() == name) return &attribute;
    }
    return nullptr;
  }
  static std::int64_t integer(const onnx::NodeProto& node, const char* name,
                              std::int64_t otherwise) {
    const auto* const found = find(node, name);
    return found == nullptr ? otherwise : found->i();
  }
  static double real(const onnx::NodeProto& node, const char* name, double otherwise) {
    const auto* const found = find(node, name);
    return found == nullptr ? otherwise : static_cast<double>(found->f());
  }
  static Ints list(const onnx::NodeProto& node, const char* name, Ints otherwise) {
    const auto* const found = find(node, name);
    return found == nullptr ? otherwise : Ints(found->ints().begin(), found->ints().end());
  }

  const Array& in(const onnx::NodeProto& node, int i) const { return values_.at(node.input(i)); }
  static bool has(const onnx::NodeProto& node, int i) {
    return i < node.input_size() && !node.input(i).empty();
  }

  struct Windows {
    Ints begin, out;  // padding before the map, output extents
  };
  /// The rules of Conv and the poolings for the two spatial sides.
  static Windows windows(const onnx::NodeProto& node, const Array& x, const Ints& kernel) {
    const Ints strides = list(node, "strides", {1, 1});
    const Ints dilations = list(node, "dilations", {1, 1});
    const Ints pads = list(node, "pads", {0, 0, 0, 0});
    const auto* const mode = find(node, "auto_pad");
    const std::string automatic = mode == nullptr ? "NOTSET" : mode->s();
    Windows w{{0, 0}, {0, 0}};
    for (std::size_t a = 0; a < 2; ++a) {
      const std::int64_t size = x.dims[a + 2];
      const std::int64_t extent = (kernel[a] - 1) * dilations[a] + 1;
      if (automatic == "SAME_UPPER" || automatic == "SAME_LOWER") {
        w.out[a] = (size + strides[a] - 1) / strides[a];
        const std::int64_t total =
            std::max<std::int64_t>(0, (w.out[a] - 1) * strides[a] + extent - size);
        w.begin[a] = automatic == "SAME_UPPER" ? total / 2 : total - total / 2;
        continue;
      }
      const bool valid = automatic == "VALID";
      w.begin[a] = valid ? 0 : pads[a];
      const std::int64_t slack = size + w.begin[a] + (valid ? 0 : pads[a + 2]) - extent;
      w.out[a] = slack / strides[a] + 1;
      if (integer(node, "ceil_mode", 0) != 0) {
        w.out[a] = (slack + strides[a] - 1) / strides[a] + 1;
        if ((w.out[a] - 1) * strides[a] >= size + w.begin[a]) --w.out[a];
      }
    }
    return w;
  }

  /// Calls see(y, x) for each pixel of the map in the window of output (oy, ox), with its tap.
  template <class See>
  static void each_tap(const onnx::NodeProto& node, const Array& x, const Ints& kernel,
                       const Windows& w, std::int64_t oy, std::int64_t ox, const See& see) {
    const Ints strides = list(node, "strides", {1, 1});
    const Ints dilations = list(node, "dilations", {1, 1});
    for (std::int64_t ky = 0; ky < kernel[0]; ++ky) {
      for (std::int64_t kx = 0; kx < kernel[1]; ++kx) {
        const std::int64_t iy = oy * strides[0] - w.begin[0] + ky * dilations[0];
        const std::int64_t ix = ox * strides[1] - w.begin[1] + kx * dilations[1];
        if (iy >= 0 && ix >= 0 && iy < x.dims[2] && ix < x.dims[3]) see(iy, ix, ky, kx);
      }
    }
  }

  static double at(const Array& x, std::int64_t c, std::int64_t y, std::int64_t column) {
    return x.values[static_cast<std::size_t>((c * x.dims[2] + y) * x.dims[3] + column)];
  }

  Array convolution(const onnx::NodeProto& node) const {
    const Array& x = in(node, 0);
    const Array& f = in(node, 1);
    const Ints kernel = {f.dims[2], f.dims[3]};
    const Windows w = windows(node, x, kernel);
    const std::int64_t per_group = f.dims[0] / integer(node, "group", 1);
    Array y{{1, f.dims[0], w.out[0], w.out[1]}, {}};
    for (std::int64_t n = 0; n < f.dims[0]; ++n) {
      for (std::int64_t oy = 0; oy < w.out[0]; ++oy) {
        for (std::int64_t ox = 0; ox < w.out[1]; ++ox) {
          double sum = has(node, 2) ? in(node, 2).values[static_cast<std::size_t>(n)] : 0;
          for (std::int64_t c = 0; c < f.dims[1]; ++c) {
            each_tap(node, x, kernel, w, oy, ox,
                     [&](std::int64_t iy, std::int64_t ix, std::int64_t ky, std::int64_t kx) {
                       const auto tap = ((n * f.dims[1] + c) * kernel[0] + ky) * kernel[1] + kx;
                       sum += f.values[static_cast<std::size_t>(tap)] *
                              at(x, n / per_group * f.dims[1] + c, iy, ix);
                     });
          }
          y.values.push_back(sum);
        }
      }
    }
    return y;
  }

  Array pooling(const onnx::NodeProto& node, bool maximum) const {
    const Array& x = in(node, 0);
    const Ints kernel = list(node, "kernel_shape", {});
    const Windows w = windows(node, x, kernel);
    Array y{{1, x.dims[1], w.out[0], w.out[1]}, {}};
    for (std::int64_t c = 0; c < x.dims[1]; ++c) {
      for (std::int64_t oy = 0; oy < w.out[0]; ++oy) {
        for (std::int64_t ox = 0; ox < w.out[1]; ++ox) {
          double most = -std::numeric_limits<double>::infinity();
          double sum = 0;
          double count = 0;
          each_tap(node, x, kernel, w, oy, ox,
                   [&](std::int64_t iy, std::int64_t ix, std::int64_t, std::int64_t) {
                     most = std::max(most, at(x, c, iy, ix));
                     sum += at(x, c, iy, ix);
                     ++count;
                   });
          if (integer(node, "count_include_pad", 0) != 0)
            count = static_cast<double>(kernel[0] * kernel[1]);
          y.values.push_back(maximum ? most : sum / count);
        }
      }
    }
    return y;
  }

  static Array mean_over_map(const Array& x, bool keep) {
    Array y{{1, x.dims[1]}, {}};
    if (keep) y.dims.insert(y.dims.end(), {1, 1});
    for (std::int64_t c = 0; c < x.dims[1]; ++c) {
      double sum = 0;
      for (std::int64_t p = 0; p < x.dims[2] * x.dims[3]; ++p)
        sum += x.values[static_cast<std::size_t>(c * x.dims[2] * x.dims[3] + p)];
      y.values.push_back(sum / static_cast<double>(x.dims[2] * x.dims[3]));
    }
    return y;
  }

  /// numpy's broadcasting of two arrays.
  template <class Operation>
  static Array broadcast(const Array& a, const Array& b, const Operation& operation) {
    const std::size_t rank = std::max(a.dims.size(), b.dims.size());
    const auto extent = [rank](const Array& array, std::size_t i) {
      const std::size_t missing = rank - array.dims.size();
      return i < missing ? 1 : array.dims[i - missing];
    };
    Array y;
    std::size_t count = 1;
    for (std::size_t i = 0; i < rank; ++i) {
      y.dims.push_back(std::max(extent(a, i), extent(b, i)));
      count *= static_cast<std::size_t>(y.dims.back());
    }
    for (std::size_t k = 0; k < count; ++k) {
      std::size_t rest = k, from_a = 0, from_b = 0, step_a = 1, step_b = 1;
      for (std::size_t i = rank; i-- > 0;) {
        const std::size_t index = rest % static_cast<std::size_t>(y.dims[i]);
        rest /= static_cast<std::size_t>(y.dims[i]);
        const auto size_a = static_cast<std::size_t>(extent(a, i));
        const auto size_b = static_cast<std::size_t>(extent(b, i));
        from_a += (size_a == 1 ? 0 : index) * step_a;
        from_b += (size_b == 1 ? 0 : index) * step_b;
        step_a *= size_a;
        step_b *= size_b;
      }
      y.values.push_back(operation(a.values[from_a], b.values[from_b]));
    }
    return y;
  }

  Array gemm(const onnx::NodeProto& node) const {
    const Array& a = in(node, 0);
    const Array& b = in(node, 1);
    const bool transposed = integer(node, "transB", 0) != 0;
    const auto rows = static_cast<std::size_t>(transposed ? b.dims[0] : b.dims[1]);
    Array y{{1, static_cast<std::int64_t>(rows)}, {}};
    for (std::size_t n = 0; n < rows; ++n) {
      double sum = 0;
      for (std::size_t m = 0; m < a.values.size(); ++m)
        sum += a.values[m] * b.values[transposed ? n * a.values.size() + m : m * rows + n];
      y.values.push_back(real(node, "alpha", 1) * sum);
    }
    if (!has(node, 2)) return y;
    const double beta = real(node, "beta", 1);
    return broadcast(y, in(node, 2), [beta](double u, double v) { return u + beta * v; });
  }

  Array batch_norm(const onnx::NodeProto& node) const {
    Array y = in(node, 0);
    const std::size_t pixels = y.values.size() / static_cast<std::size_t>(y.dims[1]);
    for (std::size_t i = 0; i < y.values.size(); ++i) {
      const std::size_t c = i / pixels;
      y.values[i] = (y.values[i] - in(node, 3).values[c]) /
                        std::sqrt(in(node, 4).values[c] + real(node, "epsilon", 1e-5)) *
                        in(node, 1).values[c] +
                    in(node, 2).values[c];
    }
    return y;
  }

  Array pad(const onnx::NodeProto& node) const {
    const Array& x = in(node, 0);
    const std::vector<double>& pads = in(node, 1).values;
    const auto of = [&](std::size_t i) { return static_cast<std::int64_t>(pads[i]); };
    Array y{{1, x.dims[1], x.dims[2] + of(2) + of(6), x.dims[3] + of(3) + of(7)}, {}};
    for (std::int64_t c = 0; c < y.dims[1]; ++c) {
      for (std::int64_t r = -of(2); r < x.dims[2] + of(6); ++r) {
        for (std::int64_t q = -of(3); q < x.dims[3] + of(7); ++q) {
          const bool inside = r >= 0 && q >= 0 && r < x.dims[2] && q < x.dims[3];
          y.values.push_back(inside ? at(x, c, r, q) : 0);
        }
      }
    }
    return y;
  }

  Array reshaped(const onnx::NodeProto& node) const {
    Array y = in(node, 0);
    const Ints before = y.dims;
    y.dims.clear();
    std::int64_t known = 1;
    for (const double wanted : in(node, 1).values) {
      y.dims.push_back(wanted == 0 ? before[y.dims.size()] : static_cast<std::int64_t>(wanted));
      if (wanted != -1) known *= y.dims.back();
    }
    for (std::int64_t& extent : y.dims) {
      if (extent == -1) extent = static_cast<std::int64_t>(y.values.size()) / known;
    }
    return y;
  }

  static Array constant(const onnx::NodeProto& node) {
    const auto* const value = find(node, "value");
    if (value == nullptr) throw std::logic_error("a Constant without value");
    return read(value->t());
  }

  Array apply(const onnx::NodeProto& node) const {
    const std::string& op = node.op_type();
    if (op == "Constant") return constant(node);
    if (op == "Conv") return convolution(node);
    if (op == "MaxPool") return pooling(node, true);
    if (op == "AveragePool") return pooling(node, false);
    if (op == "GlobalAveragePool") return mean_over_map(in(node, 0), true);
    if (op == "ReduceMean") return mean_over_map(in(node, 0), integer(node, "keepdims", 1) != 0);
    if (op == "Gemm" || op == "MatMul") return gemm(node);
    if (op == "BatchNormalization") return batch_norm(node);
    if (op == "Pad") return pad(node);
    if (op == "Reshape") return reshaped(node);
    if (op == "Add") return broadcast(in(node, 0), in(node, 1), std::plus<>());
    if (op == "Sub") return broadcast(in(node, 0), in(node, 1), std::minus<>());
    if (op == "Mul") return broadcast(in(node, 0), in(node, 1), std::multiplies<>());
    if (op == "Div") return broadcast(in(node, 0), in(node, 1), std::divides<>());
    Array y = in(node, 0);
    if (op == "Relu" || op == "Clip") {
      const double most = has(node, 2) ? in(node, 2).values[0] : std::numeric_limits<double>::max();
      for (double& value : y.values) value = std::clamp(value, 0.0, most);
      return y;
    }
    if (op == "Flatten" || op == "Squeeze") {
      y.dims = {1, static_cast<std::int64_t>(y.values.size())};
      return y;
    }
    if (op == "Cast" || op == "Identity" || op == "Dropout" || op == "Unsqueeze" || op == "Softmax")
      return y;
    if (op == "Shape") return {{}, {y.dims.begin(), y.dims.end()}};
    if (op == "Gather") return {{}, {y.values[static_cast<std::size_t>(in(node, 1).values[0])]}};
    if (op == "Concat") {
      for (int i = 1; i < node.input_size(); ++i)
        y.values.insert(y.values.end(), in(node, i).values.begin(), in(node, i).values.end());
      return y;
    }
    throw std::logic_error("the interpreter knows no " + op);
  }

  const onnx::ModelProto& model_;
  std::map<std::string, Array> values_;
};

}  // namespace colcomb::tests
