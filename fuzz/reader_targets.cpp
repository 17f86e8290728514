// Readers of other people's files.
#include <algorithm>
#include <filesystem>
#include <stdexcept>
#include <string_view>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/layer_list.hpp"
#include "colcomb/artifacts/npy.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/cost/cost.hpp"
#include "colcomb/cost/technology.hpp"
#include "colcomb/dataset/dataset.hpp"
#include "colcomb/interchange/import.hpp"
#include "fuzz/limits.hpp"
#include "fuzz/reader_files.hpp"
#include "fuzz/targets.hpp"
#include "tests/support/allocation.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb::fuzzing {
namespace {

namespace fs = std::filesystem;

/// A folder that lives as long as the program.
const tests::TemporaryFolder& folder() {
  static const tests::TemporaryFolder made;
  return made;
}

/// Runs `read` with an allocation limit of `growth` times the content; whether it accepted it.
template <class Read>
bool accepts(std::span<const std::byte> content, std::size_t growth, const Read& read) {
  try {
    const tests::AllocationGuard guard(allowance(content, growth));
    read();
  } catch (const UserError&) {
    return false;
  }
  return true;
}

/// Opens a data set and reads all of its pictures.
void read_all(const std::string& name, dataset::Split split, const char* root = ".") {
  const auto data = dataset::open_dataset(name, folder() / root, split);
  for (std::size_t i = 0; i < data->size(); ++i) {
    const dataset::Image image = data->read(i);
    if (image.pixels.size() != image.channels * image.height * image.width)
      throw std::logic_error("a picture's size is not that of its pixels");
    if (data->label(i) < 0 || static_cast<std::size_t>(data->label(i)) >= data->class_count())
      throw std::logic_error("a label names no class");
  }
}

Outcome outcome(bool ran) {
  return ran ? Outcome::kRan : Outcome::kRefused;
}

std::string_view text(std::span<const std::byte> content) {
  return {reinterpret_cast<const char*>(content.data()), content.size()};
}

}  // namespace

Outcome try_idx(std::span<const std::byte> content) {
  constexpr std::size_t kDeflated = 8 * 1032;  // deflate's densest, held several times
  const fs::path images = folder() / "mnist/train-images-idx3-ubyte";
  const fs::path labels = folder() / "mnist/train-labels-idx1-ubyte";
  write(images, content);
  write(labels, idx_labels());
  const auto read = [] { read_all("mnist", dataset::Split::kTrain); };
  bool ran = accepts(content, kDeflated, read);
  write(images, idx_images());
  write(labels, content);
  ran |= accepts(content, kDeflated, read);
  return outcome(ran);
}

Outcome try_cifar(std::span<const std::byte> content) {
  constexpr std::size_t kGrowth = 16;
  bool ran = false;
  for (const auto& [name, file, names, classes] :
       {CifarFiles{"cifar10", "cifar10/test_batch.bin", "cifar10/batches.meta.txt", 10},
        CifarFiles{"cifar100", "cifar100/test.bin", "cifar100/fine_label_names.txt", 100}}) {
    const auto read = [&name = name] { read_all(name, dataset::Split::kTest); };
    write(folder() / file, content);
    write(folder() / names, class_names(classes));
    ran |= accepts(content, kGrowth, read);
    write(folder() / file, cifar_records(classes));
    write(folder() / names, content);
    ran |= accepts(content, kGrowth, read);
  }
  return outcome(ran);
}

Outcome try_cifar_python(std::span<const std::byte> content) {
  constexpr std::size_t kGrowth = 512;  // a value of the pickle for each of its bytes
  bool ran = false;
  for (const auto& [name, file, names, classes] :
       {CifarFiles{"cifar10", "pickled/cifar10/test_batch", "pickled/cifar10/batches.meta", 10},
        CifarFiles{"cifar100", "pickled/cifar100/test", "pickled/cifar100/meta", 100}}) {
    const auto read = [&name = name] { read_all(name, dataset::Split::kTest, "pickled"); };
    write(folder() / file, content);
    write(folder() / names, pickled_names(false));
    ran |= accepts(content, kGrowth, read);
    write(folder() / file, pickled_pictures(true));
    write(folder() / names, content);
    ran |= accepts(content, kGrowth, read);
  }
  return outcome(ran);
}

Outcome try_npy(std::span<const std::byte> content) {
  const fs::path path = folder() / "matrix.npy";
  write(path, content);
  return outcome(accepts(content, 16, [&] { (void)load_npy(path); }));
}

Outcome try_onnx(std::span<const std::byte> content) {
  // Filter matrices of grouped convolutions and poolings hold zeros that the file does not.
  // Protobuf reserves what a text claims as its length, up to 50 MB, before it reads it.
  constexpr std::size_t kText = std::size_t{1} << 26;
  const std::size_t growth =
      (std::size_t{1} << 17) + kText / std::max<std::size_t>(content.size(), 1);
  const fs::path path = folder() / "models/model.onnx";
  write(path, content);
  static const bool weights = [] {
    write(folder() / "models/weights.bin", std::vector<std::byte>(kExternalBytes, std::byte{0x3d}));
    return true;
  }();
  (void)weights;
  interchange::ImportedModel model;
  interchange::ImportOptions options;
  options.alpha = 4;
  if (!accepts(content, growth, [&] { model = interchange::import_onnx(path, options); }) ||
      !model.supported())
    return Outcome::kRefused;
  try {
    validate(model.network, "model");
  } catch (const UserError& error) {
    throw std::logic_error(std::string("an imported model is not valid: ") + error.what());
  }
  FloatNetwork network;
  try {
    network = interchange::rescaled(model, interchange::given_limits(model, 6));
    validate(network, "rescaled");
  } catch (const UserError&) {
    return Outcome::kRan;  // weights beyond float once its clip value is taken for 6
  }
  return quantize_and_run(network);
}

Outcome try_array_config(std::span<const std::byte> content) {
  const auto read = [&] {
    const ArrayConfig config = parse_array_config(text(content), "input");
    // What is derived from it divides by none of its numbers being 0.
    (void)(config.word_interval() + config.streams() + config.data_clocks() + config.word_clocks() +
           config.load_clocks() + config.tile_bytes());
  };
  return outcome(accepts(content, 1 << 10, read));
}

Outcome try_layer_list(std::span<const std::byte> content) {
  return outcome(
      accepts(content, 1 << 10, [&] { (void)parse_layer_list(text(content), "input"); }));
}

Outcome try_technology(std::span<const std::byte> content) {
  const auto read = [&] {
    const cost::Technology technology = cost::parse_technology(text(content), "input");
    SimulationResult result;
    result.images = 1;
    result.layers.resize(1);
    result.layers[0].activity.data_read_bytes = 1;
    const CostReport report = cost::cost_of(technology, result, {});
    for (const CostPart& part : report.network.parts) {
      const auto& value = part.figure.value;
      if (value && !(value->low <= value->high)) throw std::logic_error(part.name);
    }
  };
  return outcome(accepts(content, 1 << 12, read));
}

}  // namespace colcomb::fuzzing
