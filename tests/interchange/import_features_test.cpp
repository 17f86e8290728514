// The forms in which other programs write models, against an evaluation by ONNX's definitions.
#include <gmock/gmock.h>

#include <fstream>

#include "colcomb/base/error.hpp"
#include "colcomb/quantization/quantize.hpp"
#include "tests/interchange/import_support.hpp"
#include "tests/support/onnx_features.hpp"

namespace colcomb::tests {
namespace {

using ::testing::HasSubstr;
using Ints = OnnxBuilder::Ints;

TEST(ImportFeatures, EveryFormGivesTheModelsNumbers) {
  for (const FeatureModel& feature : FeatureModels::all()) {
    SCOPED_TRACE(feature.name);
    Random random(1);
    expect_same_logits(feature.builder, random);
  }
}

const FeatureModel& feature(const std::string& name) {
  static const std::vector<FeatureModel> all = FeatureModels::all();
  return *std::ranges::find(all, name, &FeatureModel::name);
}

std::vector<std::string> texts(const interchange::ImportedModel& model) {
  std::vector<std::string> result;
  for (const auto& node : model.nodes) result.push_back(node.text);
  return result;
}

TEST(ImportFeatures, WhatAPruningMaskZeroesStaysPruned) {
  const auto model = imported(feature("pruning mask").builder);
  const FloatLayer& first = model.network.hidden.front();
  ASSERT_FALSE(first.mask.empty());
  for (std::size_t i = 0; i < 72; ++i) EXPECT_EQ(first.mask.values()[i], i % 3 != 1 ? 1 : 0) << i;
}

/// A 1 x 1 convolution of 4 channels of which row 0 keeps {0, 3} and row 1 {1, 2}, with groups.
OnnxBuilder combined_model(const std::string& groups) {
  Random random(1);
  OnnxBuilder b(1, 4, 4);
  const auto first =
      b.node("Relu", {b.node("Conv", {"image", b.normal(random, {4, 1, 3, 3}, 0, 1)})});
  const auto weights = b.tensor({2, 4, 1, 1}, {1, 0, 0, 2, 0, 3, 4, 0});
  const auto second = b.node("Relu", {b.node("Conv", {first, weights})});
  const auto flat = b.node("Flatten", {b.node("GlobalAveragePool", {second})});
  b.output(b.node("Gemm", {flat, b.tensor({2, 3}, {1, 0, 0, 0, 1, 2})}));
  b.metadata("colcomb.groups", groups);
  return b;
}

TEST(ImportFeatures, GroupsOfTheMetadataComeAlong) {
  const auto model = imported(combined_model(R"({"t2": [[0, 1], [2, 3]], "t3": [[1], [0]]})"), 1);
  ASSERT_TRUE(model.supported()) << complaints(model);
  const FloatNetwork& network = model.network;
  EXPECT_THAT(texts(model), ::testing::Contains("filter matrix 2 x 4, combined into 2 groups"));
  EXPECT_THAT(texts(model), ::testing::Contains("filter matrix 3 x 2, combined into 2 groups"));
  EXPECT_FALSE(network.hidden[0].groups);
  EXPECT_EQ(network.hidden[1].groups, (ColumnGroups{{{0, 1}, {2, 3}}}));
  EXPECT_EQ(network.description.hidden[1].alpha, 2U);
  EXPECT_EQ(network.classifier.groups, (ColumnGroups{{{1}, {0}}}));
  EXPECT_EQ(model.weights_names, (std::vector<std::string>{"t1", "t2"}));
  const auto plain = imported(combined_model("{}"), 1);
  EXPECT_FALSE(plain.network.hidden[1].groups);
  EXPECT_EQ(plain.network.hidden[1].weights, network.hidden[1].weights);
}

TEST(ImportFeatures, GroupsThatDoNotFitAreRefused) {
  const std::vector<std::pair<std::string, std::string>> wrong = {
      {R"({"t2": [[0, 3], [1, 2]]})", "row 0 has two nonzero weights in group 0"},
      {R"({"t2": [[0, 1], [2]]})", "column 3 has a nonzero weight in row 0 and is in no group"},
      {R"({"t2": [[0, 1], [2, 3], [0]]})", "a column is in two groups"},
      {R"({"t2": [[0, 1], [2, 4]]})", "a column index is out of range"},
  };
  for (const auto& [groups, fault] : wrong)
    EXPECT_THAT(complaints(imported(combined_model(groups))), HasSubstr(fault)) << groups;
  for (const std::string groups : {"[]", "", "{", R"({"t9": []})", R"({"t2": 1})",
                                   R"({"t2": [[-1]]})", R"({"t2": [[4294967296]]})"}) {
    try {
      static_cast<void>(imported(combined_model(groups)));
      ADD_FAILURE() << groups;
    } catch (const UserError& error) {
      EXPECT_EQ(error.parts().field, "metadata colcomb.groups") << groups;
    }
  }
}

TEST(ImportFeatures, OffsetsAndEndsAddNoLayer) {
  EXPECT_EQ(imported(feature("Max and Min are ReLU6").builder).network.hidden.size(), 2U);
  EXPECT_EQ(imported(feature("Min in front of Max").builder).network.hidden.size(), 2U);
  EXPECT_EQ(imported(feature("a bias behind the residual").builder).network.hidden.size(), 2U);
  const auto model = imported(feature("image normalized in the graph").builder);
  EXPECT_EQ(model.network.hidden.size(), 2U - 1);
  EXPECT_TRUE(model.normalizes);
  EXPECT_EQ(model.nodes.front().text, "normalization of the image");
  // ((p - m) / s - 0.4) * 1.5 - 0.2) / sqrt(0.5 + 1e-5) * 1.2 + 0.1, with m = 0.4 and s = 0.25
  const InputDescription& input = model.network.description.input;
  const double scale = 1.5 * 1.2 / std::sqrt(0.5 + 1e-5);
  EXPECT_NEAR(input.std[0], kDeviation / scale, 1e-6);
  const double offset = (-0.4 * 1.5 - 0.2) * 1.2 / std::sqrt(0.5 + 1e-5) + 0.1;
  EXPECT_NEAR(input.mean[0], kMean - kDeviation * offset / scale, 1e-6);
  EXPECT_FALSE(imported(feature("pruning mask").builder).normalizes);
}

TEST(ImportFeatures, FactorsBehindSumsAndPoolingsArePointwiseLayers) {
  const auto norm = [](OnnxBuilder& b, const std::string& x, Random& random) {
    return b.node("BatchNormalization",
                  {x, b.normal(random, {4}, 1, 0.2), b.normal(random, {4}, 0, 1),
                   b.normal(random, {4}, 0, 1), b.tensor({4}, {0.5F, 1, 2, 0.7F})});
  };
  for (const bool pools : {false, true}) {
    Random random(4);
    OnnxBuilder b(2, 6, 6);
    const auto x =
        b.node("Relu", {b.node("Conv", {"image", b.normal(random, {4, 2, 1, 1}, 0, 1)})});
    const auto y = b.node("Conv", {x, b.normal(random, {4, 4, 1, 1}, 0, 1)});
    const auto changed =
        b.node(pools ? "MaxPool" : "Add", pools ? std::vector{y} : std::vector{y, x});
    if (pools) b.with("kernel_shape", Ints{2, 2}).with("strides", Ints{2, 2});
    const auto map = b.node("Relu", {norm(b, changed, random)});
    const auto flat = b.node("Flatten", {b.node("GlobalAveragePool", {map})});
    b.output(b.node("Gemm", {flat, b.normal(random, {4, 3}, 0, 1)}));
    const auto model = imported(b);
    ASSERT_EQ(complaints(model), "");
    EXPECT_EQ(model.network.hidden.size(), 3U);
    EXPECT_EQ(model.is_signed, (std::vector{false, true, false}));
    EXPECT_THAT(texts(model), ::testing::Contains("a pointwise layer with batch norm"));
    expect_same_logits(b, random);
  }
}

// 4 * 2.4 - 9.599 = 0.001 is all that the second layer gives: with a limit of that, its weight
// would be 4 * 2.4 / 0.001.
TEST(ImportFeatures, ALayerThatIsAllButDeadHasWeightsThatFit) {
  OnnxBuilder b(1, 2, 2);
  const auto x = b.node("Relu", {b.node("Conv", {"image", b.tensor({1, 1, 1, 1}, {1})})});
  const auto y =
      b.node("Relu", {b.node("Conv", {x, b.tensor({1, 1, 1, 1}, {4}), b.tensor({1}, {-9.599F})})});
  const auto flat = b.node("Flatten", {b.node("GlobalAveragePool", {y})});
  b.output(b.node("Gemm", {flat, b.tensor({1, 2}, {1, -1})}));
  const auto model = imported(b);
  ASSERT_EQ(complaints(model), "");
  const std::vector<std::uint8_t> white(4, 255);
  const auto limits = interchange::measure_limits(model, white, kNoSaturation);
  EXPECT_NEAR(limits[0].limit, 2.4, 1e-6);
  EXPECT_NEAR(limits[1].limit, 4 * 2.4 / 128, 1e-6);
  EXPECT_NO_THROW(static_cast<void>(quantization::quantize(interchange::rescaled(model, limits))));
}

TEST(ImportFeatures, LinesSayWhatIsDropped) {
  EXPECT_THAT(texts(imported(feature("ArgMax").builder)),
              ::testing::Contains("dropped: behind the classes' scores"));
  EXPECT_THAT(texts(imported(feature("Sigmoid").builder)),
              ::testing::Contains("dropped: the largest class stays the same"));
  EXPECT_THAT(texts(imported(feature("batch norm in training form").builder)),
              ::testing::Contains(HasSubstr("in training form: its running statistics are used")));
}

/// The same model with all numbers of at least 8 bytes in a file beside it.
void save_with_external_data(onnx::ModelProto model, const std::filesystem::path& path) {
  const std::string name = path.filename().string() + ".data";
  std::ofstream data(path.parent_path() / name, std::ios::binary);
  std::size_t offset = 0;
  for (auto& tensor : *model.mutable_graph()->mutable_initializer()) {
    if (tensor.data_type() != onnx::TensorProto::FLOAT) continue;
    std::string raw = tensor.raw_data();
    if (raw.empty())
      raw.assign(reinterpret_cast<const char*>(tensor.float_data().data()),
                 sizeof(float) * static_cast<std::size_t>(tensor.float_data_size()));
    tensor.clear_raw_data();
    tensor.clear_float_data();
    tensor.set_data_location(onnx::TensorProto::EXTERNAL);
    const auto entry = [&](const char* key, const std::string& value) {
      auto* const made = tensor.add_external_data();
      made->set_key(key);
      made->set_value(value);
    };
    entry("location", name);
    entry("offset", std::to_string(offset));
    entry("length", std::to_string(raw.size()));
    data << raw;
    offset += raw.size();
  }
  std::ofstream stream(path, std::ios::binary);
  model.SerializeToOstream(&stream);
}

TEST(ImportFeatures, ExternalDataIsRead) {
  const TemporaryFolder folder;
  const OnnxBuilder& builder = feature("channels last").builder;
  builder.save(folder / "whole.onnx");
  save_with_external_data(builder.model, folder / "model.onnx");
  const auto whole = interchange::import_onnx(folder / "whole.onnx", {});
  const auto external = interchange::import_onnx(folder / "model.onnx", {});
  ASSERT_EQ(complaints(external), "");
  for (std::size_t i = 0; i < whole.network.layer_count(); ++i)
    EXPECT_EQ(external.network.layer(i).weights, whole.network.layer(i).weights);
}

/// The refusal of a model whose first tensor's external data was changed.
std::string refusal_of(const std::string& key, const std::string& value,
                       const std::function<void(const std::filesystem::path&)>& prepare = {}) {
  const TemporaryFolder folder;
  std::filesystem::create_directories(folder / "inside");
  const auto path = folder / "inside" / "model.onnx";
  OnnxBuilder b(1, 4, 4);
  Random random(1);
  b.output(b.node("Conv", {"image", b.normal(random, {4, 1, 2, 2}, 0, 1)}));
  save_with_external_data(b.model, path);
  onnx::ModelProto model;
  {
    std::ifstream stream(path, std::ios::binary);
    EXPECT_TRUE(model.ParseFromIstream(&stream));
  }
  for (auto& entry : *model.mutable_graph()->mutable_initializer(0)->mutable_external_data()) {
    if (entry.key() == key) entry.set_value(value);
  }
  std::ofstream(path, std::ios::binary) << model.SerializeAsString();
  if (prepare) prepare(folder.path());
  try {
    (void)interchange::import_onnx(path, {});
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

TEST(ImportFeatures, ExternalDataStaysWithinTheModelsFolder) {
  const auto outside = [](const std::filesystem::path& folder) {
    std::ofstream(folder / "secret", std::ios::binary) << std::string(64, 'x');
    std::filesystem::create_symlink(folder / "secret", folder / "inside" / "link");
  };
  EXPECT_EQ(refusal_of("", ""), "");
  EXPECT_THAT(refusal_of("location", "../secret", outside),
              HasSubstr("'../secret': must be a path below the model's folder, without '..'"));
  EXPECT_THAT(refusal_of("location", "x/../../secret", outside), HasSubstr("without '..'"));
  EXPECT_THAT(refusal_of("location", "/etc/passwd"), HasSubstr("'/etc/passwd': must be a path"));
  EXPECT_THAT(refusal_of("location", "link", outside),
              HasSubstr("is a link out of the model's folder"));
  EXPECT_THAT(refusal_of("location", "absent"), HasSubstr("'absent': is no file: it must lie"));
  EXPECT_THAT(refusal_of("location", "."), HasSubstr("is no file"));
}

TEST(ImportFeatures, ExternalDataClaimsNoMoreThanItsFileHolds) {
  EXPECT_THAT(refusal_of("offset", "1"), HasSubstr("has only 64"));
  EXPECT_THAT(refusal_of("offset", "18446744073709551615"), HasSubstr("has only 64"));
  EXPECT_THAT(refusal_of("offset", "-1"), HasSubstr("must be a number of bytes"));
  EXPECT_THAT(refusal_of("length", "2147483648"), HasSubstr("must have 64, as its dimensions say"));
}

TEST(ImportFeatures, TwoTensorsDoNotShareExternalBytes) {
  const TemporaryFolder folder;
  OnnxBuilder b(1, 4, 4);
  Random random(1);
  for (int i = 0; i < 2; ++i) (void)b.normal(random, {4, 1, 2, 2}, 0, 1);
  b.output(b.node("Conv", {"image", "t1"}));
  onnx::ModelProto model = b.model;
  save_with_external_data(model, folder / "m.onnx");
  {
    std::ifstream stream(folder / "m.onnx", std::ios::binary);
    ASSERT_TRUE(model.ParseFromIstream(&stream));
  }
  // The file is cut to the half that both tensors then name.
  std::filesystem::resize_file(folder / "m.onnx.data", 64);
  for (auto& entry : *model.mutable_graph()->mutable_initializer(1)->mutable_external_data()) {
    if (entry.key() == "offset") entry.set_value("0");
  }
  std::ofstream(folder / "m.onnx", std::ios::binary) << model.SerializeAsString();
  try {
    (void)interchange::import_onnx(folder / "m.onnx", {});
    FAIL();
  } catch (const UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("other tensors hold the same bytes"));
  }
}

// Operator sets 6 to 23 write the same layers in the forms of their time.
TEST(ImportFeatures, EveryOperatorSetsForms) {
  std::vector<FloatNetwork> networks;
  for (const std::int64_t opset : {6, 7, 11, 13, 17, 18, 20, 23}) {
    Random random(5);
    OnnxBuilder b(2, 6, 5);
    b.opset(opset);
    const auto conv = b.node("Conv", {"image", b.normal(random, {4, 2, 1, 1}, 0, 1)});
    std::vector<std::string> inputs = {conv};
    for (int i = 0; i < 4; ++i) inputs.push_back(b.tensor({4}, {1, 2, 0.5F, 0.25F}));
    auto x = b.node("BatchNormalization", inputs);
    if (opset == 6) b.with("is_test", 1);
    if (opset == 6) {
      x = b.node("Add", {x, b.tensor({4}, {0.1F, 0.2F, -0.3F, 0})});
      b.with("broadcast", 1).with("axis", 1);
    } else {
      x = b.node("Add", {x, b.tensor({4, 1, 1}, {0.1F, 0.2F, -0.3F, 0})});
    }
    if (opset < 11) {
      x = b.node("Clip", {x});
      b.with("min", 0.0F).with("max", 6.0F);
      x = b.node("Pad", {x});
      b.with("pads", Ints{0, 0, 1, 1, 0, 0, 1, 1});
    } else {
      x = b.node("Clip", {x, b.tensor({}, {0}), b.tensor({}, {6})});
      std::vector<std::string> pad = {x, b.integers({1, 1, 1, 1}), "", b.integers({2, -1})};
      if (opset < 18) pad = {x, b.integers({0, 0, 1, 1, 0, 0, 1, 1})};
      x = b.node("Pad", pad);
    }
    x = b.node("Relu", {b.node("Conv", {x, b.normal(random, {3, 4, 3, 3}, 0, 1)})});
    if (opset < 18) {
      x = b.node("ReduceMean", {x});
      b.with("axes", Ints{2, 3});
    } else {
      x = b.node("ReduceMean", {x, b.integers({-2, -1})});
    }
    if (opset < 13) {
      x = b.node("Squeeze", {x});
      b.with("axes", Ints{2, 3});
    } else {
      x = b.node("Squeeze", {x, b.integers({2, 3})});
    }
    b.output(b.node("Gemm", {x, b.normal(random, {3, 5}, 0, 1), b.tensor({5}, {1, 2, 3, 4, 5})}));
    const auto model = imported(b);
    ASSERT_EQ(complaints(model), "") << opset;
    networks.push_back(model.network);
    const FloatNetwork &first = networks.front(), &here = networks.back();
    ASSERT_EQ(here.layer_count(), first.layer_count()) << opset;
    EXPECT_EQ(here.hidden[0].batch_norm->bias, first.hidden[0].batch_norm->bias) << opset;
    EXPECT_EQ(here.hidden[1].weights, first.hidden[1].weights) << opset;
    EXPECT_EQ(here.classifier.weights, first.classifier.weights) << opset;
  }
}

TEST(ImportFeatures, AVectorsImageIsTheOptionsWhereNothingTells) {
  OnnxBuilder b(Ints{1, 10});
  Random random(1);
  const auto hidden = b.node("Relu", {b.node("Gemm", {"image", b.normal(random, {10, 4}, 0, 1)})});
  b.output(b.node("Gemm", {hidden, b.normal(random, {4, 3}, 0, 1)}));
  try {
    (void)imported(b);  // 10 values are no square of pixels
    FAIL();
  } catch (const UserError& error) {
    EXPECT_THAT(error.what(), HasSubstr("'none': must be given, the image's height and width"));
  }
  const TemporaryFolder folder;
  b.save(folder / "m.onnx");
  interchange::ImportOptions options;
  options.input_height = 1;
  options.input_width = 5;
  const auto model = interchange::import_onnx(folder / "m.onnx", options);
  ASSERT_EQ(complaints(model), "");
  EXPECT_EQ(model.network.description.input.channels, 2U);
}

TEST(ImportFeatures, ConstantExpressionsAreBounded) {
  OnnxBuilder b(1, 4, 4);
  auto huge = b.node("ConstantOfShape", {b.integers({1 << 20, 1 << 20})});
  const auto conv = b.node("Conv", {"image", huge});
  b.output(b.node("Relu", {conv}));
  EXPECT_THAT(complaints(imported(b)), HasSubstr("has too many elements"));
  // Each of them fits, all of them do not.
  OnnxBuilder many(1, 4, 4);
  std::string sum = many.node("ConstantOfShape", {many.integers({1 << 19})});
  for (int i = 0; i < 4; ++i)
    sum = many.node("Add", {sum, many.node("ConstantOfShape", {many.integers({1 << 19})})});
  many.output(many.node("Relu", {many.node("Conv", {"image", sum})}));
  EXPECT_THAT(complaints(imported(many)), HasSubstr("has too many elements"));
}

// ONNX's own definitions come first: what they forbid is said of the node.
TEST(ImportFeatures, WhatOnnxForbidsIsSaidOfTheNode) {
  OnnxBuilder b(1, 4, 4);
  Random random(1);
  const auto conv = b.node("Conv", {"image", b.normal(random, {4, 1, 1, 1}, 0, 1)});
  b.with("stride", 2);
  b.output(b.node("Relu", {conv}));
  EXPECT_THAT(complaints(imported(b)), HasSubstr("Conv1: Unrecognized attribute: stride"));
}

}  // namespace
}  // namespace colcomb::tests
