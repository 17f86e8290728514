#pragma once

#include <string>
#include <utility>
#include <vector>

#include "tests/support/onnx_builder.hpp"

// Small models whose layers read several maps, or maps that others read too: the blocks of the
// networks in use.
namespace colcomb::tests {

class BranchModels {
 public:
  static std::vector<std::pair<std::string, OnnxBuilder>> all() {
    BranchModels made;
    made.projections();
    made.fire();
    made.inception();
    made.mixtures();
    made.signed_maps();
    return std::move(made.models_);
  }

 private:
  using Ints = OnnxBuilder::Ints;
  using Name = std::string;

  Name conv(OnnxBuilder& b, const Name& from, std::int64_t in, std::int64_t out,
            std::int64_t kernel = 1, std::int64_t stride = 1) {
    const double deviation = 1.2 / static_cast<double>(kernel * in);
    const Name made =
        b.node("Conv", {from, b.normal(random_, {out, in, kernel, kernel}, 0.05, deviation),
                        b.normal(random_, {out}, 0.1, 0.2)});
    const std::int64_t pad = kernel / 2;
    b.with("strides", Ints{stride, stride}).with("pads", Ints{pad, pad, pad, pad});
    return made;
  }
  Name norm(OnnxBuilder& b, const Name& from, std::int64_t channels) {
    std::vector<float> variance;
    for (std::int64_t c = 0; c < channels; ++c)
      variance.push_back(static_cast<float>(0.5 + random_.uniform()));
    return b.node(
        "BatchNormalization",
        {from, b.normal(random_, {channels}, 1, 0.2), b.normal(random_, {channels}, 0.2, 0.2),
         b.normal(random_, {channels}, 0, 0.2), b.tensor({channels}, variance)});
  }
  Name relu(OnnxBuilder& b, const Name& from) { return b.node("Relu", {from}); }
  Name add(OnnxBuilder& b, const Name& x, const Name& y) { return b.node("Add", {x, y}); }
  Name concat(OnnxBuilder& b, const std::vector<Name>& maps) {
    const Name made = b.node("Concat", maps);
    b.with("axis", 1);
    return made;
  }
  Name max_pool(OnnxBuilder& b, const Name& from, std::int64_t kernel, std::int64_t stride,
                std::int64_t pad) {
    const Name made = b.node("MaxPool", {from});
    b.with("kernel_shape", Ints{kernel, kernel})
        .with("strides", Ints{stride, stride})
        .with("pads", Ints{pad, pad, pad, pad});
    return made;
  }
  void finish(const Name& name, OnnxBuilder b, const Name& map, std::int64_t channels) {
    const Name flat = b.node("Flatten", {b.node("GlobalAveragePool", {map})});
    b.output(b.node("Gemm",
                    {flat, b.normal(random_, {channels, 3}, 0, 1), b.normal(random_, {3}, 0, 1)}));
    models_.emplace_back(name, std::move(b));
  }

  /// A residual network's block (basic, with batch norm behind each product).
  Name block(OnnxBuilder& b, const Name& x, std::int64_t in, std::int64_t out,
             std::int64_t stride) {
    Name y = relu(b, norm(b, conv(b, x, in, out, 3, stride), out));
    y = norm(b, conv(b, y, out, out, 3), out);
    const Name shortcut = in == out ? x : norm(b, conv(b, x, in, out, 1, stride), out);
    return relu(b, add(b, y, shortcut));
  }

  void projections() {
    {  // ResNet-18's stem and first two stages, one block each.
      OnnxBuilder b(3, 16, 14);
      Name x = max_pool(b, relu(b, norm(b, conv(b, "image", 3, 6, 7, 2), 6)), 3, 2, 1);
      x = block(b, x, 6, 6, 1);
      x = block(b, x, 6, 10, 2);
      finish("projection shortcut", std::move(b), x, 10);
    }
    {  // A bottleneck, the shortcut first.
      OnnxBuilder b(3, 7, 9);
      const Name x = relu(b, conv(b, "image", 3, 6, 3));
      const Name shortcut = norm(b, conv(b, x, 6, 8, 1, 2), 8);
      Name y = relu(b, conv(b, x, 6, 4));
      y = relu(b, conv(b, y, 4, 4, 3, 2));
      y = relu(b, add(b, shortcut, norm(b, conv(b, y, 4, 8), 8)));
      finish("bottleneck with projection", std::move(b), y, 8);
    }
    {  // Three products of one map, as RepVGG trains.
      OnnxBuilder b(3, 6, 6);
      const Name x = relu(b, conv(b, "image", 3, 5, 3));
      const Name both = add(b, conv(b, x, 5, 5, 3), conv(b, x, 5, 5, 1));
      finish("three products", std::move(b), relu(b, add(b, add(b, both, x), conv(b, x, 5, 5, 5))),
             5);
    }
  }

  void fire() {
    OnnxBuilder b(3, 13, 12);
    Name x = max_pool(b, relu(b, conv(b, "image", 3, 6, 3, 2)), 2, 2, 0);
    for (int i = 0; i < 2; ++i) {
      const Name squeezed = relu(b, conv(b, x, i == 0 ? 6 : 10, 4));
      x = concat(b, {relu(b, conv(b, squeezed, 4, 5)), relu(b, conv(b, squeezed, 4, 5, 3))});
      if (i == 0) x = max_pool(b, x, 2, 1, 0);  // of each part
    }
    b.output(b.node("Flatten", {b.node("GlobalAveragePool", {relu(b, conv(b, x, 10, 3))})}));
    models_.emplace_back("fire modules", std::move(b));
  }

