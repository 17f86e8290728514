// ImageNet's layout: pictures anywhere below root/train/CLASS and root/val/CLASS (or
// root/test/CLASS); or one folder, root/CLASS, of whose pictures some are set apart for the test.

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "colcomb/base/check.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/dataset/catalogue.hpp"
#include "colcomb/dataset/decode.hpp"
#include "colcomb/dataset/picture_files.hpp"

namespace colcomb::dataset {
namespace {

namespace fs = std::filesystem;

struct Sample {
  std::int32_t label;
  // Path below the class's folder: whole paths would fill memory at ImageNet's size.
  std::string file;
};

class ImageFolder : public Dataset {
 public:
  ImageFolder(fs::path folder, std::vector<std::string> class_names, std::vector<Sample> samples,
              std::size_t ignored_files)
      : folder_(std::move(folder)),
        class_names_(std::move(class_names)),
        samples_(std::move(samples)),
        ignored_files_(ignored_files) {}

  [[nodiscard]] std::size_t size() const override { return samples_.size(); }
  [[nodiscard]] const std::vector<std::string>& class_names() const override {
    return class_names_;
  }
  [[nodiscard]] std::size_t channels() const override { return 3; }
  [[nodiscard]] fs::path source() const override { return folder_; }
  [[nodiscard]] std::size_t ignored_files() const override { return ignored_files_; }
  [[nodiscard]] std::int32_t label(std::size_t i) const override {
    COLCOMB_CHECK(i < size(), "picture outside the data set");
    return samples_[i].label;
  }
  [[nodiscard]] Image read(std::size_t i) const override {
    const auto& name = class_names_[static_cast<std::size_t>(label(i))];
    return decode_image(folder_ / name / samples_[i].file);
  }

 private:
  fs::path folder_;
  std::vector<std::string> class_names_;
  std::vector<Sample> samples_;
  std::size_t ignored_files_;
};

std::vector<std::string> class_folders(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : sorted_entries(folder))
    if (entry.is_directory()) names.push_back(entry.path().filename().string());
  if (names.empty())
    throw file_error(folder.string(), "", "", "holds no class folders, expected CLASS/*.jpg");
  return names;
}

std::optional<fs::path> folder_of(const fs::path& root, Split split) {
  using Names = std::vector<std::string>;
  for (const auto& name : split == Split::kTrain ? Names{"train"} : Names{"val", "test"}) {
    std::error_code ignored;
    if (fs::is_directory(root / name, ignored)) return root / name;
  }
  return std::nullopt;
}

/// Whether the classes lie in the root itself, without splits.
bool is_unsplit(const fs::path& root) {
  std::error_code error;
  if (folder_of(root, Split::kTrain) || folder_of(root, Split::kTest) ||
      !fs::is_directory(root, error))
    return false;
  return std::ranges::any_of(sorted_entries(root), [](const auto& entry) {
    return entry.is_directory() && !pictures_below(entry.path()).pictures.empty();
  });
}

/// Of a class's pictures in byte order, without splits every tenth is the test's.
bool in_split(std::size_t picture, Split split) {
  constexpr std::size_t kTestEvery = 10;
  return (picture % kTestEvery == kTestEvery - 1) == (split == Split::kTest);
}

void require_same_classes(const fs::path& folder, const std::vector<std::string>& names,
                          const fs::path& other_folder) {
  const auto other = class_folders(other_folder);
  std::vector<std::string> only_here;
  std::vector<std::string> only_there;
  std::set_difference(names.begin(), names.end(), other.begin(), other.end(),
                      std::back_inserter(only_here));
  std::set_difference(other.begin(), other.end(), names.begin(), names.end(),
                      std::back_inserter(only_there));
  if (!only_here.empty()) {
    throw file_error((folder / only_here.front()).string(), "class", only_here.front(),
                     fmt::format("is missing in {}", other_folder.string()));
  }
  if (!only_there.empty()) {
    throw file_error((other_folder / only_there.front()).string(), "class", only_there.front(),
                     fmt::format("is missing in {}", folder.string()));
  }
}

}  // namespace

std::unique_ptr<Dataset> open_image_folder(const fs::path& root, Split split) {
  require_decoders(root);
  const bool unsplit = is_unsplit(root);
  const auto folder = unsplit ? std::optional(root) : folder_of(root, split);
  if (!folder) {
    throw file_error(root.string(), "", "",
                     split == Split::kTrain
                         ? fmt::format("holds no pictures: looked for {} and CLASS/*.jpg",
                                       (root / "train").string())
                         : fmt::format("holds no pictures: looked for {} and {}",
                                       (root / "val").string(), (root / "test").string()));
  }
  auto names = class_folders(*folder);
  const auto other = folder_of(root, split == Split::kTrain ? Split::kTest : Split::kTrain);
  if (other) require_same_classes(*folder, names, *other);
  std::vector<Sample> samples;
  std::size_t ignored = 0;
  for (std::size_t label = 0; label < names.size(); ++label) {
    PictureFiles files = pictures_below(*folder / names[label]);
    if (files.pictures.empty())
      throw file_error((*folder / names[label]).string(), "", "",
                       fmt::format("holds no .jpg, .jpeg or .png files{}",
                                   files.ignored == 0 ? "" : ", only others"));
    ignored += files.ignored;
    for (std::size_t i = 0; i < files.pictures.size(); ++i) {
      if (unsplit && !in_split(i, split)) continue;
      samples.push_back({static_cast<std::int32_t>(label), std::move(files.pictures[i])});
    }
  }
  if (samples.empty()) {
    throw file_error(root.string(), "", "",
                     "holds too few pictures for a test split: without a folder val, every tenth "
                     "of a class is of the test");
  }
  return std::make_unique<ImageFolder>(*folder, std::move(names), std::move(samples), ignored);
}

}  // namespace colcomb::dataset
