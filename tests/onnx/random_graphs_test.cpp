// Small networks of mixed idioms, drawn at random: the imported network gives what the graph gives,
// by ONNX's definitions and in ONNX Runtime, and all integer implementations agree.
//
//   COLCOMB_RANDOM_GRAPHS=FIRST:COUNT    other seeds than those of a test run
//   COLCOMB_RANDOM_GRAPHS_IN=FOLDER      keep the models there
#include "tests/support/random_graphs.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/interchange/export.hpp"
#include "colcomb/quantization/quantize.hpp"
#include "tests/interchange/import_support.hpp"
#include "tests/support/command.hpp"
#include "tests/support/integer_implementations.hpp"

namespace colcomb::tests {
namespace {

struct Seeds {
  std::uint64_t first = 1, count = kOfATestRun;
#ifdef COLCOMB_ONNX_RUNTIME
  static constexpr std::uint64_t kOfATestRun = 40;
#else
  static constexpr std::uint64_t kOfATestRun = 12;
#endif

  Seeds() {
    const char* const given = std::getenv("COLCOMB_RANDOM_GRAPHS");
    if (given == nullptr) return;
    char* end = nullptr;
    first = std::strtoull(given, &end, 10);
    if (*end == ':') count = std::strtoull(end + 1, &end, 10);
    if (*end != '\0' || count == 0)
      throw std::invalid_argument("COLCOMB_RANDOM_GRAPHS must be FIRST:COUNT");
  }
};

/// A graph, what import makes of it for one image, and the graph's own values.
class Case {
 public:
  explicit Case(std::uint64_t seed) : graph(seed), random(seed + 1000000) {
    model = imported(graph.builder);
    if (!complaints(model).empty()) return;
    const InputDescription& input = model.network.description.input;
    image = random_image(random, input);
    limits = interchange::measure_limits(model, image, kNoSaturation);
    network = interchange::rescaled(model, limits);
    given = in_model_order(graph.builder, input, normalized(image));
    OnnxTensor tensor{onnx::TensorProto::FLOAT, {}, given};
    for (const auto& dim : graph.builder.model.graph().input(0).type().tensor_type().shape().dim())
      tensor.shape.push_back(dim.dim_value());
    tensors = OnnxEvaluation(graph.builder.model).run(tensor);
    scores = tensors.at(graph.builder.model.graph().output(0).name()).values;
  }

  /// Where the imported network, in float, gives other scores: with the layers whose outputs are no
  /// value of the graph's. (Layers in front of a clip, and poolings of joined maps, never are.)
  [[nodiscard]] std::string float_difference() const {
    const FloatResult found = float_forward(network, image);
    if (close(found.logits, scores)) return "";
    std::string where = fmt::format("logits [{}], expected [{}]", fmt::join(found.logits, " "),
                                    fmt::join(scores, " "));
    where += "; layers that give no value of the graph's:";
    for (std::size_t i = 0; i < network.hidden.size(); ++i) {
      std::vector<double> values = found.outputs[i].values;
      for (double& value : values) value = value * limits[i].limit / 6 - limits[i].offset;
      const bool known = std::ranges::any_of(
          tensors, [&](const auto& entry) { return close(values, entry.second.values); });
      if (!known) where += ' ' + network.description.hidden[i].name;
    }
    return where;
  }

  RandomGraph graph;
  Random random;
  interchange::ImportedModel model;
  std::vector<std::uint8_t> image;
  std::vector<interchange::ActivationLimit> limits;
  FloatNetwork network;
  std::vector<double> given, scores;  // as the graph reads and gives them
  std::map<std::string, OnnxTensor> tensors;

