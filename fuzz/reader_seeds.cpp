#include <fmt/format.h>
#include <zlib.h>

#include <fstream>
#include <string>
#include <string_view>

#include "colcomb/base/check.hpp"
#include "fuzz/reader_files.hpp"
#include "fuzz/seeds.hpp"
#include "tests/support/cifar_pickle.hpp"
#include "tests/support/onnx_builder.hpp"
#include "tests/support/onnx_features.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::fuzzing {
namespace {

Bytes bytes_of(std::string_view text) {
  const auto* const begin = reinterpret_cast<const std::byte*>(text.data());
  return {begin, begin + text.size()};
}

Bytes gzipped(const Bytes& content) {
  const tests::TemporaryFolder folder;
  const auto path = folder / "content.gz";
  gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, content.data(), static_cast<unsigned>(content.size()));
  gzclose(file);
  return read_file(path);
}

/// Big-endian words, then `count` bytes 0, 1, 2, ... modulo 10.
Bytes idx(std::initializer_list<std::uint32_t> words, std::size_t count) {
  Bytes content;
  for (const std::uint32_t word : words) {
    for (int shift = 24; shift >= 0; shift -= 8)
      content.push_back(static_cast<std::byte>(word >> shift & 0xff));
  }
  for (std::size_t i = 0; i < count; ++i) content.push_back(static_cast<std::byte>(i % 10));
  return content;
}

Bytes npy(std::string_view type, std::string_view shape, std::string_view order,
          std::size_t data_bytes, int version = 1) {
  const std::string header =
      fmt::format("{{'descr': '{}', 'fortran_order': {}, 'shape': {}, }}\n", type, order, shape);
  std::string text = "\x93NUMPY";
  text += static_cast<char>(version);
  text += '\0';
  for (int i = 0; i < (version == 1 ? 2 : 4); ++i)
    text += static_cast<char>(header.size() >> (8 * i) & 0xff);
  return bytes_of(text + header + std::string(data_bytes, '\x3c'));
}

Bytes serialized(const tests::OnnxBuilder& builder) {
  return bytes_of(builder.model.SerializeAsString());
}

std::vector<float> ramp(std::size_t count) {
  std::vector<float> values(count);
  for (std::size_t i = 0; i < count; ++i) values[i] = 0.1F * static_cast<float>(i % 7) - 0.25F;
  return values;
}

/// Convolutions of several kinds, batch norm, a residual addition, poolings and a classifier.
Bytes convolutional_model() {
  tests::OnnxBuilder b(1, 6, 6);
  const auto conv = [&](const std::string& from, std::int64_t out, std::int64_t in,
                        std::int64_t kernel, std::int64_t groups) {
    const auto weights =
        b.tensor({out, in / groups, kernel, kernel},
                 ramp(static_cast<std::size_t>(out * in / groups * kernel * kernel)));
    const auto made = b.node("Conv", {from, weights});
    b.with("kernel_shape", tests::OnnxBuilder::Ints{kernel, kernel});
    b.with("pads", tests::OnnxBuilder::Ints{kernel / 2, kernel / 2, kernel / 2, kernel / 2});
    b.with("group", groups);
    return made;
  };
  const auto normed = [&](const std::string& from, std::int64_t channels) {
    const std::vector<float> ones(static_cast<std::size_t>(channels), 1.0F);
    const auto one = b.tensor({channels}, ones);
    const auto made = b.node("BatchNormalization", {from, one, one, one, one});
    b.with("epsilon", 1e-5F);
    return made;
  };
  const auto first = b.node("Relu", {normed(conv("image", 2, 1, 3, 1), 2)});
  const auto pooled = b.node("MaxPool", {first});
  b.with("kernel_shape", tests::OnnxBuilder::Ints{2, 2});
  b.with("strides", tests::OnnxBuilder::Ints{2, 2});
  const auto second = b.node("Relu", {conv(pooled, 2, 2, 3, 2)});
  const auto sum = b.node("Relu", {b.node("Add", {conv(second, 2, 2, 1, 1), second})});
  const auto flat = b.node("Flatten", {b.node("GlobalAveragePool", {sum})});
  const auto made = b.node("Gemm", {flat, b.tensor({3, 2}, ramp(6)), b.tensor({3}, ramp(3))});
  b.with("transB", 1);
  b.output(made);
  return serialized(b);
}

/// Matrix products behind shape operators.
Bytes dense_model() {
  tests::OnnxBuilder b(1, 2, 3);
  const auto flat = b.node("Reshape", {"image", b.integers({1, -1})});
  const auto hidden = b.node("MatMul", {flat, b.tensor({6, 4}, ramp(24))});
  const auto biased = b.node("Add", {hidden, b.tensor({4}, ramp(4))});
  const auto clipped = b.node("Clip", {biased, b.tensor({}, {0}), b.tensor({}, {6})});
  const auto made = b.node("Gemm", {clipped, b.tensor({4, 3}, ramp(12)), b.tensor({3}, ramp(3))});
  b.output(made);
  return serialized(b);
}

/// One convolution whose weights lie in the file beside the model.
Bytes external_model() {
  tests::OnnxBuilder b(1, 4, 4);
  const auto weights = b.tensor({2, 1, 2, 2}, {});
  auto* const tensor = b.model.mutable_graph()->mutable_initializer(0);
  tensor->set_data_location(onnx::TensorProto::EXTERNAL);
  for (const auto& [key, value] : {std::pair{"location", "weights.bin"}, std::pair{"offset", "4"},
                                   std::pair{"length", "32"}}) {
    auto* const entry = tensor->add_external_data();
    entry->set_key(key);
    entry->set_value(value);
  }
  const auto map = b.node("Relu", {b.node("Conv", {"image", weights})});
  const auto flat = b.node("Flatten", {b.node("GlobalAveragePool", {map})});
  b.output(b.node("Gemm", {flat, b.tensor({2, 3}, ramp(6))}));
  return serialized(b);
}

