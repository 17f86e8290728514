// From an ONNX file to integers, as a user goes.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/semantics/integer_run.hpp"
#include "tests/end_to_end/support.hpp"
#include "tests/support/onnx_models.hpp"
#include "tests/support/png.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::tests {
namespace {

constexpr double kMean = 0.4;
constexpr double kDeviation = 0.25;

/// Images and labels of one of the tiny data set's files.
struct Batch {
  std::vector<std::vector<std::uint8_t>> images;
  std::vector<std::vector<double>> normalized;
  std::vector<std::size_t> labels;

  explicit Batch(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    for (int label = stream.get(); label >= 0; label = stream.get()) {
      labels.push_back(static_cast<std::size_t>(label));
      std::vector<char> bytes(3072);
      stream.read(bytes.data(), 3072);
      images.emplace_back(bytes.begin(), bytes.end());
      normalized.emplace_back();
      for (const std::uint8_t pixel : images.back())
        normalized.back().push_back((pixel / 255.0 - kMean) / kDeviation);
    }
  }
};

template <class T>
std::size_t largest(const std::vector<T>& values) {
  return static_cast<std::size_t>(std::ranges::max_element(values) - values.begin());
}

class Import : public ::testing::Test {
 protected:
  Import() { write_tiny_cifar(folder_ / "data", 60); }

  /// Fits the features' classes, saves the model and imports it.
  void import(OnnxBuilder builder, const std::string& flags = "") {
    const Batch train(folder_ / "data" / "data_batch_1.bin");
    fit_classes(builder, train.normalized, train.labels, 10);
    builder.save(folder_ / "model.onnx");
    const CommandResult result =
        colcomb("import " + path("model.onnx") + " --out " + path("net.ckpt") +
                " --input-mean 0.4 --input-std 0.25 --calibration-images 60" + data() + flags);
    ASSERT_EQ(result.status, 0) << result.output;
    output_ = result.output;
    model_ = builder.model;
  }

  /// Activation tables of the modules in a folder of RTL, all together.
  std::size_t tables_in(const std::string& top) {
    constexpr std::string_view kParameter = ".Tables(";
    const std::string text = read_text_file(folder_ / top);
    std::size_t tables = 0;
    for (std::size_t at = text.find(kParameter); at != std::string::npos;
         at = text.find(kParameter, at + 1))
      tables += std::stoul(text.substr(at + kParameter.size()));
    return tables;
  }

  /// Test images on which the packed network and the model choose the same class.
  std::size_t agreement(const std::filesystem::path& packed) {
    const QuantizedNetwork network = load_packed_network(packed);
    const Batch test(folder_ / "data" / "test_batch.bin");
    const OnnxEvaluation evaluation(model_);
    std::size_t same = 0;
    std::size_t right = 0;
    for (std::size_t i = 0; i < test.images.size(); ++i) {
      const std::size_t wanted = largest(evaluation.run_image(test.normalized[i]));
      same += largest(semantics::run(network, test.images[i])) == wanted ? 1 : 0;
      right += wanted == test.labels[i] ? 1 : 0;
    }
    EXPECT_GE(right, 45U) << "the model itself knows too little for agreement to mean much";
    return same;
  }

  void expect_ok(const std::string& arguments) {
    const CommandResult result = colcomb(arguments);
    EXPECT_EQ(result.status, 0) << arguments << '\n' << result.output;
  }

  /// Quantizes trained.ckpt: the integers equal the fake-quantized network's on all test images.
  void expect_trained_integers() {
    expect_ok("quantize " + path("trained.ckpt") + " --out " + path("trained.packed") + data());
    const CommandResult both = colcomb("eval " + path("trained.ckpt") + " --packed " +
                                       path("trained.packed") + data() + " --json");
    ASSERT_EQ(both.status, 0) << both.output;
    EXPECT_EQ(nlohmann::json::parse(both.output)["identical_logits"], 60);
  }

  std::string path(const char* name) const {
    return fmt::format("'{}'", (folder_ / name).string());
  }
  std::string data() const { return " --dataset cifar10 --dataset-root " + path("data"); }

