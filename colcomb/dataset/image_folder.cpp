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
#include "colcomb/dataset/picture_list.hpp"

namespace colcomb::dataset {
namespace {

namespace fs = std::filesystem;

struct Sample {
  std::int32_t label;
  // Path below the class's folder, or below the one of listed pictures: whole paths would fill
  // memory at ImageNet's size.
  std::string file;
};

/// Where the pictures of a split lie.
struct Place {
  fs::path folder;
  bool listed = false;  // not in a folder for each class
};

class ImageFolder : public Dataset {
 public:
  ImageFolder(Place place, std::vector<std::string> class_names, std::vector<Sample> samples,
              std::size_t ignored_files)
      : place_(std::move(place)),
        class_names_(std::move(class_names)),
        samples_(std::move(samples)),
        ignored_files_(ignored_files) {}

  [[nodiscard]] std::size_t size() const override { return samples_.size(); }
  [[nodiscard]] const std::vector<std::string>& class_names() const override {
    return class_names_;
  }
  [[nodiscard]] std::size_t channels() const override { return 3; }
  [[nodiscard]] fs::path source() const override { return place_.folder; }
  [[nodiscard]] std::size_t ignored_files() const override { return ignored_files_; }
  [[nodiscard]] std::int32_t label(std::size_t i) const override {
    COLCOMB_CHECK(i < size(), "picture outside the data set");
    return samples_[i].label;
  }
  [[nodiscard]] Image read(std::size_t i) const override {
    const auto& name = class_names_[static_cast<std::size_t>(label(i))];
    const fs::path folder = place_.listed ? place_.folder : place_.folder / name;
    return decode_image(folder / samples_[i].file);
  }

 private:
  Place place_;
  std::vector<std::string> class_names_;
  std::vector<Sample> samples_;
  std::size_t ignored_files_;
};

std::vector<std::string> class_folders(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : sorted_entries(folder))
    if (entry.is_directory()) names.push_back(entry.path().filename().string());
  if (names.empty())
    throw file_error(folder.string(), "", "",
                     fmt::format("holds no class folders, expected CLASS/*.jpg, or pictures and a "
                                 "file {} that lists them, a line PICTURE, tab, CLASS each",
                                 kPictureListName));
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

/// Pictures of a list, with the training split's classes.
std::unique_ptr<Dataset> open_listed(const fs::path& root, const fs::path& split,
                                     PictureList list) {
  const auto train = folder_of(root, Split::kTrain);
  if (!train)
    throw file_error((root / "train").string(), "", "", "is missing: its folders are the classes");
  std::vector<std::string> names = class_folders(*train);
  std::vector<Sample> samples;
  for (PictureList::Entry& entry : list.entries) {
    const auto found = std::ranges::lower_bound(names, entry.class_name);
    const std::string file = (split / kPictureListName).string();
    if (found == names.end() || *found != entry.class_name)
      throw file_error(file, "class", entry.class_name,
                       fmt::format("is no folder of {}", train->string()));
    if (!fs::is_regular_file(list.folder / entry.picture))
      throw file_error(file, "picture", entry.picture,
                       fmt::format("is no file in {}", list.folder.string()));
    samples.push_back({static_cast<std::int32_t>(found - names.begin()), std::move(entry.picture)});
  }
  return std::make_unique<ImageFolder>(Place{std::move(list.folder), true}, std::move(names),
                                       std::move(samples), 0);
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
  if (split == Split::kTest && !unsplit) {
    if (auto list = picture_list_in(*folder)) return open_listed(root, *folder, std::move(*list));
  }
  auto names = class_folders(*folder);
  const auto other = folder_of(root, split == Split::kTrain ? Split::kTest : Split::kTrain);
  const bool other_is_listed = other && split == Split::kTrain && picture_list_in(*other);
  if (other && !other_is_listed) require_same_classes(*folder, names, *other);
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
  return std::make_unique<ImageFolder>(Place{*folder}, std::move(names), std::move(samples),
                                       ignored);
}

}  // namespace colcomb::dataset