constexpr std::string_view kArray = R"([array]
rows = 32
columns = 16
alpha = 8
cell = "MX"
accumulation_bits = 32
double_buffering = true
clock_mhz = 150.5

[buffers]
data_bytes = 1048576
input_bytes = 262144
residual_bytes = 262144
residual_input_bytes = 65536
output_bytes = 131072
weight_bytes = 262144
partial_sum_bytes = 262144
bank_ports = 2

[dram]
bytes_per_clock = 16
burst_bytes = 64
latency = 32

[schedule]
order = "output-major"
batch = 4
cross_layer = false
)";

constexpr std::string_view kSmallArray = R"([array]
rows = 4
columns = 4
alpha = 1
cell = "BL"
accumulation_bits = 24
[schedule]
cross_layer = true
)";

constexpr std::string_view kTechnology = R"(schema = 1
node_nm = 45
voltage = 0.9
[[source]]
id = "a"
text = "A source"
[add8]
energy = { value = 0.03, unit = "pJ", source = "a", kind = "published" }
[dram]
energy = { range = [4, 70], unit = "pJ/bit", source = ["a"], kind = "published", note = "wide" }
[cell.mx.alpha8]
area = { value = 5918.6, unit = "um2", source = "a", kind = "synthesized", node_nm = 40 }
energy_idle = { value = 2.2, unit = "pJ/clock", source = "a", kind = "synthesized" }
[block_ram]
bytes = { value = 512, unit = "bytes", source = "a", kind = "published" }
[[sram]]
bits = 8
ports = 1
interpolate = true
bytes = [1024, 4096]
read = { values = [1.5, 3], unit = "pJ", source = "a", kind = "modelled" }
area = { values = [0.1, 0.3], unit = "mm2", source = "a", kind = "modelled" }
)";

constexpr std::string_view kLayers = R"([[layer]]
name = "first"
filters = 16
kernel = 3
stride = 2
alpha = 1

[[layer]]
kind = "shift"
filters = 32
repeat = 3
residual = "first"

[[layer]]
filters = 32
kernel = 3
conv_groups = 32
)";

}  // namespace

void write(const std::filesystem::path& path, std::span<const std::byte> content) {
  std::filesystem::create_directories(path.parent_path());
  std::filesystem::remove(path);  // ext4 flushes a file that is truncated
  std::ofstream stream(path, std::ios::binary | std::ios::trunc);
  stream.write(reinterpret_cast<const char*>(content.data()),
               static_cast<std::streamsize>(content.size()));
  COLCOMB_CHECK(stream.flush().good(), "cannot write the input's file");
}

Bytes idx_images() {
  return idx({0x803, 3, 2, 3}, 18);
}

Bytes idx_labels() {
  return idx({0x801, 3}, 3);
}

Bytes cifar_records(std::size_t classes) {
  Bytes content;
  for (std::size_t record = 0; record < 2; ++record) {
    content.insert(content.end(), classes == 100 ? 2 : 1, static_cast<std::byte>(record));
    content.insert(content.end(), 3 * 32 * 32, static_cast<std::byte>(100 * record));
  }
  return content;
}

Bytes class_names(std::size_t classes) {
  std::string text;
  for (std::size_t i = 0; i < classes; ++i) text += fmt::format("c{}\n", i);
  return bytes_of(text);
}

std::vector<Bytes> idx_seeds() {
  return {idx_images(), idx_labels(), gzipped(idx_images()), gzipped(idx_labels())};
}

std::vector<Bytes> cifar_seeds() {
  return {cifar_records(10), cifar_records(100), class_names(10), class_names(100)};
}

Bytes pickled_pictures(bool python3) {
  return bytes_of(tests::CifarPickle(python3)
                      .labels("labels", {0, 9})
                      .labels("coarse_labels", {0, 9})
                      .labels("fine_labels", {0, 9})
                      .data("data", 2, 3072, std::vector<std::uint8_t>(6144, 100))
                      .names("filenames", {"a.png", "b.png"})
                      .finish());
}

Bytes pickled_names(bool python3) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < 100; ++i) names.push_back(fmt::format("c{}", i));
  tests::CifarPickle pickle(python3);
  pickle.names("fine_label_names", names);
  names.resize(10);
  return bytes_of(pickle.names("label_names", names).finish());
}

std::vector<Bytes> cifar_python_seeds() {
  return {pickled_pictures(false), pickled_pictures(true), pickled_names(false),
          pickled_names(true)};
}

std::vector<Bytes> npy_seeds() {
  return {npy("<f4", "(2, 3)", "False", 24), npy("<f8", "(2, 2)", "True", 32),
          npy("<f2", "(2, 1, 3, 3)", "False", 36), npy("<f4", "(1, 1)", "False", 4, 3)};
}

std::vector<Bytes> onnx_seeds() {
  std::vector<Bytes> seeds = {convolutional_model(), dense_model(), external_model()};
  for (const tests::FeatureModel& feature : tests::FeatureModels::all())
    seeds.push_back(serialized(feature.builder));
  return seeds;
}

std::vector<Bytes> array_config_seeds() {
  return {bytes_of(kArray), bytes_of(kSmallArray)};
}

std::vector<Bytes> layer_list_seeds() {
  return {bytes_of(kLayers)};
}

std::vector<Bytes> technology_seeds() {
  return {bytes_of(kTechnology)};
}

}  // namespace colcomb::fuzzing
