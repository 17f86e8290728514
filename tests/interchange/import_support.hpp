#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "colcomb/base/random.hpp"
#include "colcomb/interchange/import.hpp"
#include "tests/support/float_forward.hpp"
#include "tests/support/onnx_builder.hpp"
#include "tests/support/onnx_evaluation.hpp"
#include "tests/support/random_network.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::tests {

inline constexpr double kMean = 0.4;
inline constexpr double kDeviation = 0.25;
inline const interchange::LimitOptions kNoSaturation{.choice = interchange::LimitChoice::kMinMax};

/// The model of a builder, saved and imported.
inline interchange::ImportedModel imported(const OnnxBuilder& builder, std::size_t alpha = 4) {
  const TemporaryFolder folder;
  builder.save(folder / "model.onnx");
  interchange::ImportOptions options;
  options.mean = {kMean};
  options.std = {kDeviation};
  options.alpha = alpha;
  return interchange::import_onnx(folder / "model.onnx", options);
}

/// The verdicts on what is not supported, one a line.
inline std::string complaints(const interchange::ImportedModel& model) {
  std::string text;
  for (const auto& node : model.nodes) {
    if (node.status == interchange::NodeVerdict::Status::kUnsupported)
      text += node.node + ": " + node.text + '\n';
  }
  return text;
}

inline std::vector<double> normalized(const std::vector<std::uint8_t>& image) {
  std::vector<double> result;
  for (const std::uint8_t pixel : image) result.push_back((pixel / 255.0 - kMean) / kDeviation);
  return result;
}

/// Values of a C x H x W image in the order of the model's input.
inline std::vector<double> in_model_order(const OnnxBuilder& builder, const InputDescription& input,
                                          const std::vector<double>& image) {
  const auto& shape = builder.model.graph().input(0).type().tensor_type().shape();
  const bool last = shape.dim_size() == 4 &&
                    shape.dim(1).dim_value() == static_cast<std::int64_t>(input.height) &&
                    shape.dim(3).dim_value() == static_cast<std::int64_t>(input.channels) &&
                    input.height != input.channels;
  if (!last) return image;
  std::vector<double> result;
  const std::size_t pixels = input.height * input.width;
  for (std::size_t i = 0; i < image.size(); ++i)
    result.push_back(image[i % input.channels * pixels + i / input.channels]);
  return result;
}

/// The imported network, its limits measured on `images`, so that nothing saturates.
inline FloatNetwork network_of(const interchange::ImportedModel& model,
                               const std::vector<std::uint8_t>& images) {
  return interchange::rescaled(model, interchange::measure_limits(model, images, kNoSaturation));
}

/// The model's output for a random image is the imported network's.
inline void expect_same_logits(const OnnxBuilder& builder, Random& random) {
  const interchange::ImportedModel model = imported(builder);
  ASSERT_EQ(complaints(model), "");
  const auto image = random_image(random, model.network.description.input);
  const FloatNetwork network = network_of(model, image);
  ASSERT_NO_THROW(validate(network, "network"));
  const std::vector<double> expected =
      OnnxEvaluation(builder.model)
          .run_image(in_model_order(builder, model.network.description.input, normalized(image)));
  const std::vector<double> found = float_forward(network, image).logits;
  ASSERT_EQ(found.size(), expected.size());
  double scale = 1;
  for (const double value : expected) scale = std::max(scale, std::abs(value));
  for (std::size_t k = 0; k < found.size(); ++k)
    ASSERT_NEAR(found[k], expected[k], 2e-5 * scale) << "class " << k;
}

}  // namespace colcomb::tests
