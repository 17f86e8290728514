// Models that are malformed, or that a chain of filter matrices cannot express.
#include <gmock/gmock.h>

#include <fstream>
#include <functional>

#include "tests/interchange/import_support.hpp"
#include "tests/support/corruption.hpp"

namespace colcomb::tests {
namespace {

using ::testing::HasSubstr;
using Ints = OnnxBuilder::Ints;

/// Convolution, ReLU, residual layer, maximum, mean, Gemm.
OnnxBuilder small_model() {
  Random random(1);
  OnnxBuilder b(1, 5, 5);
  const auto first =
      b.node("Relu", {b.node("Conv", {"image", b.normal(random, {2, 1, 2, 2}, 0, 1)})});
  const auto second = b.node("Conv", {first, b.normal(random, {2, 2, 1, 1}, 0, 1)});
  const auto sum = b.node("Relu", {b.node("Add", {second, first})});
  const auto pooled = b.node("MaxPool", {sum});
  b.with("kernel_shape", Ints{2, 2}).with("strides", Ints{2, 2});
  const auto flat = b.node("Flatten", {b.node("GlobalAveragePool", {pooled})});
  b.output(b.node("Gemm", {flat, b.normal(random, {2, 3}, 0, 1), b.normal(random, {3}, 0, 1)}));
  return b;
}

void load(const std::filesystem::path& path) {
  const auto model = interchange::import_onnx(path, {});
  // What is accepted can be used.
  if (model.supported()) {
    const FloatNetwork network = interchange::rescaled(model, interchange::given_limits(model, 4));
    validate(network, path.string());
  }
}

Bytes content_of(const OnnxBuilder& builder, const std::filesystem::path& path) {
  builder.save(path);
  return read_file(path);
}

TEST(ImportRefusals, EveryTruncationIsRefused) {
  const TemporaryFolder folder;
  const auto path = folder / "m.onnx";
  expect_every_truncation_refused(load, content_of(small_model(), path), path);
}

TEST(ImportRefusals, EveryChangedByteIsRefusedOrHarmless) {
  const TemporaryFolder folder;
  const auto path = folder / "m.onnx";
  OnnxBuilder model = small_model();
  model.metadata("colcomb.groups", R"({"t2": [[0], [1]]})");
  const Bytes content = content_of(model, path);
  Random random(3);
  std::size_t refused = 0;
  for (std::size_t i = 0; i < content.size(); ++i) {
    for (const unsigned change : {1U, static_cast<unsigned>(2 + random.below(254))}) {
      Bytes changed = content;
      changed[i] ^= static_cast<std::byte>(change);
      write_quickly(path, changed);
      try {
        load(path);
      } catch (const UserError&) {
        ++refused;
      }
    }
  }
  EXPECT_GT(refused, content.size() / 2);
}

std::string refusal_of(const std::function<void(onnx::ModelProto&)>& change) {
  const TemporaryFolder folder;
  OnnxBuilder builder = small_model();
  change(builder.model);
  builder.save(folder / "m.onnx");
  return refusal(load, folder / "m.onnx");
}

TEST(ImportRefusals, MalformedModelsNameFieldAndRule) {
  using Model = onnx::ModelProto;
  EXPECT_THAT(refusal_of([](Model& m) { m.Clear(); }), HasSubstr("is no ONNX model"));
  EXPECT_THAT(refusal_of([](Model& m) { m.clear_graph(); }), HasSubstr("graph is 'absent'"));
  EXPECT_THAT(refusal_of([](Model& m) { m.clear_opset_import(); }), HasSubstr("operator set"));
  EXPECT_THAT(refusal_of([](Model& m) { m.mutable_opset_import(0)->set_version(5); }),
              HasSubstr("operator set version is '5': must be 6 to 23"));
  EXPECT_THAT(
      refusal_of([](Model& m) { m.mutable_graph()->mutable_initializer(0)->set_dims(0, 3); }),
      HasSubstr("tensor t1 is '8 values of data': must have 12"));
  EXPECT_THAT(refusal_of([](Model& m) {
                m.mutable_graph()->mutable_initializer(0)->set_dims(0, std::int64_t{1} << 62);
              }),
              HasSubstr("is no dimension of a tensor"));
  EXPECT_THAT(
      refusal_of([](Model& m) { m.mutable_graph()->mutable_initializer(0)->set_dims(0, -2); }),
      HasSubstr("tensor t1 is '-2'"));
  EXPECT_THAT(
      refusal_of([](Model& m) {
        auto* const tensor = m.mutable_graph()->mutable_initializer(1);
        tensor->set_data_location(onnx::TensorProto::EXTERNAL);
      }),
      HasSubstr("tensor t2, external data's location: must be a path below the model's folder"));
  EXPECT_THAT(refusal_of([](Model& m) { m.mutable_graph()->mutable_node(0)->set_input(0, "v4"); }),
              HasSubstr("node Conv1 is 'v4': reads a value that no"));
  EXPECT_THAT(
      refusal_of([](Model& m) { m.mutable_graph()->mutable_node(3)->set_input(0, "nothing"); }),
      HasSubstr("node Add4 is 'nothing'"));
  EXPECT_THAT(refusal_of([](Model& m) { m.mutable_graph()->mutable_node(3)->set_output(0, "v1"); }),
              HasSubstr("node Add4 is 'v1': gives a value that is there already"));
  EXPECT_THAT(refusal_of([](Model& m) { m.mutable_graph()->clear_input(); }), HasSubstr("image"));
  EXPECT_THAT(refusal_of([](Model& m) { m.mutable_graph()->clear_output(); }),
              HasSubstr("outputs is '0': must be one"));
  EXPECT_THAT(refusal_of([](Model& m) {
                auto* const shape =
                    m.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type();
                shape->mutable_shape()->mutable_dim(2)->set_dim_value(std::int64_t{1} << 40);
              }),
              HasSubstr("input side"));
  EXPECT_THAT(refusal_of([](Model& m) {
                auto* const shape =
                    m.mutable_graph()->mutable_input(0)->mutable_type()->mutable_tensor_type();
                shape->mutable_shape()->mutable_dim(3)->set_dim_param("width");
              }),
              HasSubstr("import.input_width is 'none': must be given"));
}

/// The complaint about the model with this node between a layer and the mean.
std::string complaint_about(
    const std::function<std::string(OnnxBuilder&, const std::string&)>& add) {
  Random random(1);
  OnnxBuilder b(2, 6, 6);
  const auto map =
      b.node("Relu", {b.node("Conv", {"image", b.normal(random, {4, 2, 1, 1}, 0, 1)})});
  const auto flat = b.node("Flatten", {b.node("GlobalAveragePool", {add(b, map)})});
  b.output(b.node("Gemm", {flat, b.normal(random, {4, 3}, 0, 1)}));
  const auto model = imported(b);
  EXPECT_FALSE(model.supported());
  EXPECT_TRUE(model.network.hidden.empty());
  return complaints(model);
}

std::string weights(OnnxBuilder& b, const Ints& dims) {
  Random random(2);
  return b.normal(random, dims, 0, 1);
}

TEST(ImportRefusals, WhatAChainCannotExpressIsNamedByNodeAndRule) {
  using B = OnnxBuilder;
  using S = std::string;
  EXPECT_THAT(complaint_about([](B& b, const S& x) { return b.node("Softmax", {x}); }),
              HasSubstr("Softmax3: must be at the end, behind the classes' scores"));
  EXPECT_THAT(complaint_about([](B& b, const S& x) {
                const S y = b.node("Relu", {x});
                b.model.mutable_graph()->mutable_node(2)->set_domain("com.example");
                return y;
              }),
              HasSubstr("domain 'com.example'"));
  EXPECT_THAT(complaint_about([](B& b, const S& x) {
                const S y = b.node("Conv", {x, weights(b, {4, 4, 1, 1})});
                const S z = b.node("Conv", {"image", weights(b, {4, 2, 1, 1})});
                return b.node("Relu", {b.node("Add", {y, z})});
              }),
              HasSubstr("adds two products of which one reads the image: both must read layers"));
  EXPECT_THAT(complaint_about([](B& b, const S& x) {
                const S y = b.node("Relu", {b.node("Conv", {"image", weights(b, {4, 2, 1, 1})})});
                return b.node("Relu", {b.node("Add", {x, y})});
              }),
              HasSubstr("reads the image, as layer Conv1 does: one layer alone may"));
  EXPECT_THAT(complaint_about([](B& b, const S& x) {
                const S joined = b.node("Concat", {x, "image"});
                b.with("axis", 1);
                return joined;
              }),
              HasSubstr("joins the image with other maps"));
  EXPECT_THAT(complaint_about([](B& b, const S& x) {
                const S joined = b.node("Concat", {x, x});
                b.with("axis", 2);
                return joined;
              }),
              HasSubstr("axis is 2: must be that of the channels, 1"));
  EXPECT_THAT(complaint_about([](B& b, const S& x) {
                const S joined = b.node(
                    "Concat", {x, b.node("Pad", {x, b.integers({0, 0, 1, 0, 0, 0, -0, 0})})});
                b.with("axis", 1);
                return joined;
              }),
              HasSubstr("joins maps of different sizes"));
  EXPECT_THAT(complaint_about([](B& b, const S& x) {
                const S y = b.node("Conv", {x, weights(b, {4, 4, 1, 1})});
                b.with("strides", Ints{1, 2});
                return b.node("Relu", {y});
              }),
              HasSubstr("strides are 1 and 2: must be equal"));
  EXPECT_THAT(complaint_about([](B& b, const S& x) {
                const S y = b.node("Conv", {x, weights(b, {4, 4, 2, 2})});
                b.with("pads", Ints{-1, 0, 0, 0});
                return b.node("Relu", {y});
              }),
              HasSubstr("pads is -1: must be 0 to 255"));
  EXPECT_THAT(complaint_about([](B& b, const S& x) {
                const S y = b.node("Conv", {x, weights(b, {4, 4, 2, 2})});
                b.with("dilations", Ints{std::int64_t{1} << 62, 1});
                return b.node("Relu", {y});
              }),
              HasSubstr("dilations is 4611686018427387904"));
  EXPECT_THAT(complaint_about([](B& b, const S& x) {
                const S y = b.node("Conv", {x, weights(b, {4, 4, 7, 1})});
                return b.node("Relu", {y});
              }),
              HasSubstr("window of 7 is larger than the padded map of 6"));
  EXPECT_THAT(complaint_about([](B& b, const S& x) {
                const S y = b.node("Conv", {x, weights(b, {4, 3, 1, 1})});
                return b.node("Relu", {y});
              }),
              HasSubstr("does not fit 4 input channels"));
  EXPECT_THAT(complaint_about([](B& b, const S& x) {
                const S padded = b.node("Pad", {x, b.integers({0, 0, 1, 1, 0, 0, 1, 1})});
                const S y = b.node("AveragePool", {padded});
                b.with("kernel_shape", Ints{3, 3}).with("pads", Ints{1, 1, 1, 1});
                return y;
              }),
              HasSubstr("some of its padding counts as pixels and some does not"));
  EXPECT_THAT(complaint_about([](B& b, const S&) {
                const S y = b.node("MaxPool", {"image"});
                b.with("kernel_shape", Ints{2, 2});
                return b.node("Relu", {b.node("Conv", {y, weights(b, {4, 2, 1, 1})})});
              }),
              HasSubstr("takes maxima of the image or of a mean"));
  EXPECT_THAT(complaint_about([](B& b, const S& x) {
                const S y = b.node("Constant", {});
                b.with("value_float", 1.0F).with("value_ints", Ints{1, 2});
                return b.node("Mul", {x, y});
              }),
              HasSubstr("must have one attribute, its value"));
  EXPECT_THAT(complaint_about([](B& b, const S& x) {
                return b.node("Reshape", {x, b.integers({1, 2, 2, 36})});
              }),
              HasSubstr("must turn the 4 x 6 x 6 map"));
}

/// What to do about the one unsupported node of a model as complaint_about's.
std::string advice_on(const std::function<std::string(OnnxBuilder&, const std::string&)>& add) {
  OnnxBuilder b(2, 6, 6);
  const auto map = b.node("Relu", {b.node("Conv", {"image", weights(b, {4, 2, 1, 1})})});
  b.output(b.node("Relu", {add(b, map)}));
  for (const auto& node : imported(b).nodes) {
    if (node.status == interchange::NodeVerdict::Status::kUnsupported) return node.advice;
  }
  return "";
}

TEST(ImportRefusals, SayWhatToDo) {
  using B = OnnxBuilder;
  using S = std::string;
  EXPECT_THAT(advice_on([](B& b, const S& x) {
                return b.node("QuantizeLinear", {x, b.tensor({}, {1})});
              }),
              HasSubstr("export the float model"));
  EXPECT_THAT(advice_on([](B& b, const S& x) {
                const S y = b.node("Swish", {x});
                b.model.mutable_graph()->mutable_node(2)->set_domain("pkg.mine");
                return y;
              }),
              HasSubstr("inline_local_functions"));
  EXPECT_THAT(advice_on([](B& b, const S& x) {
                return b.node("Max", {b.node("Conv", {x, weights(b, {4, 4, 1, 1})}),
                                      b.node("Conv", {x, weights(b, {4, 4, 1, 1})})});
              }),
              HasSubstr("adds or joins maps"));
  EXPECT_THAT(advice_on([](B& b, const S& x) {
                return b.node("Mul", {x, b.node("Sigmoid", {b.node("GlobalAveragePool", {x})})});
              }),
              HasSubstr("gates (squeeze and excitation) are not supported"));
}

TEST(ImportRefusals, NodesBehindAnUnsupportedOneAreUnchecked) {
  OnnxBuilder b = small_model();
  b.model.mutable_graph()->mutable_node(2)->set_op_type("LRN");
  const auto model = imported(b);
  using Status = interchange::NodeVerdict::Status;
  std::vector<Status> found;
  for (const auto& node : model.nodes) found.push_back(node.status);
  const Status yes = Status::kSupported, no = Status::kUnsupported, open = Status::kUnchecked;
  EXPECT_EQ(found, (std::vector<Status>{yes, yes, no, open, open, open, open, open, open}));
}

}  // namespace
}  // namespace colcomb::tests
