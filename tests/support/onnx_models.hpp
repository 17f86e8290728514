#pragma once

#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/onnx_builder.hpp"
#include "tests/support/onnx_evaluation.hpp"

namespace colcomb::tests {

/// Layers of random weights that keep the size of activations, as training starts from.
class ModelWriter {
 public:
  ModelWriter(std::int64_t channels, std::int64_t height, std::int64_t width, std::uint64_t seed)
      : builder(channels, height, width), random_(seed) {}

  std::string convolution(const std::string& from, std::int64_t in, std::int64_t out,
                          std::int64_t kernel, std::int64_t stride, std::int64_t padding) {
    const auto weights = builder.normal(random_, {out, in, kernel, kernel}, 0,
                                        std::sqrt(2.0 / static_cast<double>(in * kernel * kernel)));
    const auto made = builder.node("Conv", {from, weights, builder.normal(random_, {out}, 0, 0.1)});
    builder.with("strides", OnnxBuilder::Ints{stride, stride})
        .with("pads", OnnxBuilder::Ints{padding, padding, padding, padding});
    return made;
  }
  std::string relu(const std::string& from) { return builder.node("Relu", {from}); }
  std::string halved(const std::string& from) {
    const auto made = builder.node("MaxPool", {from});
    builder.with("kernel_shape", OnnxBuilder::Ints{2, 2}).with("strides", OnnxBuilder::Ints{2, 2});
    return made;
  }
  std::string dense(const std::string& from, std::int64_t in, std::int64_t out) {
    const auto weights =
        builder.normal(random_, {out, in}, 0, std::sqrt(2.0 / static_cast<double>(in)));
    const auto made = builder.node("Gemm", {from, weights, builder.normal(random_, {out}, 0, 0.1)});
    builder.with("transB", 1);
    return made;
  }

  OnnxBuilder builder;

 private:
  Random random_;
};

/// LeNet-5's form on 3 x 32 x 32: 5 x 5 convolutions without padding, maxima (one before its ReLU,
/// as some write it), and two hidden matrix products. Gives `features` values.
inline ModelWriter lenet_features(std::int64_t features) {
  ModelWriter m(3, 32, 32, 5);
  const auto first = m.halved(m.relu(m.convolution("image", 3, 6, 5, 1, 0)));
  const auto second = m.relu(m.halved(m.convolution(first, 6, 12, 5, 1, 0)));
  const auto flat = m.builder.node("Flatten", {second});
  const auto hidden = m.relu(m.dense(flat, 12 * 5 * 5, 48));
  m.builder.output(m.relu(m.dense(hidden, 48, features)));
  return m;
}

/// ResNet's form on 3 x 32 x 32: 3 x 3 convolutions, identity residuals within a width, a strided
/// layer between the widths, the mean over the map. Gives `features` values.
inline ModelWriter resnet_features(std::int64_t features) {
  ModelWriter m(3, 32, 32, 6);
  auto map = m.relu(m.convolution("image", 3, 8, 3, 2, 1));
  std::int64_t width = 8;
  for (const std::int64_t wider : {std::int64_t{8}, features}) {
    if (wider != width) map = m.relu(m.convolution(map, width, wider, 3, 2, 1));
    width = wider;
    const auto hidden = m.relu(m.convolution(map, width, width, 3, 1, 1));
    map = m.relu(m.builder.node("Add", {m.convolution(hidden, width, width, 3, 1, 1), map}));
  }
  m.builder.output(m.builder.node("Flatten", {m.builder.node("GlobalAveragePool", {map})}));
  return m;
}

/// Blocks that read several maps, on 3 x 32 x 32: a residual block with a projection shortcut, then
/// two products joined. Gives `features` values, an even number.
inline ModelWriter branch_features(std::int64_t features) {
  ModelWriter m(3, 32, 32, 7);
  const auto map = m.relu(m.convolution("image", 3, 8, 3, 2, 1));
  const auto hidden = m.relu(m.convolution(map, 8, 12, 3, 2, 1));
  const auto product = m.convolution(hidden, 12, 12, 3, 1, 1);
  const auto shortcut = m.convolution(map, 8, 12, 1, 2, 0);
  const auto sum = m.relu(m.builder.node("Add", {product, shortcut}));
  const auto wide = m.relu(m.convolution(sum, 12, features / 2, 3, 1, 1));
  const auto narrow = m.relu(m.convolution(sum, 12, features / 2, 1, 1, 0));
  const auto joined = m.builder.node("Concat", {narrow, wide});
  m.builder.with("axis", 1);
  m.builder.output(m.builder.node("Flatten", {m.builder.node("GlobalAveragePool", {joined})}));
  return m;
}

/// A chain of 3 x 3 convolutions with padding on 3 x 32 x 32, behind each another function than
/// ReLU: SiLU, LeakyRelu and HardSwish of several nodes. Gives `features` values.
inline ModelWriter swish_features(std::int64_t features) {
  ModelWriter m(3, 32, 32, 8);
  OnnxBuilder& b = m.builder;
  const auto first = m.convolution("image", 3, 12, 3, 2, 1);
  const auto silu = b.node("Mul", {first, b.node("Sigmoid", {first})});
  const auto leaky = b.node("LeakyRelu", {m.convolution(silu, 12, 16, 3, 2, 1)});
  b.with("alpha", 0.1F);
  const auto last = m.convolution(leaky, 16, features, 3, 1, 1);
  const auto moved = b.node("Add", {last, b.tensor({}, {3.0F})});
  const auto clipped = b.node("Clip", {moved, b.tensor({}, {0.0F}), b.tensor({}, {6.0F})});
  const auto swish = b.node("Div", {b.node("Mul", {last, clipped}), b.tensor({}, {6.0F})});
  b.output(b.node("Flatten", {b.node("GlobalAveragePool", {swish})}));
  return m;
}

/// Ends a model of features with a Gemm to `classes`, fitted by logistic regression to the images
/// (normalized) and their labels.
inline void fit_classes(OnnxBuilder& builder, const std::vector<std::vector<double>>& images,
                        const std::vector<std::size_t>& labels, std::size_t classes) {
  std::vector<std::vector<double>> features;
  const OnnxEvaluation evaluation(builder.model);
  for (const auto& image : images) features.push_back(evaluation.run_image(image));
  const std::size_t width = features.front().size();
  std::vector<double> weights(classes * width), bias(classes);
  for (std::size_t epoch = 0; epoch < 400; ++epoch) {
    for (std::size_t i = 0; i < features.size(); ++i) {
      std::vector<double> share(classes);
      double total = 0;
      for (std::size_t k = 0; k < classes; ++k) {
        double logit = bias[k];
        for (std::size_t m = 0; m < width; ++m) logit += weights[k * width + m] * features[i][m];
        total += share[k] = std::exp(logit);
      }
      for (std::size_t k = 0; k < classes; ++k) {
        const double step = 0.02 * ((k == labels[i] ? 1 : 0) - share[k] / total);
        bias[k] += step;
        for (std::size_t m = 0; m < width; ++m) weights[k * width + m] += step * features[i][m];
      }
    }
  }
  const std::string from = builder.model.graph().output(0).name();
  const auto rows = static_cast<std::int64_t>(classes);
  const auto b =
      builder.tensor({rows, static_cast<std::int64_t>(width)}, {weights.begin(), weights.end()});
  const auto c = builder.tensor({rows}, {bias.begin(), bias.end()});
  builder.model.mutable_graph()->clear_output();
  builder.output(builder.node("Gemm", {from, b, c}));
  builder.with("transB", 1);
}

}  // namespace colcomb::tests
