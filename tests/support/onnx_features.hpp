#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/support/onnx_branches.hpp"
#include "tests/support/onnx_builder.hpp"

// Small models, one of each form in which other programs write the same few layers. Each has one
// image input and ends in the classes' scores.
namespace colcomb::tests {

struct FeatureModel {
  std::string name;
  OnnxBuilder builder;
  /// ONNX Runtime gives other numbers by design: batch statistics, or classes in place of scores.
  bool runtime_differs = false;
};

class FeatureModels {
 public:
  static std::vector<FeatureModel> all() {
    FeatureModels made;
    made.constants();
    made.orders();
    made.vectors();
    made.normalizations();
    made.elementwise();
    made.ends();
    for (auto& [name, builder] : BranchModels::all()) made.add(name, std::move(builder));
    return std::move(made.models_);
  }

 private:
  using Ints = OnnxBuilder::Ints;
  using Name = std::string;

  Name normal(OnnxBuilder& b, const Ints& dims, double mean = 0, double deviation = 1) {
    return b.normal(random_, dims, mean, deviation);
  }
  /// Convolution of `from`, ReLU behind it; weights may be any value.
  Name layer(OnnxBuilder& b, const Name& from, const Name& weights) {
    return b.node("Relu", {b.node("Conv", {from, weights, normal(b, {4}, 0.3, 0.5)})});
  }
  /// 4 channels of any size to 3 classes.
  Name classes(OnnxBuilder& b, const Name& map) {
    const Name flat = b.node("Flatten", {b.node("GlobalAveragePool", {map})});
    return b.node("Gemm", {flat, normal(b, {4, 3}), normal(b, {3})});
  }
  void add(const Name& name, OnnxBuilder builder, bool runtime_differs = false) {
    models_.push_back({name, std::move(builder), runtime_differs});
  }
  /// A model whose first filter, 4 x 2 x 3 x 3, is what `make` gives.
  void filter(const Name& name, const std::function<Name(OnnxBuilder&)>& make) {
    OnnxBuilder b(2, 6, 5);
    b.output(classes(b, layer(b, "image", make(b))));
    add(name, std::move(b));
  }
  /// A model with what `make` puts between a layer of 4 channels and 6 x 5 pixels and the mean.
  void between(const Name& name, const std::function<Name(OnnxBuilder&, const Name&)>& make,
               bool runtime_differs = false, std::int64_t opset = 13) {
    OnnxBuilder b(2, 6, 5);
    b.opset(opset);
    b.output(classes(b, make(b, layer(b, "image", normal(b, {4, 2, 1, 1})))));
    add(name, std::move(b), runtime_differs);
  }

  void constants() {
    const Ints dims = {4, 2, 3, 3};
    std::vector<bool> kept;
    std::vector<float> mask;
    for (std::size_t i = 0; i < 72; ++i) {
      kept.push_back(i % 3 != 1);
      mask.push_back(i % 3 != 1 ? 1.0F : 0.0F);
    }
    // torch.nn.utils.prune leaves weight = weight_orig * weight_mask in the graph.
    filter("pruning mask", [&](OnnxBuilder& b) {
      return b.node("Mul", {normal(b, dims), b.tensor(dims, mask)});
    });
    filter("boolean mask", [&](OnnxBuilder& b) {
      const Name as_float = b.node("Cast", {b.flags(dims, kept)});
      b.with("to", 1);
      return b.node("Mul", {as_float, normal(b, dims)});
    });
    filter("magnitude threshold", [&](OnnxBuilder& b) {
      const Name w = normal(b, dims);
      const Name large = b.node("Greater", {b.node("Mul", {w, w}), b.tensor({}, {0.25F})});
      const Name as_float = b.node("Cast", {large});
      b.with("to", 1);
      return b.node("Mul", {w, as_float});
    });
    filter("weight norm", [&](OnnxBuilder& b) {
      const Name v = normal(b, dims);
      const Name sum = b.node("ReduceSum", {b.node("Mul", {v, v}), b.integers({1, 2, 3})});
      const Name unit = b.node("Div", {v, b.node("Sqrt", {sum})});
      return b.node("Mul", {normal(b, {4, 1, 1, 1}, 1, 0.3), unit});
    });
    filter("joined and cut", [&](OnnxBuilder& b) {
      const Name both = b.node("Concat", {normal(b, {1, 2, 3, 3}), normal(b, {5, 2, 3, 3})});
      b.with("axis", 0);
      return b.node("Slice",
                    {both, b.integers({1}), b.integers({5}), b.integers({0}), b.integers({1})});
    });
    filter("moved axes", [&](OnnxBuilder& b) {
      const Name turned = b.node("Transpose", {normal(b, {3, 3, 2, 4})});
      b.with("perm", Ints{3, 2, 0, 1});
      const Name flat = b.node("Reshape", {turned, b.integers({4, -1})});
      const Name longer = b.node("Unsqueeze", {flat, b.integers({2})});
      return b.node("Reshape", {longer, b.integers(dims)});
    });
    filter("gathered and filled", [&](OnnxBuilder& b) {
      const Name zeros = b.node("ConstantOfShape", {b.integers({4, 2, 3, 3})});
      const Name rows = b.node("Gather", {normal(b, {6, 2, 3, 3}), b.integers({5, 0, 3, 2})});
      b.with("axis", 0);
      return b.node("Sub", {zeros, b.node("Neg", {rows})});
    });
    OnnxBuilder b(2, 4, 4);
    const Name map = layer(b, "image", normal(b, {4, 2, 3, 3}));
    const Name flat = b.node("Flatten", {map});
    const Name turned = b.node("Transpose", {normal(b, {3, 16})});
    b.with("perm", Ints{1, 0});
    b.output(b.node("Add", {b.node("MatMul", {flat, turned}), normal(b, {3})}));
    add("transposed matrix", std::move(b));
  }

