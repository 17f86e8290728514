#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/onnx_builder.hpp"

// Small convolutional networks as ONNX graphs, of the idioms in which exporters write them, mixed
// at random.
namespace colcomb::tests {

/// One graph: an image through a stem, some blocks and a head that gives classes' scores. Nothing
/// in it is refused by import. The same seed gives the same graph.
class RandomGraph {
 public:
  explicit RandomGraph(std::uint64_t seed) : builder(Ints{}), random_(seed) {
    builder = OnnxBuilder(image_dims());
    static constexpr std::int64_t kOpsets[] = {13, 14, 17};
    builder.opset(kOpsets[random_.below(3)]);
    Map x = stem();
    for (std::int64_t blocks = up_to(4); blocks > 0; --blocks) x = block(x);
    builder.output(head(x));
  }

  /// The idioms drawn, and the nodes.
  [[nodiscard]] std::string text() const {
    std::string result = fmt::format("drawn: {}\n", fmt::join(drawn_, ", "));
    for (const auto& node : builder.model.graph().node()) {
      result += fmt::format("  {} = {}({})", node.output(0), node.op_type(),
                            fmt::join(node.input().begin(), node.input().end(), ", "));
      for (const auto& attribute : node.attribute())
        result += fmt::format(" {}={}", attribute.name(), text_of(attribute));
      result += '\n';
    }
    for (const auto& tensor : builder.model.graph().initializer())
      result += fmt::format("  {}: {}\n", tensor.name(),
                            fmt::join(tensor.dims().begin(), tensor.dims().end(), " x "));
    return result;
  }

  [[nodiscard]] const std::vector<std::string>& drawn() const { return drawn_; }

  OnnxBuilder builder;

 private:
  using Ints = OnnxBuilder::Ints;
  using Name = std::string;
  static constexpr double kNoEnd = std::numeric_limits<double>::infinity();

  /// A value of the graph, channels first.
  struct Map {
    Name name;
    std::int64_t channels, height, width;
    double end = kNoEnd;     // of the ReLU that gave it
    bool is_signed = false;  // no ReLU did
  };

  static std::string text_of(const onnx::AttributeProto& attribute) {
    if (attribute.ints_size() > 0)
      return fmt::format("[{}]", fmt::join(attribute.ints().begin(), attribute.ints().end(), " "));
    if (attribute.type() == onnx::AttributeProto::FLOAT) return fmt::to_string(attribute.f());
    if (attribute.type() == onnx::AttributeProto::STRING) return attribute.s();
    return fmt::to_string(attribute.i());
  }