  void inception() {
    OnnxBuilder b(3, 8, 7);
    const Name stem = relu(b, conv(b, "image", 3, 6, 3));
    Name x = stem;
    std::int64_t channels = 6;
    for (int i = 0; i < 2; ++i) {
      const Name one = relu(b, conv(b, x, channels, 3));
      const Name three = relu(b, conv(b, relu(b, conv(b, x, channels, 3)), 3, 4, 3));
      const Name pooled = relu(b, conv(b, max_pool(b, x, 3, 1, 1), channels, 2));
      x = concat(b, {one, three, pooled});
      channels = 9;
    }
    finish("inception blocks", std::move(b), x, 9);
  }

  void mixtures() {
    {  // Pre-activation blocks on joined maps, each behind a ReLU.
      OnnxBuilder b(3, 6, 7);
      Name x = relu(b, conv(b, "image", 3, 4, 3));
      std::int64_t channels = 4;
      for (int i = 0; i < 3; ++i) {
        const Name y = relu(b, norm(b, x, channels));
        x = concat(b, {x, relu(b, conv(b, relu(b, conv(b, y, channels, 6)), 6, 3, 3))});
        channels += 3;
      }
      x = relu(b, norm(b, x, channels));
      finish("dense block", std::move(b), x, channels);
    }
    {  // A residual source that three layers read, and a Concat that is added to.
      OnnxBuilder b(3, 6, 5);
      const Name x = relu(b, conv(b, "image", 3, 4, 3));
      const Name y = relu(b, conv(b, x, 4, 4, 3));
      const Name both = concat(b, {x, y});
      const Name sum = relu(b, add(b, conv(b, both, 8, 8, 3), both));
      const Name end =
          b.node("Clip", {add(b, conv(b, x, 4, 8), sum), b.tensor({}, {0}), b.tensor({}, {50})});
      finish("added joined maps", std::move(b), end, 8);
    }
    {  // A joined map, flattened.
      OnnxBuilder b(2, 3, 4);
      const Name x = relu(b, conv(b, "image", 2, 3));
      const Name flat = b.node("Flatten", {concat(b, {x, relu(b, conv(b, x, 3, 2, 3))})});
      const Name hidden = b.node("Gemm", {flat, b.normal(random_, {60, 5}, 0, 0.3)});
      b.output(b.node("Gemm", {relu(b, hidden), b.normal(random_, {5, 3}, 0, 1)}));
      models_.emplace_back("flattened joined maps", std::move(b));
    }
  }

  Name mean_pool(OnnxBuilder& b, const Name& from) {
    const Name made = b.node("AveragePool", {from});
    b.with("kernel_shape", Ints{2, 2}).with("strides", Ints{2, 2});
    return made;
  }

  /// Maps without a ReLU of their own.
  void signed_maps() {
    {  // Dense blocks as published: batch norm and ReLU in front of each product, a transition.
      OnnxBuilder b(3, 8, 10);
      Name x = relu(b, norm(b, conv(b, "image", 3, 4, 3), 4));
      std::int64_t channels = 4;
      for (int i = 0; i < 4; ++i) {
        if (i == 2) {
          x = mean_pool(b, conv(b, relu(b, norm(b, x, channels)), channels, 5));
          channels = 5;
        }
        Name y = conv(b, relu(b, norm(b, x, channels)), channels, 6);
        y = conv(b, relu(b, norm(b, y, 6)), 6, 3, 3);
        x = concat(b, {x, y});
        channels += 3;
      }
      x = relu(b, norm(b, x, channels));
      finish("dense blocks of signed maps", std::move(b), x, channels);
    }
    {  // Linear bottlenecks: products between them, and residuals of signed maps.
      OnnxBuilder b(3, 8, 7);
      Name x = norm(b, conv(b, relu(b, conv(b, "image", 3, 6, 3)), 6, 4), 4);
      for (int i = 0; i < 3; ++i) {
        const Name wide = relu(b, norm(b, conv(b, x, 4, 9), 9));
        const Name narrow =
            norm(b, conv(b, relu(b, norm(b, conv(b, wide, 9, 9, 3, i == 1 ? 2 : 1), 9)), 9, 4), 4);
        x = i == 1 ? narrow : add(b, x, narrow);
      }
      x = relu(b, conv(b, x, 4, 8));
      finish("linear bottlenecks", std::move(b), x, 8);
    }
    {  // A signed map that is padded.
      OnnxBuilder b(3, 8, 7);
      Name x = conv(b, relu(b, conv(b, "image", 3, 4, 3)), 4, 3);
      x = relu(b, conv(b, x, 3, 5, 3, 2));
      finish("a padded signed map", std::move(b), x, 5);
    }
    {  // Signed maps pooled, joined, averaged and classified.
      OnnxBuilder b(3, 9, 9);
      const Name x = relu(b, conv(b, "image", 3, 4, 3));
      const Name y = conv(b, x, 4, 3);
      const Name both = concat(b, {max_pool(b, y, 3, 1, 1), x, conv(b, y, 3, 2)});
      finish("signed maps to the end", std::move(b), both, 9);
    }
  }

  Random random_{78};
  std::vector<std::pair<std::string, OnnxBuilder>> models_;
};

}  // namespace colcomb::tests