  Name transposed(OnnxBuilder& b, const Name& from, const Ints& perm) {
    const Name made = b.node("Transpose", {from});
    b.with("perm", perm);
    return made;
  }

  void orders() {
    const Ints to_first = {0, 3, 1, 2}, to_last = {0, 2, 3, 1};
    {  // TensorFlow and Keras: images and the flattened map channels last.
      OnnxBuilder b(Ints{1, 6, 5, 3});
      const Name map = layer(b, transposed(b, "image", to_first), normal(b, {4, 3, 3, 3}));
      const Name flat = b.node("Reshape", {transposed(b, map, to_last), b.integers({-1, 48})});
      b.output(b.node("MatMul", {flat, normal(b, {48, 3})}));
      add("channels last", std::move(b));
    }
    {  // Of one channel, a Reshape does as well.
      OnnxBuilder b(Ints{1, 6, 5, 1});
      const Name map = b.node("Reshape", {"image", b.integers({-1, 1, 6, 5})});
      b.output(classes(b, layer(b, map, normal(b, {4, 1, 3, 3}))));
      add("one channel, last", std::move(b));
    }
    {
      OnnxBuilder b(Ints{1, 6, 5, 3});
      const Name scaled =
          b.node("Div", {b.node("Sub", {"image", b.tensor({3}, {0.1F, 0.2F, 0.3F})}),
                         b.tensor({3}, {0.5F, 0.6F, 0.7F})});
      const Name padded = b.node("Pad", {scaled, b.integers({0, 1, 0, 0, 0, 0, 1, 0})});
      Name map = b.node("Conv", {transposed(b, padded, to_first), normal(b, {4, 3, 3, 3})});
      map = b.node("Add", {transposed(b, map, to_last), normal(b, {4})});
      map = b.node("Relu", {map});
      const Name mean = b.node("ReduceMean", {map});
      b.with("axes", Ints{1, 2}).with("keepdims", 0);
      b.output(b.node("Gemm", {mean, normal(b, {4, 3})}));
      add("normalized, padded and averaged channels last", std::move(b));
    }
  }

  void vectors() {
    {
      OnnxBuilder b(Ints{1, 16});
      const Name hidden = b.node("Relu", {b.node("Gemm", {"image", normal(b, {16, 5})})});
      b.output(b.node("Gemm", {hidden, normal(b, {5, 3})}));
      add("vectors", std::move(b));
    }
    {
      OnnxBuilder b(Ints{1, 60});
      const Name map = b.node("Reshape", {"image", b.integers({-1, 2, 6, 5})});
      b.output(classes(b, layer(b, map, normal(b, {4, 2, 3, 3}))));
      add("vectors made maps", std::move(b));
    }
    {
      OnnxBuilder b(Ints{1, 6, 5});
      const Name map = b.node("Unsqueeze", {"image", b.integers({1})});
      b.output(classes(b, layer(b, map, normal(b, {4, 1, 3, 3}))));
      add("images without channels", std::move(b));
    }
    {
      OnnxBuilder b(Ints{1, 6, 5});
      const Name flat = b.node("Flatten", {b.node("Mul", {"image", b.tensor({}, {0.5F})})});
      const Name hidden = b.node("Relu", {b.node("MatMul", {flat, normal(b, {30, 5})})});
      b.output(b.node("MatMul", {hidden, normal(b, {5, 3})}));
      add("flattened images without channels", std::move(b));
    }
    {  // x.reshape(x.shape[0], x.shape[1] * x.shape[2] * x.shape[3])
      OnnxBuilder b(2, 4, 3);
      b.opset(14);
      const Name map = layer(b, "image", normal(b, {4, 2, 2, 2}));
      const Name shape = b.node("Shape", {map});
      const auto extent = [&](std::int64_t i) {
        const Name made = b.node("Gather", {shape, b.integers({i})});
        b.with("axis", 0);
        return made;
      };
      const Name size = b.node("Mul", {b.node("Mul", {extent(1), extent(2)}), extent(3)});
      const Name target = b.node("Concat", {extent(0), size});
      b.with("axis", 0);
      const Name flat = b.node("Reshape", {map, target});
      b.with("allowzero", 1);
      b.output(b.node("MatMul", {flat, normal(b, {24, 3})}));
      add("computed shapes", std::move(b));
    }
  }