  bool one_in(std::uint64_t n) { return random_.below(n) == 0; }
  /// 1 to `most`.
  std::int64_t up_to(std::int64_t most) {
    return 1 + static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(most)));
  }
  Name normal(const Ints& dims, double mean, double deviation) {
    return builder.normal(random_, dims, mean, deviation);
  }
  std::vector<float> positive(std::int64_t count) {
    std::vector<float> values;
    for (std::int64_t i = 0; i < count; ++i)
      values.push_back(static_cast<float>(0.4 + random_.uniform()));
    return values;
  }
  void draw(const std::string& idiom) { drawn_.push_back(idiom); }

  Ints image_dims() {
    channels_ = up_to(3);
    height_ = 5 + up_to(6);
    width_ = 4 + up_to(6);
    last_ = channels_ != 2 && height_ != channels_ && one_in(6);
    return last_ ? Ints{1, height_, width_, channels_} : Ints{1, channels_, height_, width_};
  }

  // Constants.

  /// A filter of these dimensions, as a constant or an expression of some.
  Name filter(const Ints& dims) {
    const double fan = static_cast<double>(dims[1] * dims[2] * dims[3]);
    const auto make = [&](const Ints& shape) {
      return normal(shape, 0.1 / fan, 1 / std::sqrt(fan));
    };
    const auto form = random_.below(12);
    if (form == 0) {
      draw("mask");
      std::vector<bool> kept;
      for (std::int64_t i = 0; i < dims[0] * dims[1] * dims[2] * dims[3]; ++i)
        kept.push_back(!one_in(3));
      const Name mask = builder.node("Cast", {builder.flags(dims, kept)});
      builder.with("to", 1);
      return builder.node("Mul", {make(dims), mask});
    }
    if (form == 1) {
      draw("transposed filter");
      const Name turned = builder.node("Transpose", {make({dims[2], dims[3], dims[1], dims[0]})});
      builder.with("perm", Ints{3, 2, 0, 1});
      return turned;
    }
    if (form == 2) {
      draw("reshaped filter");
      return builder.node(
          "Reshape", {make({dims[0], dims[1] * dims[2] * dims[3], 1, 1}), builder.integers(dims)});
    }
    if (form == 3 && dims[0] > 1) {
      draw("joined filters");
      const Name joined = builder.node("Concat", {make({1, dims[1], dims[2], dims[3]}),
                                                  make({dims[0] - 1, dims[1], dims[2], dims[3]})});
      builder.with("axis", 0);
      return joined;
    }
    return make(dims);
  }

  // Products.

  /// One side's extent behind windows.
  static std::int64_t outputs(std::int64_t in, std::int64_t reach, std::int64_t stride) {
    return in < reach ? 0 : (in - reach) / stride + 1;
  }

  Map pads_in_front(Map x, Ints& pads) {
    if (!one_in(8) || pads == Ints{0, 0, 0, 0}) return x;
    draw("Pad");
    x.name = builder.node(
        "Pad", {x.name, builder.integers({0, 0, pads[0], pads[1], 0, 0, pads[2], pads[3]})});
    x.height += std::exchange(pads[0], 0) + std::exchange(pads[2], 0);
    x.width += std::exchange(pads[1], 0) + std::exchange(pads[3], 0);
    return x;
  }

  /// A convolution with everything given. Maps may be negative behind it.
  Map convolve(Map x, std::int64_t filters, Ints kernel, std::int64_t stride, Ints pads,
               std::int64_t dilation = 1, std::int64_t groups = 1) {
    x = pads_in_front(x, pads);
    const bool own_bias = one_in(2);
    std::vector<Name> inputs = {x.name,
                                filter({filters, x.channels / groups, kernel[0], kernel[1]})};
    if (own_bias) inputs.push_back(normal({filters}, 0.1, 0.3));
    Map y{builder.node("Conv", inputs), filters, 0, 0, kNoEnd, true};
    builder.with("strides", Ints{stride, stride}).with("pads", pads);
    if (dilation > 1) builder.with("dilations", Ints{dilation, dilation});
    if (groups > 1) builder.with("group", groups);
    if (one_in(2)) builder.with("kernel_shape", kernel);
    y.height = outputs(x.height + pads[0] + pads[2], (kernel[0] - 1) * dilation + 1, stride);
    y.width = outputs(x.width + pads[1] + pads[3], (kernel[1] - 1) * dilation + 1, stride);
    if (!own_bias && one_in(6)) {
      draw("bias added");
      y.name = builder.node("Add", {y.name, normal({filters, 1, 1}, 0.1, 0.3)});
    }
    return one_in(2) ? norm(y) : y;
  }

  /// The same kernel on both sides, and the size kept but for the stride.
  Map square(const Map& x, std::int64_t filters, std::int64_t kernel, std::int64_t stride = 1,
             std::int64_t groups = 1) {
    const std::int64_t pad = kernel / 2;
    return convolve(x, filters, {kernel, kernel}, stride, {pad, pad, pad, pad}, 1, groups);
  }

  Map norm(Map x) {
    x.name = builder.node(
        "BatchNormalization",
        {x.name, normal({x.channels}, 1, 0.2), normal({x.channels}, 0.1, 0.3),
         normal({x.channels}, 0, 0.2), builder.tensor({x.channels}, positive(x.channels))});
    if (one_in(2)) builder.with("epsilon", 1e-3F);
    x.is_signed = true;
    return x;
  }

  // Activations.

  Map relu(Map x) {
    x.name = builder.node("Relu", {x.name});
    x.is_signed = false;
    x.end = kNoEnd;
    return x;
  }
  Map clip(Map x, double end) {
    const Name least = builder.tensor({}, {0});
    const Name most = builder.tensor({}, {static_cast<float>(end)});
    if (one_in(4)) {
      draw("Max and Min");
      x.name = builder.node("Min", {builder.node("Max", {x.name, least}), most});
    } else {
      x.name = builder.node("Clip", {x.name, least, most});
    }
    x.is_signed = false;
    x.end = end;
    return x;
  }
  Map activation(const Map& x) {
    if (!one_in(4)) return relu(x);
    draw("Clip");
    return clip(x, 0.5 + 3 * random_.uniform());
  }
  /// Of a sum that `source` was added to, which may end where that ends, before or behind.
  Map sum_activation(const Map& x, const Map& source) {
    if (source.is_signed) return relu(x);
    return !std::isinf(source.end) && one_in(2) ? clip(x, source.end * (one_in(2) ? 1 : 0.75))
                                                : activation(x);
  }

  // Blocks.

  /// A ReLU where a layer that pads is to come.
  Map unsigned_map(const Map& x) {
    if (!x.is_signed) return x;
    return one_in(2) ? relu(x) : relu(square(x, up_to(6), 1));
  }

  Map plain(const Map& from) {
    const bool may_pad = !from.is_signed;
    for (;;) {
      const Ints kernel = {up_to(3), up_to(3)};
      Ints pads = {0, 0, 0, 0};
      for (std::int64_t& pad : pads) pad = may_pad ? up_to(3) - 1 : 0;
      const std::int64_t stride = one_in(3) ? 2 : 1;
      const std::int64_t dilation = one_in(6) ? 2 : 1;
      const auto fits = [&](std::int64_t in, std::size_t a) {
        return outputs(in + pads[a] + pads[a + 2], (kernel[a] - 1) * dilation + 1, stride) > 0;
      };
      if (!fits(from.height, 0) || !fits(from.width, 1)) continue;
      std::int64_t groups = 1;
      if (one_in(3)) groups = one_in(2) || from.channels % 2 != 0 ? from.channels : 2;
      if (groups > 1) draw(groups == from.channels ? "depthwise" : "grouped");
      const std::int64_t filters = groups > 1 ? groups * up_to(2) : up_to(8);
      return activation(convolve(from, filters, kernel, stride, pads, dilation, groups));
    }
  }

  Map pooling(Map x) {
    const bool maximum = one_in(2);
    const std::int64_t stride = up_to(2);
    const std::int64_t kernel = up_to(3);
    if (x.height < kernel || x.width < kernel) return x;
    const std::int64_t pad = kernel > 1 && one_in(2) && !(x.is_signed && !maximum) ? 1 : 0;
    const bool ceil_mode = pad == 0 && stride == 2 && maximum && one_in(3);
    draw(maximum ? "MaxPool" : "AveragePool");
    x.name = builder.node(maximum ? "MaxPool" : "AveragePool", {x.name});
    builder.with("kernel_shape", Ints{kernel, kernel})
        .with("strides", Ints{stride, stride})
        .with("pads", Ints{pad, pad, pad, pad});
    if (!maximum && one_in(2)) builder.with("count_include_pad", 1);
    if (ceil_mode) builder.with("ceil_mode", 1);
    for (std::int64_t* side : {&x.height, &x.width}) {
      const std::int64_t slack = *side + 2 * pad - kernel;
      const std::int64_t floor = slack / stride + 1;
      *side = floor + (ceil_mode && slack % stride != 0 && floor * stride < *side ? 1 : 0);
    }
    return x;
  }

  Map residual(const Map& from) {
    draw("residual");
    const Map x = unsigned_map(from);
    const Map inner = activation(square(x, up_to(6), one_in(2) ? 3 : 1));
    Map sum = square(inner, x.channels, one_in(2) ? 3 : 1);
    sum.name = builder.node(one_in(4) ? "Sum" : "Add", one_in(2) ? std::vector{sum.name, x.name}
                                                                 : std::vector{x.name, sum.name});
    return sum_activation(sum, x);
  }

  Map projection(const Map& from) {
    draw("projection");
    const Map x = unsigned_map(from);
    const std::int64_t filters = up_to(8);
    const std::int64_t stride = up_to(2);
    Map sum = square(activation(square(x, up_to(6), 3, stride)), filters, 3);
    sum.name = builder.node("Add", {sum.name, square(x, filters, 1, stride).name});
    return activation(sum);
  }

  Map joined(const Map& from) {
    draw("Concat");
    const Map x = unsigned_map(from);
    std::vector<Map> maps;
    for (std::int64_t n = 1 + up_to(2); n > 0; --n) {
      const Map y = square(x, up_to(4), one_in(2) ? 3 : 1);
      maps.push_back(one_in(4) ? y : activation(y));
    }
    if (one_in(3)) maps.push_back(x);
    if (one_in(4)) {
      Map pooled = x;
      pooled.name = builder.node("MaxPool", {x.name});
      builder.with("kernel_shape", Ints{3, 3}).with("pads", Ints{1, 1, 1, 1});
      maps.push_back(pooled);
    }
    Map all{"", 0, x.height, x.width, 0};
    std::vector<Name> names;
    for (const Map& map : maps) {
      names.push_back(map.name);
      all.channels += map.channels;
      all.end = std::max(all.end, map.end);
      all.is_signed = all.is_signed || map.is_signed;
    }
    all.name = builder.node("Concat", names);
    builder.with("axis", one_in(3) ? -3 : 1);
    return all;
  }

  /// Expansion, depthwise, a product without ReLU; added to the map that it began with.
  Map bottleneck(const Map& from) {
    draw("linear bottleneck");
    const Map x = from.is_signed ? from : square(from, up_to(5), 1);
    const Map wide = activation(square(x, x.channels + up_to(3), 1));
    const Map deep = activation(square(wide, wide.channels, 3, 1, wide.channels));
    Map narrow = square(deep, x.channels, 1);
    narrow.name = builder.node("Add", {x.name, narrow.name});
    return narrow;
  }

  Map pre_activation(const Map& from) {
    draw("pre-activation");
    const Map y = activation(norm(from));
    return one_in(2) ? square(y, up_to(6), 3) : activation(square(y, up_to(6), 3));
  }

  /// Blocks whose sums have no ReLU of their own, as the second version of residual networks has.
  Map pre_activated_residual(const Map& from) {
    draw("pre-activated residual");
    const Map x = from.is_signed ? from : square(from, up_to(5), 1);
    Map y = square(relu(norm(x)), x.channels, 3);
    y.name = builder.node("Add", {y.name, x.name});
    return one_in(2) ? y : square(relu(norm(y)), up_to(5), one_in(2) ? 3 : 1);
  }

  /// Maxima in front of batch norm and ReLU.
  Map pooled_first(const Map& from) {
    draw("pooled before its norm");
    Map y = square(unsigned_map(from), up_to(6), 3);
    if (y.height < 2 || y.width < 2) return activation(y);
    y.name = builder.node("MaxPool", {y.name});
    builder.with("kernel_shape", Ints{2, 2}).with("strides", Ints{2, 2});
    y.height /= 2;
    y.width /= 2;
    return activation(norm(y));
  }

  /// Sums of three: products, and the map itself.
  Map three(const Map& from) {
    draw("sum of three");
    const Map x = unsigned_map(from);
    Map y = square(x, x.channels, 3);
    const Name other = square(x, x.channels, 1).name;
    if (one_in(2)) {
      y.name = builder.node("Sum", {y.name, x.name, other});
    } else {
      y.name = builder.node(
          "Add", {builder.node("Add", {y.name, x.name}), builder.node("Add", {other, x.name})});
    }
    return sum_activation(y, x);
  }

  Map last_order(Map x) {
    draw("channels last");
    x = unsigned_map(x);
    x = square(x, up_to(6), 1);
    x.name = builder.node("Transpose", {x.name});
    builder.with("perm", Ints{0, 2, 3, 1});
    x.name = builder.node("Add", {x.name, normal({x.channels}, 0.1, 0.3)});
    x = relu(x);
    x.name = builder.node("Transpose", {x.name});
    builder.with("perm", Ints{0, 3, 1, 2});
    return x;
  }

  Map nothing(Map x) {
    draw("Identity");
    x.name = builder.node(one_in(2) ? "Identity" : "Dropout", {x.name});
    return x;
  }

  Map scaled(Map x) {
    draw("scaled map");
    x = unsigned_map(x);
    x.name =
        builder.node("Mul", {x.name, builder.tensor({x.channels, 1, 1}, positive(x.channels))});
    return activation(square(x, up_to(6), 1));
  }

  /// Two layers' maps, whose sum needs no ReLU.
  Map sum_of_maps(const Map& from) {
    draw("sum of maps");
    const Map x = relu(square(unsigned_map(from), up_to(5), 1));
    Map y = relu(square(x, x.channels, 3));
    y.name = builder.node("Add", {x.name, y.name});
    return y;
  }

  Map block(const Map& x) {
    using Block = Map (RandomGraph::*)(const Map&);
    static constexpr Block kBlocks[] = {&RandomGraph::plain,
                                        &RandomGraph::plain,
                                        &RandomGraph::residual,
                                        &RandomGraph::residual,
                                        &RandomGraph::projection,
                                        &RandomGraph::projection,
                                        &RandomGraph::joined,
                                        &RandomGraph::joined,
                                        &RandomGraph::bottleneck,
                                        &RandomGraph::bottleneck,
                                        &RandomGraph::pre_activation,
                                        &RandomGraph::sum_of_maps,
                                        &RandomGraph::pre_activated_residual,
                                        &RandomGraph::pooled_first,
                                        &RandomGraph::three};
    const auto choice = random_.below(std::size(kBlocks) + 5);
    if (choice < std::size(kBlocks)) return (this->*kBlocks[choice])(x);
    if (choice == std::size(kBlocks)) return last_order(x);
    if (choice == std::size(kBlocks) + 1) return scaled(x);
    if (choice == std::size(kBlocks) + 2) return nothing(x);
    return pooling(x);
  }

  // Both ends.

  Map stem() {
    Map x{"image", channels_, height_, width_};
    if (last_) {
      draw("image channels last");
      x.name = builder.node("Transpose", {x.name});
      builder.with("perm", Ints{0, 3, 1, 2});
    }
    if (one_in(4)) {
      draw("normalization");
      const Ints dims = {1, x.channels, 1, 1};
      x.name = builder.node("Sub", {x.name, builder.tensor(dims, positive(x.channels))});
      x.name = builder.node("Div", {x.name, builder.tensor(dims, positive(x.channels))});
    }
    return one_in(3) ? activation(square(x, 1 + up_to(6), 3)) : plain(x);
  }

  /// A vector's matrix product, in one of its forms.
  Name dense(const Name& from, std::int64_t in, std::int64_t out) {
    const double deviation = 1 / std::sqrt(static_cast<double>(in));
    const Name bias = normal({out}, 0, 0.3);
    const auto form = random_.below(3);
    if (form == 0)
      return builder.node("Add",
                          {builder.node("MatMul", {from, normal({in, out}, 0, deviation)}), bias});
    const Ints dims = form == 1 ? Ints{in, out} : Ints{out, in};
    const Name made = builder.node("Gemm", {from, normal(dims, 0, deviation), bias});
    if (form == 2) builder.with("transB", 1);
    if (one_in(3)) builder.with("alpha", 0.5F).with("beta", 2.0F);
    return made;
  }

  Name flat(const Map& x, std::int64_t size) {
    const auto form = random_.below(3);
    if (form == 0) return builder.node("Flatten", {x.name});
    if (form == 1) return builder.node("Reshape", {x.name, builder.integers({0, -1})});
    return builder.node("Reshape", {x.name, builder.integers({1, size})});
  }

  Name head(const Map& x) {
    const std::int64_t classes = 1 + up_to(5), pixels = x.height * x.width;
    const auto form = random_.below(7);
    Name vector;
    std::int64_t size = x.channels;
    if (form == 0) {
      draw("classes by convolution");
      Map y = square(x, classes, 1);
      if (one_in(2)) y = relu(y);
      const Name mean = builder.node("GlobalAveragePool", {y.name});
      return builder.node("Squeeze", {mean, builder.integers({2, 3})});
    }
    if (form == 1) {
      draw("ReduceMean");
      vector = builder.node("ReduceMean", {x.name});
      builder.with("axes", Ints{2, 3}).with("keepdims", 0);
    } else if (form == 2) {
      draw("flattened channels last");
      Map last = unsigned_map(x);
      size = last.channels * pixels;
      last.name = builder.node("Transpose", {last.name});
      builder.with("perm", Ints{0, 2, 3, 1});
      vector = flat(last, size);
    } else if (form == 3) {
      draw("flattened");
      size = x.channels * pixels;
      vector = flat(x, size);
    } else {
      Map mean = x;
      if (form == 4) {
        draw("GlobalMaxPool");
        mean.name = builder.node("GlobalMaxPool", {x.name});
      } else if (form == 5) {
        draw("AveragePool of the map");
        mean.name = builder.node("AveragePool", {x.name});
        builder.with("kernel_shape", Ints{x.height, x.width});
      } else {
        mean.name = builder.node("GlobalAveragePool", {x.name});
      }
      vector = flat(mean, size);
    }
    if (one_in(4)) {
      draw("hidden matrix product");
      const std::int64_t hidden = 1 + up_to(6);
      vector = builder.node("Relu", {dense(vector, size, hidden)});
      size = hidden;
    }
    if (one_in(4)) vector = builder.node("Dropout", {vector});
    return dense(vector, size, classes);
  }

  Random random_;
  std::int64_t channels_ = 0, height_ = 0, width_ = 0;  // of the image
  bool last_ = false;                                   // channels last
  std::vector<std::string> drawn_;
};

}  // namespace colcomb::tests
