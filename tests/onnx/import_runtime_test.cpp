// Imported models against ONNX Runtime on the model itself. Skipped where install_runtime.sh found
// no node, npm or registry.
#include <gtest/gtest.h>

#include "colcomb/base/files.hpp"
#include "tests/end_to_end/support.hpp"
#include "tests/interchange/import_support.hpp"
#include "tests/support/onnx_features.hpp"

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

}  // namespace
}  // namespace colcomb::tests
