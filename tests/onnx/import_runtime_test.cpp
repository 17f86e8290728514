// Imported models against ONNX Runtime on the model itself. Skipped where install_runtime.sh found
// no node, npm or registry.
#include <gtest/gtest.h>

#include "colcomb/base/files.hpp"
#include "colcomb/interchange/export.hpp"
#include "colcomb/quantization/quantize.hpp"
#include "colcomb/semantics/integer_run.hpp"
#include "tests/end_to_end/support.hpp"
#include "tests/interchange/import_support.hpp"
#include "tests/onnx/runtime_case.hpp"
#include "tests/support/onnx_features.hpp"
#include "tests/support/onnx_tables.hpp"

namespace colcomb::tests {
namespace {

std::vector<float> to_floats(const std::vector<double>& values) {
  return {values.begin(), values.end()};
}

/// Writes the case NAME with what the imported network gives.
void write_case(const OnnxBuilder& builder, const std::string& name) {
  const interchange::ImportedModel model = imported(builder);
  ASSERT_EQ(complaints(model), "");
  Random random(3);
  const InputDescription& input = model.network.description.input;
  const auto image = random_image(random, input);
  const auto given = to_floats(in_model_order(builder, input, normalized(image)));
  const auto scores = to_floats(float_forward(network_of(model, image), image).logits);
  onnx::ModelProto whole = builder.model;
  // The type that ONNX Runtime wants to be told; the shape it infers.
  whole.mutable_graph()->mutable_output(0)->mutable_type()->mutable_tensor_type()->set_elem_type(
      onnx::TensorProto::FLOAT);
  write_file_atomically(name + ".onnx", whole.SerializeAsString());
  write_file_atomically(name + ".input", std::as_bytes(std::span(given)));
  write_file_atomically(name + ".scores", std::as_bytes(std::span(scores)));
}

TEST(ImportRuntime, EveryFormGivesTheModelsNumbers) {
  if (!std::filesystem::exists(std::filesystem::path(COLCOMB_ONNX_RUNTIME) / "installed"))
    GTEST_SKIP() << "ONNX Runtime is not installed in " << COLCOMB_ONNX_RUNTIME;
  const TemporaryFolder folder;
  std::string cases;
  std::size_t count = 0;
  for (const FeatureModel& feature : FeatureModels::all()) {
    if (feature.runtime_differs) continue;
    SCOPED_TRACE(feature.name);
    const std::string name = (folder / feature.name).string();
    write_case(feature.builder, name);
    if (HasFatalFailure()) return;
    cases += fmt::format(" '{}'", name);
    ++count;
  }
  const CommandResult result = run_command(
      fmt::format("node '{}' '{}' {}", COLCOMB_CHECK_FLOATS, COLCOMB_ONNX_RUNTIME, cases));
  EXPECT_EQ(result.status, 0) << result.output;
  EXPECT_NE(result.output.find(fmt::format("scores agree: {} models", count)), std::string::npos)
      << result.output;
}

/// Each form of an activation function, and networks with some of them. Tables are on straight
/// lines between 256 values, so that scores differ by about a step.
TEST(ImportRuntime, ActivationFunctionsGiveTheModelsNumbers) {
  if (!std::filesystem::exists(std::filesystem::path(COLCOMB_ONNX_RUNTIME) / "installed"))
    GTEST_SKIP() << "ONNX Runtime is not installed in " << COLCOMB_ONNX_RUNTIME;
  const TemporaryFolder folder;
  std::string floats;
  std::string integers;
  std::size_t count = 0;
  const auto add = [&](const OnnxBuilder& builder) {
    const std::string name = (folder / fmt::format("table{}", count++)).string();
    write_case(builder, name);
    floats += fmt::format(" '{}'", name);
    // And once more in integers, by ONNX Runtime too.
    const interchange::ImportedModel model = imported(builder);
    Random random(4);
    std::vector<std::uint8_t> images;
    for (int i = 0; i < 2; ++i) {
      const auto image = random_image(random, model.network.description.input);
      images.insert(images.end(), image.begin(), image.end());
    }
    const QuantizedNetwork network = quantization::quantize(network_of(model, images), {0});
    interchange::save_onnx(network, {}, name + "i.onnx");
    write_expectation(name + "i", images, semantics::run_many(network, images, 1).values());
    integers += fmt::format(" '{}i'", name);
  };
  for (const ActivationForm& form : activation_forms()) {
    SCOPED_TRACE(form.name);
    add(TableModels(form.add).two_layers());
    if (form.name == "Tanh") add(TableModels(form.add).lenet());
    if (form.name == "SiLU" || form.name == "LeakyRelu") add(TableModels(form.add).residuals());
    if (form.name == "HardSwish of Clip") add(TableModels(form.add).inverted_residuals());
    if (HasFatalFailure()) return;
  }
  CommandResult result = run_command(fmt::format(
      "TOLERANCE=0.01 node '{}' '{}' {}", COLCOMB_CHECK_FLOATS, COLCOMB_ONNX_RUNTIME, floats));
  EXPECT_EQ(result.status, 0) << result.output;
  EXPECT_NE(result.output.find(fmt::format("scores agree: {} models", count)), std::string::npos)
      << result.output;
  result = run_command(
      fmt::format("node '{}' '{}' {}", COLCOMB_CHECK_LOGITS, COLCOMB_ONNX_RUNTIME, integers));
  EXPECT_NE(
      result.output.find(fmt::format("logits identical: {} images, {} models", 2 * count, count)),
      std::string::npos)
      << result.output;
}

}  // namespace
}  // namespace colcomb::tests
