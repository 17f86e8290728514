// IDX files of MNIST and Fashion-MNIST: a big-endian magic number (0, 0, type 8 = unsigned byte,
// number of dimensions), the dimensions, then the bytes.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "colcomb/base/error.hpp"
#include "colcomb/base/gzip.hpp"
#include "colcomb/dataset/catalogue.hpp"
#include "colcomb/dataset/in_memory_dataset.hpp"

namespace colcomb::dataset {
namespace {

namespace fs = std::filesystem;

constexpr const char* kDebianFashionMnist = "/usr/share/datasets/fashion-mnist";
constexpr std::size_t kWordBytes = 4;

struct FilePair {
  fs::path images;
  fs::path labels;
};

std::vector<std::string> spellings(const std::string& stem, const std::string& kind) {
  return {stem + "-" + kind, stem + "-" + kind + ".gz", stem + "." + kind,
          stem + "." + kind + ".gz"};
}

std::optional<fs::path> first_present(const fs::path& folder,
                                      const std::vector<std::string>& names) {
  for (const auto& name : names) {
    std::error_code ignored;
    if (fs::exists(folder / name, ignored)) return folder / name;
  }
  return std::nullopt;
}

FilePair find_files(const std::string& name, const std::vector<fs::path>& folders, Split split) {
  const std::string stem = split == Split::kTrain ? "train" : "t10k";
  const auto image_names = spellings(stem + "-images", "idx3-ubyte");
  const auto label_names = spellings(stem + "-labels", "idx1-ubyte");
  for (const auto& folder : folders) {
    const auto images = first_present(folder, image_names);
    const auto labels = first_present(folder, label_names);
    if (images && labels) return {*images, *labels};
    // Half a pair is a damaged copy; going on to the next folder would hide that.
    if (images || labels) {
      const auto& missing = images ? label_names : image_names;
      throw file_error((folder / missing.front()).string(), "", "",
                       fmt::format("is missing beside {}; also looked for {} there",
                                   (images ? *images : *labels).filename().string(),
                                   fmt::join(missing.begin() + 1, missing.end(), ", ")));
    }
  }
  std::vector<std::string> places;
  for (const auto& folder : folders) places.push_back(folder.string());
  throw file_error(image_names.front(), "", "",
                   fmt::format("{} was not found (nor {}) in any of: {}", name,
                               fmt::join(image_names.begin() + 1, image_names.end(), ", "),
                               fmt::join(places, ", ")));
}

std::uint64_t word(const Bytes& content, std::size_t index) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < kWordBytes; ++i)
    value = value << 8 | std::to_integer<std::uint64_t>(content[index * kWordBytes + i]);
  return value;
}

struct IdxArray {
  std::vector<std::uint64_t> dimensions;
  std::vector<std::uint8_t> data;
};

IdxArray read_idx(const fs::path& path, const std::vector<std::string>& dimension_names) {
  const Bytes content = read_maybe_gzipped(path);
  const std::size_t header = kWordBytes * (1 + dimension_names.size());
  if (content.size() < header) {
    throw file_error(path.string(), "size", fmt::format("{} bytes", content.size()),
                     fmt::format("must be at least the header's {} bytes", header));
  }
  const std::uint64_t magic = 0x800 + dimension_names.size();
  if (word(content, 0) != magic) {
    throw file_error(path.string(), "magic number", fmt::format("0x{:08x}", word(content, 0)),
                     fmt::format("must be 0x{:08x}", magic));
  }
  IdxArray array;
  // Divided instead of multiplied: three 32-bit dimensions can overflow 64 bits.
  const std::uint64_t payload = content.size() - header;
  std::uint64_t left = payload;
  bool exact = true;
  for (std::size_t d = 0; d < dimension_names.size(); ++d) {
    const std::uint64_t extent = word(content, 1 + d);
    if (extent == 0) throw file_error(path.string(), dimension_names[d], "0", "must be at least 1");
    array.dimensions.push_back(extent);
    exact = exact && left % extent == 0;
    left /= extent;
  }
  if (!exact || left != 1) {
    throw file_error(
        path.string(), "size after the header", fmt::format("{} bytes", payload),
        fmt::format("must be {} bytes, as the header says", fmt::join(array.dimensions, " x ")));
  }
  const auto* data = reinterpret_cast<const std::uint8_t*>(content.data());
  array.data.assign(data + header, data + content.size());
  return array;
}

std::unique_ptr<Dataset> open_idx(const FilePair& files, std::vector<std::string> class_names) {
  IdxArray images = read_idx(files.images, {"number of images", "rows", "columns"});
  IdxArray labels = read_idx(files.labels, {"number of labels"});
  if (labels.dimensions[0] != images.dimensions[0]) {
    throw file_error(files.labels.string(), "number of labels",
                     fmt::format("{}", labels.dimensions[0]),
                     fmt::format("must be {}, the number of images in {}", images.dimensions[0],
                                 files.images.filename().string()));
  }
  const auto bad = std::find_if(labels.data.begin(), labels.data.end(),
                                [&](std::size_t label) { return label >= class_names.size(); });
  if (bad != labels.data.end()) {
    throw file_error(files.labels.string(), fmt::format("label {}", bad - labels.data.begin()),
                     fmt::format("{}", *bad),
                     fmt::format("must be 0 to {}", class_names.size() - 1));
  }
  return std::make_unique<InMemoryDataset>(
      InMemoryDataset::Content{.channels = 1,
                               .image_size = {images.dimensions[1], images.dimensions[2]},
                               .pixels = std::move(images.data),
                               .labels = std::move(labels.data),
                               .class_names = std::move(class_names),
                               .source = files.images.parent_path()});
}

}  // namespace

std::unique_ptr<Dataset> open_mnist(const fs::path& root, Split split) {
  const FilePair files = find_files(
      "mnist", {root / "mnist", root / "mnist" / "raw", root / "MNIST" / "raw", root, root / "raw"},
      split);
  return open_idx(files, {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"});
}

std::unique_ptr<Dataset> open_fashion_mnist(const fs::path& root, Split split) {
  const FilePair files =
      find_files("fashion-mnist",
                 {root / "fashion-mnist", root / "fashion-mnist" / "raw",
                  root / "FashionMNIST" / "raw", root, root / "raw", kDebianFashionMnist},
                 split);
  return open_idx(files, {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt",
                          "Sneaker", "Bag", "Ankle boot"});
}

}  // namespace colcomb::dataset
