// CIFAR-10 and CIFAR-100. The binary releases are files of records without a header, each one or
// two label bytes followed by the red, green and blue planes of a 32 x 32 picture; the Python ones
// (torchvision's) are pickled dictionaries with the pictures as a matrix of bytes, a picture a row.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <utility>

#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/dataset/catalogue.hpp"
#include "colcomb/dataset/in_memory_dataset.hpp"
#include "colcomb/dataset/pickle.hpp"

namespace colcomb::dataset {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSide = 32;
constexpr std::size_t kPixelBytes = 3 * kSide * kSide;

struct LabelField {
  std::string name;
  std::size_t classes;
  std::string python_key;
};

/// A release's files.
struct Form {
  std::vector<std::string> folders;  // below the root; "" is the root itself
  std::vector<std::string> train_files;
  std::vector<std::string> test_files;
  std::string names_file;
};

struct Release {
  std::string name;
  std::string archives;
  Form binary;
  Form python;
  std::vector<LabelField> labels;  // in the order of a record's first bytes; the last one is used
  std::string python_names;        // key of the class names
};

const Release kCifar10{
    .name = "cifar10",
    .archives = "cifar-10-binary.tar.gz or cifar-10-python.tar.gz",
    .binary = {.folders = {"cifar-10-batches-bin", "cifar10/cifar-10-batches-bin", "cifar10", ""},
               .train_files = {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
                               "data_batch_4.bin", "data_batch_5.bin"},
               .test_files = {"test_batch.bin"},
               .names_file = "batches.meta.txt"},
    .python = {.folders = {"cifar-10-batches-py", "cifar10/cifar-10-batches-py", "cifar10", ""},
               .train_files = {"data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4",
                               "data_batch_5"},
               .test_files = {"test_batch"},
               .names_file = "batches.meta"},
    .labels = {{"label", 10, "labels"}},
    .python_names = "label_names"};

const Release kCifar100{
    .name = "cifar100",
    .archives = "cifar-100-binary.tar.gz or cifar-100-python.tar.gz",
    .binary = {.folders = {"cifar-100-binary", "cifar100/cifar-100-binary", "cifar100", ""},
               .train_files = {"train.bin"},
               .test_files = {"test.bin"},
               .names_file = "fine_label_names.txt"},
    .python = {.folders = {"cifar-100-python", "cifar100/cifar-100-python", "cifar100", ""},
               .train_files = {"train"},
               .test_files = {"test"},
               .names_file = "meta"},
    .labels = {{"coarse label", 20, "coarse_labels"}, {"fine label", 100, "fine_labels"}},
    .python_names = "fine_label_names"};

const std::vector<std::string>& files_of(const Form& form, Split split) {
  return split == Split::kTrain ? form.train_files : form.test_files;
}

/// The first folder that holds any of the files.
std::optional<fs::path> find_folder(const Form& form, const fs::path& root, Split split) {
  for (const auto& name : form.folders) {
    const fs::path folder = name.empty() ? root : root / name;
    const bool present = std::ranges::any_of(files_of(form, split), [&folder](const auto& file) {
      std::error_code ignored;
      return fs::exists(folder / file, ignored) && !fs::is_directory(folder / file, ignored);
    });
    if (present) return folder;
  }
  return std::nullopt;
}

[[noreturn]] void not_found(const Release& release, const fs::path& root, Split split) {
  std::vector<std::string> places;
  for (const Form* form : {&release.binary, &release.python}) {
    for (const auto& name : form->folders) {
      const std::string place = (name.empty() ? root : root / name).string();
      if (std::ranges::find(places, place) == places.end()) places.push_back(place);
    }
  }
  throw file_error(files_of(release.binary, split).front(), "", "",
                   fmt::format("{} was not found in any of: {}; what is needed is the binary or "
                               "the Python version ({}), not the Matlab one",
                               release.name, fmt::join(places, ", "), release.archives));
}

void require_names(const fs::path& path, std::size_t found, std::size_t classes) {
  if (found == classes) return;
  throw file_error(path.string(), "number of class names", fmt::format("{}", found),
                   fmt::format("must be {}", classes));
}

std::vector<std::string> read_class_names(const fs::path& path, std::size_t classes) {
  std::istringstream stream(read_text_file(path));
  std::vector<std::string> names;
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    if (!line.empty()) names.push_back(line);
  }
  require_names(path, names.size(), classes);
  return names;
}

std::vector<std::string> pickled_class_names(const fs::path& path, const Release& release) {
  const PickledDictionary pickle(path);
  const auto& texts = pickle.texts(release.python_names);
  require_names(path, texts.size(), release.labels.back().classes);
  return {texts.begin(), texts.end()};
}

void require_label(const fs::path& path, const LabelField& field, std::size_t record,
                   std::int64_t label) {
  if (label >= 0 && static_cast<std::size_t>(label) < field.classes) return;
  throw file_error(path.string(), fmt::format("{} of record {}", field.name, record),
                   fmt::format("{}", label), fmt::format("must be 0 to {}", field.classes - 1));
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
      require_label(path, release.labels[l], start / record, label);
    }
    content.labels.push_back(label);
    const std::uint8_t* pixels = data + start + release.labels.size();
    content.pixels.insert(content.pixels.end(), pixels, pixels + kPixelBytes);
  }
}

void append_pickled(const fs::path& path, const Release& release,
                    InMemoryDataset::Content& content) {
  const PickledDictionary pickle(path);
  const PickledDictionary::Matrix& data = pickle.matrix("data");
  if (data.columns != kPixelBytes) {
    throw file_error(path.string(), "columns of data", fmt::format("{}", data.columns),
                     fmt::format("must be {}, one picture", kPixelBytes));
  }
  for (const LabelField& field : release.labels) {
    const auto& labels = pickle.integers(field.python_key);
    if (labels.size() != data.rows) {
      throw file_error(path.string(), field.python_key, fmt::format("{} values", labels.size()),
                       fmt::format("must be {}, one a picture", data.rows));
    }
    for (std::size_t i = 0; i < labels.size(); ++i) require_label(path, field, i, labels[i]);
  }
  for (const std::int64_t label : pickle.integers(release.labels.back().python_key))
    content.labels.push_back(static_cast<std::uint8_t>(label));
  content.pixels.insert(content.pixels.end(), data.bytes.begin(), data.bytes.end());
}

std::unique_ptr<Dataset> open_cifar(const Release& release, const fs::path& root, Split split) {
  const auto binary = find_folder(release.binary, root, split);
  const auto pickled = binary ? std::nullopt : find_folder(release.python, root, split);
  if (!binary && !pickled) not_found(release, root, split);
  const Form& form = binary ? release.binary : release.python;
  const auto& files = files_of(form, split);
  const fs::path folder = binary ? *binary : *pickled;
  const fs::path names = folder / form.names_file;
  InMemoryDataset::Content content{
      .channels = 3,
      .image_size = {kSide, kSide},
      .pixels = {},
      .labels = {},
      .class_names = binary ? read_class_names(names, release.labels.back().classes)
                            : pickled_class_names(names, release),
      .source = folder};
  std::size_t first_count = 0;
  for (const auto& file : files) {
    const std::size_t before = content.labels.size();
    binary ? append_records(folder / file, release, content)
           : append_pickled(folder / file, release, content);
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
