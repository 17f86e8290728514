#pragma once

#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/onnx_builder.hpp"

// Activation functions other than ReLU as programs write them, and small networks with them.
namespace colcomb::tests {

/// Adds the nodes of an activation function behind the value `x`.
using AddActivation = std::function<std::string(OnnxBuilder& b, const std::string& x)>;

struct ActivationForm {
  std::string name;
  AddActivation add;
  std::string table;  // the name of its table
};

/// All forms in operator set 13 to 20; `exact` of them need a newer set than that.
inline std::vector<ActivationForm> activation_forms() {
  using B = OnnxBuilder;
  using S = std::string;
  const auto number = [](B& b, float value) { return b.tensor({}, {value}); };
  const auto plain = [](const S& op) {
    return ActivationForm{op, [op](B& b, const S& x) { return b.node(op, {x}); }, op};
  };
  const auto with = [](const S& op, const S& attribute, float value) {
    return ActivationForm{op + " with " + attribute,
                          [=](B& b, const S& x) {
                            const S y = b.node(op, {x});
                            b.with(attribute, value);
                            return y;
                          },
                          op};
  };
  std::vector<ActivationForm> forms;
  for (const char* op : {"LeakyRelu", "Elu", "Selu", "Celu", "Sigmoid", "Tanh", "HardSigmoid",
                         "Softplus", "Softsign"})
    forms.push_back(plain(op));
  forms.push_back(with("LeakyRelu", "alpha", 0.2F));
  forms.push_back(with("Elu", "alpha", 0.5F));
  forms.push_back(with("Celu", "alpha", 2.0F));
  forms.push_back(with("HardSigmoid", "alpha", 1.0F / 6));
  forms.push_back({"PRelu with one slope",
                   [=](B& b, const S& x) {
                     return b.node("PRelu", {x, b.tensor({4, 1, 1}, {0.3F, 0.3F, 0.3F, 0.3F})});
                   },
                   "PRelu(x, 0.3)"});
  forms.push_back({"SiLU",
                   [](B& b, const S& x) {
                     return b.node("Mul", {x, b.node("Sigmoid", {x})});
                   },
                   "SiLU"});
  forms.push_back({"Mish of three nodes",
                   [](B& b, const S& x) {
                     return b.node("Mul", {x, b.node("Tanh", {b.node("Softplus", {x})})});
                   },
                   "Mish"});
  forms.push_back({"HardSwish of HardSigmoid",
                   [](B& b, const S& x) {
                     const S gate = b.node("HardSigmoid", {x});
                     b.with("alpha", 1.0F / 6);
                     return b.node("Mul", {x, gate});
                   },
                   "x * HardSigmoid(x)"});
  forms.push_back({"HardSwish of Clip",
                   [=](B& b, const S& x) {
                     const S moved = b.node("Add", {x, number(b, 3)});
                     const S gate = b.node("Clip", {moved, number(b, 0), number(b, 6)});
                     return b.node("Div", {b.node("Mul", {x, gate}), number(b, 6)});
                   },
                   "HardSwish"});
  forms.push_back({"GELU of Erf",
                   [=](B& b, const S& x) {
                     const S inner = b.node("Erf", {b.node("Div", {x, number(b, 1.41421356F)})});
                     const S gate = b.node("Add", {inner, number(b, 1)});
                     return b.node("Mul", {b.node("Mul", {x, gate}), number(b, 0.5F)});
                   },
                   "Gelu"});
  forms.push_back(
      {"GELU of Tanh",
       [=](B& b, const S& x) {
         const S cube = b.node("Mul", {b.node("Pow", {x, number(b, 3)}), number(b, 0.044715F)});
         const S inner = b.node("Mul", {b.node("Add", {x, cube}), number(b, 0.79788456F)});
         const S gate = b.node("Add", {number(b, 1), b.node("Tanh", {inner})});
         return b.node("Mul", {b.node("Mul", {number(b, 0.5F), x}), gate});
       },
       "f(x)"});
  forms.push_back({"Clip to both sides",
                   [=](B& b, const S& x) {
                     return b.node("Clip", {x, number(b, -1), number(b, 1.5F)});
                   },
                   "Clip(x, -1, 1.5)"});
  forms.push_back({"Clip above 0",
                   [=](B& b, const S& x) {
                     return b.node("Clip", {x, number(b, 0.25F), number(b, 2)});
                   },
                   "Clip(x, 0.25, 2)"});
  forms.push_back({"LeakyRelu of Max",
                   [=](B& b, const S& x) {
                     return b.node("Max", {x, b.node("Mul", {x, number(b, 0.1F)})});
                   },
                   "(x max (x * 0.1))"});
  forms.push_back({"a shifted Sigmoid",
                   [=](B& b, const S& x) {
                     const S y = b.node("Sigmoid", {x});
                     return b.node("Sub", {b.node("Mul", {y, number(b, 4)}), number(b, 2)});
                   },
                   "((Sigmoid(x) * 4) - 2)"});
  return forms;
}

/// Operators of later sets, which the functions of 13 above are written without.
inline std::vector<std::pair<ActivationForm, std::int64_t>> newer_activation_forms() {
  using B = OnnxBuilder;
  using S = std::string;
  return {
      {{"HardSwish", [](B& b, const S& x) { return b.node("HardSwish", {x}); }, "HardSwish"}, 14},
      {{"Mish", [](B& b, const S& x) { return b.node("Mish", {x}); }, "Mish"}, 18},
      {{"Gelu", [](B& b, const S& x) { return b.node("Gelu", {x}); }, "Gelu"}, 20},
      {{"Gelu by Tanh",
        [](B& b, const S& x) {
          const S y = b.node("Gelu", {x});
          b.with("approximate", S("tanh"));
          return y;
        },
        "Gelu"},
       20}};
}

/// Small networks with a function of the caller's: weights may be any values.
class TableModels {
 public:
  explicit TableModels(AddActivation activation) : activation_(std::move(activation)) {}