 private:
  static bool close(const std::vector<double>& a, const std::vector<double>& b) {
    if (a.size() != b.size()) return false;
    double scale = 1;
    for (const double value : b) scale = std::max(scale, std::abs(value));
    return std::ranges::equal(a, b,
                              [&](double u, double v) { return std::abs(u - v) <= 2e-5 * scale; });
  }
};

QuantizedNetwork integers_of(const Case& made) {
  return quantization::quantize(made.network, {pooling_bits(made.network, 2)});
}

TEST(RandomGraphs, GiveTheModelsNumbersAndOneNetworksIntegers) {
  const Seeds seeds;
  std::map<std::string, std::size_t> drawn;
  for (std::uint64_t seed = seeds.first; seed < seeds.first + seeds.count; ++seed) {
    Case made(seed);
    SCOPED_TRACE(fmt::format("seed {}, {}", seed, made.graph.text()));
    ASSERT_EQ(complaints(made.model), "");
    ASSERT_NO_THROW(validate(made.network, "network"));
    ASSERT_EQ(made.float_difference(), "");
    const QuantizedNetwork network = integers_of(made);
    ASSERT_NO_THROW(validate(network, "network"));
    const auto second = random_image(made.random, network.description.input);
    std::vector<std::uint8_t> images = made.image;
    images.insert(images.end(), second.begin(), second.end());
    ASSERT_EQ(integer_difference(network, images, 2, made.random), "");
    for (const std::string& idiom : made.graph.drawn()) ++drawn[idiom];
  }
  if (seeds.count < Seeds::kOfATestRun) return;
  for (const char* const idiom : {"residual", "projection", "Concat", "linear bottleneck", "Clip"})
    EXPECT_GT(drawn[idiom], 0U) << idiom;
}

#ifdef COLCOMB_ONNX_RUNTIME
void write_floats(const std::string& path, const std::vector<double>& values) {
  const std::vector<float> floats(values.begin(), values.end());
  write_file_atomically(path, std::as_bytes(std::span(floats)));
}

/// Both directions: the graph itself against the imported network, that network exported again
/// against the graph, and the exported integers.
TEST(RandomGraphs, GiveOnnxRuntimesNumbers) {
  if (!std::filesystem::exists(std::filesystem::path(COLCOMB_ONNX_RUNTIME) / "installed"))
    GTEST_SKIP() << "ONNX Runtime is not installed in " << COLCOMB_ONNX_RUNTIME;
  const Seeds seeds;
  const TemporaryFolder temporary;
  const char* const kept = std::getenv("COLCOMB_RANDOM_GRAPHS_IN");
  const std::filesystem::path folder = kept == nullptr ? temporary.path() : kept;
  std::string models, exported;
  for (std::uint64_t seed = seeds.first; seed < seeds.first + seeds.count; ++seed) {
    const Case made(seed);
    ASSERT_EQ(complaints(made.model), "") << "seed " << seed;
    const std::string name = (folder / fmt::format("seed{}", seed)).string();
    onnx::ModelProto whole = made.graph.builder.model;
    whole.mutable_graph()->mutable_output(0)->mutable_type()->mutable_tensor_type()->set_elem_type(
        onnx::TensorProto::FLOAT);
    write_file_atomically(name + ".onnx", whole.SerializeAsString());
    write_floats(name + ".input", made.given);
    write_floats(name + ".scores", float_forward(made.network, made.image).logits);
    models += fmt::format(" '{}'", name);
    const std::string again = name + "-again";
    interchange::save_onnx(made.network, again + ".onnx");
    write_file_atomically(again + ".input", std::as_bytes(std::span(made.image)));
    std::vector<double> scores = made.scores;
    for (double& score : scores) score /= interchange::logit_divisor(made.model, made.limits);
    write_floats(again + ".scores", scores);
    models += fmt::format(" '{}'", again);
    const QuantizedNetwork network = integers_of(made);
    const std::string integers = name + "-integers";
    interchange::save_onnx(network, {}, integers + ".onnx");
    write_file_atomically(integers + ".images", std::as_bytes(std::span(made.image)));
    const std::vector<std::int32_t> logits = semantics::run(network, made.image);
    write_file_atomically(integers + ".logits", std::as_bytes(std::span(logits)));
    exported += fmt::format(" '{}'", integers);
  }
  const auto expect = [](const char* script, const std::string& cases, const std::string& line) {
    const CommandResult result =
        run_command(fmt::format("node '{}' '{}' {}", script, COLCOMB_ONNX_RUNTIME, cases));
    EXPECT_EQ(result.status, 0) << result.output;  // names the seed
    EXPECT_NE(result.output.find(line), std::string::npos) << result.output;
  };
  expect(COLCOMB_CHECK_FLOATS, models, fmt::format("scores agree: {} models", 2 * seeds.count));
  expect(COLCOMB_CHECK_LOGITS, exported,
         fmt::format("logits identical: {} images, {} models", seeds.count, seeds.count));
}
#endif

}  // namespace
}  // namespace colcomb::tests