  TemporaryFolder folder_;
  std::string output_;
  onnx::ModelProto model_;
};

TEST_F(Import, LeNetGoesOnToIntegersThatChooseTheModelsClasses) {
  import(lenet_features(32).builder);
  EXPECT_NE(output_.find("0 not supported"), std::string::npos) << output_;
  expect_ok("quantize " + path("net.ckpt") + " --out " + path("net.packed") + data());
  EXPECT_GE(agreement(folder_ / "net.packed"), 58U);  // of 60
  expect_ok("eval " + path("net.packed") + data());
  expect_ok("pack " + path("net.ckpt") + " --gamma 0.5 --prune 0.3 --out " + path("combined.ckpt"));
  expect_ok("quantize " + path("combined.ckpt") + " --out " + path("combined.packed") + data());
  expect_ok("inspect " + path("combined.packed"));
}

// A projection shortcut and a Concat, the whole way but for RTL's simulation.
TEST_F(Import, LayersThatReadSeveralMapsGoTheWholeWay) {
  import(branch_features(32).builder);
  EXPECT_NE(output_.find("as one filter matrix, 12 x 116"), std::string::npos) << output_;
  EXPECT_NE(output_.find("2 maps side by side, 32 channels"), std::string::npos) << output_;
  expect_ok("eval " + path("net.ckpt") + data());
  expect_ok("quantize " + path("net.ckpt") + " --out " + path("net.packed") + data());
  EXPECT_GE(agreement(folder_ / "net.packed"), 57U);  // of 60
  expect_ok("pack " + path("net.ckpt") + " --gamma 0.5 --prune 0.3 --out " + path("combined.ckpt"));
  expect_ok("quantize " + path("combined.ckpt") + " --out " + path("combined.packed") + data());
  expect_ok("inspect " + path("combined.packed"));
  expect_ok("simulate " + path("combined.packed") + data() + " --images 1 --baselines");
  expect_ok("compile " + path("combined.packed") + " --out " + path("net.program"));
  expect_ok("inspect " + path("net.program"));
  expect_ok("export " + path("combined.packed") + " --onnx " + path("combined.onnx"));
  write_file_atomically(folder_ / "array.toml",
                        std::string_view("[array]\nrows = 16\ncolumns = 16\nalpha = 8\n"
                                         "[schedule]\ncross_layer = true\n"));
  const CommandResult crossed =
      colcomb("simulate " + path("combined.packed") + " --images 0 --array " + path("array.toml"));
  EXPECT_EQ(crossed.status, 1);
  EXPECT_NE(crossed.output.find("cross-layer pipelining takes chains"), std::string::npos)
      << crossed.output;
#ifdef COLCOMB_WITH_TORCH
  expect_ok("train --load-path " + path("net.ckpt") + data() +
            " --epochs 1 --batch-size 20 --aug - --save-path " + path("trained.ckpt"));
  expect_ok("quantize " + path("trained.ckpt") + " --out " + path("trained.packed") + data());
#endif
}

// Functions other than ReLU, the whole way.
TEST_F(Import, ActivationFunctionsGoTheWholeWay) {
  import(swish_features(32).builder);
  for (const char* text : {"activation function SiLU of", "activation function LeakyRelu of",
                           "activation function HardSwish of", "HardSwish of -"})
    EXPECT_NE(output_.find(text), std::string::npos) << text << '\n' << output_;
  expect_ok("quantize " + path("net.ckpt") + " --out " + path("net.packed") + data() + " --check");
  EXPECT_GE(agreement(folder_ / "net.packed"), 57U);  // of 60
  expect_ok("pack " + path("net.ckpt") + " --gamma 0.5 --prune 0.3 --out " + path("combined.ckpt"));
  expect_ok("quantize " + path("combined.ckpt") + " --out " + path("combined.packed") + data());
  write_file_atomically(folder_ / "array.toml",
                        std::string_view("[array]\nrows = 16\ncolumns = 16\nalpha = 8\n"
                                         "[schedule]\ncross_layer = true\n"));
  expect_ok("simulate " + path("combined.packed") + data() + " --images 1");
  expect_ok("simulate " + path("combined.packed") + data() + " --images 1 --array " +
            path("array.toml"));
  expect_ok("export " + path("combined.packed") + " --onnx " + path("combined.onnx"));
  expect_ok("export " + path("combined.packed") + " --qdq --onnx " + path("combined.qdq.onnx"));
  expect_ok("compile " + path("combined.packed") + " --out " + path("net.program"));
  // The machine's clocks and logits are those of the simulator, layer after layer and across.
  expect_ok("rtl " + path("net.program") + " --out " + path("rtl") + " --images 1");
  EXPECT_GT(tables_in("rtl/machine.sv"), 0U);
  expect_ok("rtl " + path("combined.packed") + " --out " + path("rtl_across") + " --array " +
            path("array.toml"));
  EXPECT_GT(tables_in("rtl_across/machine.sv"), 0U);
#ifdef COLCOMB_WITH_TORCH
  expect_ok("train --load-path " + path("net.ckpt") + data() +
            " --epochs 2 --qat-epochs 1 --batch-size 20 --aug - --lr 0.01 --threads 1 "
            "--save-path " +
            path("trained.ckpt"));
  expect_trained_integers();
  const CommandResult native =
      colcomb("train --load-path " + path("net.ckpt") + data() +
              " --epochs 1 --backend native --save-path " + path("native.ckpt"));
  EXPECT_EQ(native.status, 1) << native.output;
  EXPECT_NE(native.output.find("must be ReLU6: the native backend"), std::string::npos)
      << native.output;
#endif
}

// A slope per channel: a table for each row, everywhere but in RTL, which says so.
TEST_F(Import, SlopesPerChannelGoTheWholeWayButForRtl) {
  ModelWriter m(3, 32, 32, 8);
  const auto prelu = [&m](const std::string& x, std::int64_t channels) {
    std::vector<float> slopes;
    for (std::int64_t c = 0; c < channels; ++c)
      slopes.push_back(-0.1F + 0.8F * static_cast<float>(c) / static_cast<float>(channels));
    return m.builder.node("PRelu", {x, m.builder.tensor({channels, 1, 1}, slopes)});
  };
  const auto first = prelu(m.convolution("image", 3, 12, 3, 2, 1), 12);
  const auto last = prelu(m.convolution(first, 12, 32, 3, 2, 1), 32);
  m.builder.output(m.builder.node("Flatten", {m.builder.node("GlobalAveragePool", {last})}));
  import(m.builder);
  EXPECT_NE(output_.find("PRelu(x, 32 slopes)"), std::string::npos) << output_;
  expect_ok("quantize " + path("net.ckpt") + " --permute-rows --out " + path("net.packed") +
            data());
  EXPECT_GE(agreement(folder_ / "net.packed"), 48U);  // of 60, whose classes lie close
  expect_ok("simulate " + path("net.packed") + " --images 1");
  expect_ok("export " + path("net.packed") + " --qdq --onnx " + path("net.qdq.onnx"));
  write_file_atomically(folder_ / "array.toml",
                        std::string_view("[array]\nrows = 16\ncolumns = 16\nalpha = 8\n"
                                         "[schedule]\ncross_layer = true\n"));
  expect_ok("simulate " + path("net.packed") + " --images 1 --array " + path("array.toml"));
  for (const std::string& array : {std::string("8x8"), path("array.toml")}) {
    const CommandResult refused =
        colcomb("rtl " + path("net.packed") + " --out " + path("rtl") + " --array " + array);
    EXPECT_EQ(refused.status, 1) << refused.output;
    EXPECT_NE(refused.output.find("activation table is 'one for each of 12 rows': must be one for "
                                  "all rows for the RTL"),
              std::string::npos)
        << refused.output;
  }
#ifdef COLCOMB_WITH_TORCH
  expect_ok("train --load-path " + path("net.ckpt") + " --dataset-root " + path("data") +
            " --epochs 1 --qat-epochs 1 --batch-size 20 --aug - --lr 0.01 --threads 1 "
            "--save-path " +
            path("trained.ckpt"));
  expect_trained_integers();
#endif
}

// What becomes of the nodes depends on no normalization; the data set whose images do not fit is
// named, not a flag that was not given.
TEST_F(Import, ADryRunNeedsNoDataSet) {
  ModelWriter writer(1, 28, 28, 1);
  const auto map = writer.relu(writer.convolution("image", 1, 4, 3, 1, 1));
  const auto mean = writer.builder.node("GlobalAveragePool", {map});
  const auto flat = writer.builder.node("Flatten", {mean});
  const auto weights = writer.builder.tensor({3, 4}, std::vector<float>(12, 0.5F));
  const auto logits = writer.builder.node("Gemm", {flat, weights});
  writer.builder.with("transB", 1);
  writer.builder.output(logits);
  writer.builder.save(folder_ / "grey.onnx");
  expect_ok("import " + path("grey.onnx") + " --dry-run");
  const CommandResult colour =
      colcomb("import " + path("grey.onnx") + " --dataset cifar10 --out " + path("grey.ckpt"));
  EXPECT_EQ(colour.status, 2);
  EXPECT_NE(colour.output.find("--dataset: 'cifar10': its images have other channels"),
            std::string::npos)
      << colour.output;
  const CommandResult unknown =
      colcomb("import " + path("grey.onnx") + " --out " + path("grey.ckpt"));
  EXPECT_EQ(unknown.status, 2);
  EXPECT_NE(unknown.output.find("--input-mean and --input-std"), std::string::npos)
      << unknown.output;
}

// With limits that are given, or measured on other pictures, the data set names itself and its
// normalization, and need not be there. Whoever reads the checkpoint then takes that data set.
TEST_F(Import, GivenLimitsNeedNoDataSetOnDisk) {
  ModelWriter writer(3, 32, 32, 1);
  const auto map = writer.relu(writer.convolution("image", 3, 4, 3, 1, 1));
  const auto flat =
      writer.builder.node("Flatten", {writer.builder.node("GlobalAveragePool", {map})});
  const auto weights = writer.builder.tensor({100, 4}, std::vector<float>(400, 0.5F));
  const auto logits = writer.builder.node("Gemm", {flat, weights});
  writer.builder.with("transB", 1);
  writer.builder.output(logits);
  writer.builder.save(folder_ / "model.onnx");
  const std::string import = "import " + path("model.onnx") + " --dataset cifar100 " +
                             "--dataset-root " + path("none") + " --out " + path("model.ckpt");
  ASSERT_EQ(colcomb(import).status, 1) << "there is a data set after all";
  expect_ok(import + " --activation-limit 6");
  const NetworkDescription imported = load_checkpoint(folder_ / "model.ckpt").network.description;
  EXPECT_EQ(imported.data.name, "cifar100");
  EXPECT_TRUE(imported.data.class_names.empty());
  Random random(3);
  write_random_png(folder_ / "pictures" / "a.png", 32, 32, random);
  expect_ok(import + " --calibration-folder " + path("pictures"));
  std::vector<std::string> readers = {"eval " + path("model.ckpt"),
                                      "quantize " + path("model.ckpt") + " --out " + path("p")};
#ifdef COLCOMB_WITH_TORCH
  readers.push_back("train --load-path " + path("model.ckpt") + " --save-path " + path("t.ckpt"));
  readers.push_back("run --load-path " + path("model.ckpt") + " --out " + path("run"));
  readers.push_back("experiment limited-data --load-path " + path("model.ckpt") + " --out " +
                    path("limited"));
#endif
  for (const std::string& reader : readers) {
    const CommandResult result = colcomb(reader + " --dataset-root " + path("none"));
    EXPECT_EQ(result.status, 1) << reader;
    EXPECT_NE(result.output.find("cifar100"), std::string::npos) << reader << result.output;
  }
}

TEST_F(Import, ResNetGoesOnToIntegersThatChooseTheModelsClasses) {
  import(resnet_features(24).builder);
  expect_ok("quantize " + path("net.ckpt") + " --out " + path("net.packed") + data());
  EXPECT_GE(agreement(folder_ / "net.packed"), 58U);
}

#ifdef COLCOMB_WITH_TORCH
TEST_F(Import, TheCheckpointTrainsOnAndItsIntegersEqualTheFakeQuantizedOnes) {
  import(lenet_features(32).builder, " --alpha 4");
  expect_ok("train --load-path " + path("net.ckpt") + data() +
            " --aug - --epochs 2 --batch-size 20 --lr 0.01 --threads 1 --save-path " +
            path("trained.ckpt"));
  expect_trained_integers();
  const CommandResult before = colcomb("eval " + path("net.ckpt") + data() + " --json");
  ASSERT_EQ(before.status, 0) << before.output;
}
#endif

TEST_F(Import, ADryRunNamesWhatIsNotSupported) {
  ModelWriter writer(3, 32, 32, 1);
  const auto map = writer.relu(writer.convolution("image", 3, 4, 3, 1, 1));
  const auto gate = writer.builder.node("LRN", {map});
  writer.builder.output(writer.builder.node("Flatten", {gate}));
  writer.builder.save(folder_ / "model.onnx");
  const CommandResult result = colcomb("import " + path("model.onnx") + " --dry-run");
  EXPECT_EQ(result.status, 1);
  EXPECT_NE(result.output.find("unsupported LRN"), std::string::npos) << result.output;
  EXPECT_NE(result.output.find("node LRN3 (LRN)"), std::string::npos) << result.output;
  EXPECT_EQ(colcomb("import " + path("model.onnx")).status, 2);
  const CommandResult refused =
      colcomb("import " + path("model.onnx") + " --dataset cifar10 --out " + path("none.ckpt"));
  EXPECT_EQ(refused.status, 1) << refused.output;
  EXPECT_FALSE(std::filesystem::exists(folder_ / "none.ckpt"));
}

/// Pictures of several sizes, some in folders, and a file that is none.
void write_pictures(const std::filesystem::path& folder) {
  Random random(11);
  for (std::size_t i = 0; i < 8; ++i) {
    write_random_png(folder / (i % 2 == 0 ? "." : "more") / fmt::format("{}.png", i), 32 + 5 * i,
                     32 + 3 * (i % 4), random);
  }
  std::ofstream(folder / "notes.txt") << "x";
}

TEST_F(Import, CalibratesOnAnyFolderOfPictures) {
  write_pictures(folder_ / "pictures");
  for (const std::int64_t channels : {3, 1}) {
    ModelWriter writer(channels, 32, 32, 3);
    const auto map = writer.relu(writer.convolution("image", channels, 4, 3, 2, 1));
    const auto mean = writer.builder.node("GlobalAveragePool", {map});
    writer.builder.output(writer.dense(writer.builder.node("Flatten", {mean}), 4, 3));
    writer.builder.save(folder_ / "model.onnx");
    std::vector<double> saturated;
    for (const char* choice : {"min-max", "percentile --saturated-fraction 0.05", "mse"}) {
      const CommandResult result =
          colcomb("import " + path("model.onnx") + " --out " + path("net.ckpt") +
                  " --input-mean 0.4 --input-std 0.25 --json --calibration-folder " +
                  path("pictures") + " --calibration " + choice);
      ASSERT_EQ(result.status, 0) << result.output;
      const auto json = nlohmann::json::parse(result.output);
      saturated.push_back(json["layers"][0]["saturated"].get<double>());
    }
    EXPECT_EQ(saturated[0], 0);
    EXPECT_GT(saturated[1], 0.02);
    EXPECT_LE(saturated[1], 0.05);
    EXPECT_LT(saturated[2], saturated[1]);
    expect_ok("quantize " + path("net.ckpt") + " --out " + path("net.packed") +
              " --calibration-folder " + path("pictures"));
    EXPECT_TRUE(load_packed_network(folder_ / "net.packed").samples.labels.empty());
  }
  const CommandResult none = colcomb("quantize " + path("net.ckpt") + " --out " +
                                     path("net.packed") + " --calibration-folder " + path("none"));
  EXPECT_EQ(none.status, 1);
  EXPECT_NE(none.output.find("is no folder of pictures"), std::string::npos) << none.output;
}

TEST_F(Import, AModelThatNormalizesItsImageMustBeToldWhatItReads) {
  ModelWriter writer(3, 32, 32, 1);
  const auto scaled = writer.builder.node("Div", {"image", writer.builder.tensor({}, {255})});
  const auto map = writer.relu(writer.convolution(scaled, 3, 4, 3, 1, 1));
  const auto mean = writer.builder.node("GlobalAveragePool", {map});
  writer.builder.output(writer.dense(writer.builder.node("Flatten", {mean}), 4, 10));
  writer.builder.save(folder_ / "model.onnx");
  const std::string import = "import " + path("model.onnx") + " --out " + path("net.ckpt") + data();
  const CommandResult silent = colcomb(import);
  EXPECT_EQ(silent.status, 2);
  EXPECT_NE(silent.output.find("--input-mean: must be given, and --input-std: the model's first "
                               "nodes normalize its image"),
            std::string::npos)
      << silent.output;
  expect_ok("import " + path("model.onnx") + " --dry-run");
  expect_ok(import + " --input-mean 0 --input-std 0.00392156863");
}

TEST_F(Import, ADryRunSaysWhatToDo) {
  ModelWriter writer(3, 32, 32, 1);
  const auto map = writer.convolution("image", 3, 4, 3, 1, 1);
  const auto other = writer.convolution("image", 3, 4, 3, 1, 1);
  const auto sum = writer.relu(writer.builder.node("Add", {map, other}));
  writer.builder.output(writer.builder.node("GlobalAveragePool", {sum}));
  writer.builder.save(folder_ / "model.onnx");
  const CommandResult table = colcomb("import " + path("model.onnx") + " --dry-run");
  EXPECT_EQ(table.status, 1);
  EXPECT_NE(table.output.find("what to do: let one layer with ReLU"), std::string::npos)
      << table.output;
  EXPECT_NE(table.output.find("5 nodes, 1 not supported, 2 behind them not checked"),
            std::string::npos)
      << table.output;
  const CommandResult json =
      colcomb("import " + path("model.onnx") + " --dry-run --json 2>/dev/null");
  EXPECT_EQ(json.status, 1);
  const auto nodes = nlohmann::json::parse(json.output)["nodes"];
  ASSERT_EQ(nodes.size(), 5U);
  EXPECT_TRUE(nodes[0]["what_to_do"].is_null());
  EXPECT_EQ(nodes[2]["status"], "unsupported");
  EXPECT_NE(nodes[2]["what_to_do"].get<std::string>().find("let one layer with ReLU"),
            std::string::npos);
}

}  // namespace
}  // namespace colcomb::tests