  /// Two layers, the second of which reads the first one's map with padding.
  OnnxBuilder two_layers() {
    OnnxBuilder b(2, 7, 6);
    std::string x = activation_(b, conv(b, "image", 2, 4, 3));
    x = activation_(b, conv(b, x, 4, 4, 3));
    return classified(std::move(b), x);
  }

  /// LeNet-5's form: means over windows behind the function, and fully connected layers.
  OnnxBuilder lenet() {
    OnnxBuilder b(1, 12, 12);
    std::string x = mean(b, activation_(b, conv(b, "image", 1, 3, 3)));
    x = mean(b, activation_(b, conv(b, x, 3, 4, 3)));
    x = b.node("Flatten", {x});
    x = b.node("Gemm", {x, b.normal(random_, {36, 8}, 0, 0.2), b.normal(random_, {8}, 0, 0.3)});
    x = activation_(b, x);
    b.output(b.node("Gemm", {x, b.normal(random_, {8, 3}, 0, 0.5), b.normal(random_, {3}, 0, 1)}));
    return b;
  }

  /// Inverted residuals: expansion, depthwise convolution and linear bottleneck, as in MobileNetV3
  /// without gates; batch norm in front of the function.
  OnnxBuilder inverted_residuals() {
    OnnxBuilder b(3, 8, 8);
    std::string x = activation_(b, norm(b, conv(b, "image", 3, 4, 3), 4));
    for (int i = 0; i < 2; ++i) {
      const std::string wide = activation_(b, norm(b, conv(b, x, 4, 8, 1), 8));
      std::string deep = b.node("Conv", {wide, b.normal(random_, {8, 1, 3, 3}, 0, 0.4)});
      b.with("pads", OnnxBuilder::Ints{1, 1, 1, 1}).with("group", 8);
      deep = activation_(b, norm(b, deep, 8));
      const std::string narrow = norm(b, conv(b, deep, 8, 4, 1), 4);
      x = i == 0 ? narrow : b.node("Add", {x, narrow});
    }
    x = activation_(b, conv(b, x, 4, 4, 1));
    return classified(std::move(b), x);
  }

  /// A residual sum in front of the function, one of two layers' maps, a Concat and a maximum.
  OnnxBuilder residuals() {
    OnnxBuilder b(2, 8, 8);
    std::string x = activation_(b, conv(b, "image", 2, 4, 3));
    for (int i = 0; i < 2; ++i) {
      const std::string y = activation_(b, conv(b, x, 4, 4, 3));
      x = activation_(b, b.node("Add", {conv(b, y, 4, 4, 3), x}));
    }
    const std::string wide = b.node("Concat", {x, activation_(b, conv(b, x, 4, 2, 1))});
    b.with("axis", 1);
    const std::string most = b.node("MaxPool", {wide});
    b.with("kernel_shape", OnnxBuilder::Ints{3, 3})
        .with("strides", OnnxBuilder::Ints{2, 2})
        .with("pads", OnnxBuilder::Ints{1, 1, 1, 1});
    x = activation_(b, conv(b, most, 6, 4, 3));
    return classified(std::move(b), x);
  }

 private:
  std::string conv(OnnxBuilder& b, const std::string& x, std::int64_t in, std::int64_t out,
                   std::int64_t kernel) {
    const double deviation = 1.3 / std::sqrt(static_cast<double>(in * kernel * kernel));
    const std::string y =
        b.node("Conv", {x, b.normal(random_, {out, in, kernel, kernel}, 0, deviation),
                        b.normal(random_, {out}, 0.2, 0.5)});
    b.with("pads", OnnxBuilder::Ints(4, kernel / 2));
    return y;
  }
  std::string norm(OnnxBuilder& b, const std::string& x, std::int64_t channels) {
    const auto ones = [&](float value) {
      return b.tensor({channels}, std::vector<float>(static_cast<std::size_t>(channels), value));
    };
    const std::string scale = b.normal(random_, {channels}, 1, 0.2);
    return b.node("BatchNormalization",
                  {x, scale, b.normal(random_, {channels}, 0, 0.3), ones(0.1F), ones(0.8F)});
  }
  std::string mean(OnnxBuilder& b, const std::string& x) {
    const std::string y = b.node("AveragePool", {x});
    b.with("kernel_shape", OnnxBuilder::Ints{2, 2}).with("strides", OnnxBuilder::Ints{2, 2});
    return y;
  }
  OnnxBuilder classified(OnnxBuilder b, const std::string& x) {
    const std::string flat = b.node("Flatten", {b.node("GlobalAveragePool", {x})});
    b.output(b.node("Gemm", {flat, b.normal(random_, {4, 3}, 0, 1), b.normal(random_, {3}, 0, 1)}));
    return b;
  }

  AddActivation activation_;
  Random random_{91};
};

}  // namespace colcomb::tests