  void normalizations() {
    OnnxBuilder b(2, 6, 5);
    const Name shifted = b.node("Sub", {"image", b.tensor({1, 2, 1, 1}, {0.4F, 0.5F})});
    const Name scaled = b.node("Mul", {shifted, b.tensor({}, {1.5F})});
    const Name norm =
        b.node("BatchNormalization", {scaled, b.tensor({2}, {1.2F, 0.8F}), b.tensor({2}, {0.1F, 0}),
                                      b.tensor({2}, {0.2F, -0.1F}), b.tensor({2}, {0.5F, 2})});
    const auto product = b.node("Conv", {norm, normal(b, {4, 2, 3, 3})});
    b.with("pads", Ints{1, 1, 1, 1});
    b.output(classes(b, b.node("Relu", {product})));
    add("image normalized in the graph", std::move(b));
  }

  Name conv(OnnxBuilder& b, const Name& from, double mean = 0) {
    return b.node("Conv", {from, normal(b, {4, 4, 1, 1}, mean)});
  }

  void elementwise() {
    between("Sum is Add", [&](OnnxBuilder& b, const Name& x) {
      return b.node("Relu", {b.node("Sum", {conv(b, x), x})});
    });
    between("Max and Min are ReLU6", [&](OnnxBuilder& b, const Name& x) {
      const Name y = b.node("Max", {b.tensor({}, {0}), conv(b, x)});
      return b.node("Min", {y, b.tensor({}, {1.5F})});
    });
    between("Min in front of Max", [&](OnnxBuilder& b, const Name& x) {
      const Name y = b.node("Min", {conv(b, x), b.tensor({}, {1.5F})});
      return b.node("Max", {y, b.tensor({1, 1, 1, 1}, {0})});
    });
    between("a bias behind the residual", [&](OnnxBuilder& b, const Name& x) {
      const Name sum = b.node("Add", {conv(b, x), x});
      return b.node("Relu", {b.node("Add", {sum, normal(b, {4, 1, 1})})});
    });
    between("a positive offset of ReLU6", [&](OnnxBuilder& b, const Name& x) {
      const Name end = b.node("Clip", {conv(b, x), b.tensor({}, {0}), b.tensor({}, {6})});
      return b.node("Relu", {conv(b, b.node("Add", {end, b.tensor({}, {3})}))});
    });
    between("a positive factor of a map", [&](OnnxBuilder& b, const Name& x) {
      return b.node("Relu", {conv(b, b.node("Mul", {x, b.tensor({4, 1, 1}, {1, 2, 0.5F, 3})}))});
    });
    between("GlobalMaxPool", [&](OnnxBuilder& b, const Name& x) {
      return b.node("Relu", {conv(b, b.node("GlobalMaxPool", {x}))});
    });
    between("GlobalMaxPool before its ReLU", [&](OnnxBuilder& b, const Name& x) {
      return b.node("Relu", {b.node("GlobalMaxPool", {conv(b, x)})});
    });
    between(
        "batch norm in training form",
        [&](OnnxBuilder& b, const Name& x) {
          const Name y = b.node("BatchNormalization",
                                {conv(b, x), normal(b, {4}, 1, 0.2), normal(b, {4}, 0.3, 0.3),
                                 normal(b, {4}), b.tensor({4}, {0.5F, 1, 2, 0.7F})});
          b.with("training_mode", 1);
          b.model.mutable_graph()->mutable_node(b.model.graph().node_size() - 1)->add_output("m");
          b.model.mutable_graph()->mutable_node(b.model.graph().node_size() - 1)->add_output("v");
          return b.node("Relu", {y});
        },
        true, 14);
  }

  void ends() {
    const auto ended = [&](const Name& name, const std::function<Name(OnnxBuilder&, Name)>& end) {
      OnnxBuilder b(2, 6, 5);
      b.output(end(b, classes(b, layer(b, "image", normal(b, {4, 2, 1, 1})))));
      add(name, std::move(b), true);
    };
    ended("Sigmoid", [](OnnxBuilder& b, const Name& x) { return b.node("Sigmoid", {x}); });
    ended("ArgMax", [](OnnxBuilder& b, const Name& x) {
      const Name made = b.node("ArgMax", {b.node("Softmax", {x})});
      b.with("axis", 1);
      return made;
    });
    ended("Softmax of a vector made flat", [](OnnxBuilder& b, const Name& x) {
      return b.node("Flatten", {b.node("LogSoftmax", {x})});
    });
  }

  Random random_{77};
  std::vector<FeatureModel> models_;
};

}  // namespace colcomb::tests
