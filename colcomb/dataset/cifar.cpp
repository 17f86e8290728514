// Binary releases of CIFAR-10 and CIFAR-100: files of records without a header, each one or two
// label bytes followed by the red, green and blue planes of a 32 x 32 picture.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <sstream>
#include <utility>

#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/dataset/catalogue.hpp"
#include "colcomb/dataset/in_memory_dataset.hpp"

namespace colcomb::dataset {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSide = 32;
constexpr std::size_t kPixelBytes = 3 * kSide * kSide;

struct LabelField {
  std::string name;
  std::size_t classes;
};

struct Release {
  std::string name;
  std::string archive;
  std::vector<std::string> folders;  // below the root; "" is the root itself
  std::vector<std::string> train_files;
  std::vector<std::string> test_files;
  std::string names_file;
  std::vector<LabelField> labels;  // in the order of a record's first bytes; the last one is used
};

const Release kCifar10{
    .name = "cifar10",
    .archive = "cifar-10-binary.tar.gz",
    .folders = {"cifar-10-batches-bin", "cifar10/cifar-10-batches-bin", "cifar10", ""},
    .train_files = {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin",
                    "data_batch_5.bin"},
    .test_files = {"test_batch.bin"},
    .names_file = "batches.meta.txt",
    .labels = {{"label", 10}}};

const Release kCifar100{
    .name = "cifar100",
    .archive = "cifar-100-binary.tar.gz",
    .folders = {"cifar-100-binary", "cifar100/cifar-100-binary", "cifar100", ""},
    .train_files = {"train.bin"},
    .test_files = {"test.bin"},
    .names_file = "fine_label_names.txt",
    .labels = {{"coarse label", 20}, {"fine label", 100}}};

fs::path find_folder(const Release& release, const fs::path& root,
                     const std::vector<std::string>& files) {
  std::vector<std::string> places;
  for (const auto& name : release.folders) {
    const fs::path folder = name.empty() ? root : root / name;
    const bool present = std::any_of(files.begin(), files.end(), [&folder](const auto& file) {
      std::error_code ignored;
      return fs::exists(folder / file, ignored);
    });
    if (present) return folder;
    places.push_back(folder.string());
  }
  throw file_error(files.front(), "", "",
                   fmt::format("{} was not found in any of: {}; what is needed is the binary "
                               "version ({}), not the Python or Matlab one",
                               release.name, fmt::join(places, ", "), release.archive));
}

std::vector<std::string> read_class_names(const fs::path& path, std::size_t classes) {
  std::istringstream stream(read_text_file(path));
  std::vector<std::string> names;
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (!line.empty()) names.push_back(line);
  }
  if (names.size() != classes) {
    throw file_error(path.string(), "number of class names", fmt::format("{}", names.size()),
                     fmt::format("must be {}", classes));
  }
  return names;
}

void append_records(const fs::path& path, const Release& release,
                    InMemoryDataset::Content& content) {
  const Bytes bytes = read_file(path);
  const std::size_t record = release.labels.size() + kPixelBytes;
  if (bytes.empty() || bytes.size() % record != 0) {
    throw file_error(path.string(), "size", fmt::format("{} bytes", bytes.size()),
                     fmt::format("must be a positive multiple of {} bytes, one record", record));
  }
  const auto* data = reinterpret_cast<const std::uint8_t*>(bytes.data());
  for (std::size_t start = 0; start < bytes.size(); start += record) {
    std::uint8_t label = 0;
    for (std::size_t l = 0; l < release.labels.size(); ++l) {
      label = data[start + l];
      if (label >= release.labels[l].classes) {
        throw file_error(path.string(),
                         fmt::format("{} of record {}", release.labels[l].name, start / record),
                         fmt::format("{}", label),
                         fmt::format("must be 0 to {}", release.labels[l].classes - 1));
      }
    }
    content.labels.push_back(label);
    const std::uint8_t* pixels = data + start + release.labels.size();
    content.pixels.insert(content.pixels.end(), pixels, pixels + kPixelBytes);
  }
}

std::unique_ptr<Dataset> open_cifar(const Release& release, const fs::path& root, Split split) {
  const auto& files = split == Split::kTrain ? release.train_files : release.test_files;
  const fs::path folder = find_folder(release, root, files);
  InMemoryDataset::Content content{
      .channels = 3,
      .image_size = {kSide, kSide},
      .pixels = {},
      .labels = {},
      .class_names = read_class_names(folder / release.names_file, release.labels.back().classes),
      .source = folder};
  std::size_t first_count = 0;
  for (const auto& file : files) {
    const std::size_t before = content.labels.size();
    append_records(folder / file, release, content);
    const std::size_t count = content.labels.size() - before;
    if (before == 0) {
      first_count = count;
      content.labels.reserve(files.size() * count);
      content.pixels.reserve(files.size() * count * kPixelBytes);
    }
    // The only sign of a file cut between two records: the release's batches are equally long.
    if (count != first_count) {
      throw file_error((folder / file).string(), "number of records", fmt::format("{}", count),
                       fmt::format("must be {}, as in {}", first_count, files.front()));
    }
  }
  return std::make_unique<InMemoryDataset>(std::move(content));
}

}  // namespace

std::unique_ptr<Dataset> open_cifar10(const fs::path& root, Split split) {
  return open_cifar(kCifar10, root, split);
}

std::unique_ptr<Dataset> open_cifar100(const fs::path& root, Split split) {
  return open_cifar(kCifar100, root, split);
}

}  // namespace colcomb::dataset
