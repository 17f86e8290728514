// ImageNet's layout: root/train/CLASS/*.jpg and root/val/CLASS/*.jpg (or root/test).

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <utility>

#include "colcomb/base/check.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/dataset/catalogue.hpp"
#include "colcomb/dataset/decode.hpp"

namespace colcomb::dataset {
namespace {

namespace fs = std::filesystem;

struct Sample {
  std::int32_t label;
  std::string
      file;  // name inside the class's folder; whole paths would fill memory at ImageNet's size
};

class ImageFolder : public Dataset {
 public:
  ImageFolder(fs::path folder, std::vector<std::string> class_names, std::vector<Sample> samples)
      : folder_(std::move(folder)),
        class_names_(std::move(class_names)),
        samples_(std::move(samples)) {}

  [[nodiscard]] std::size_t size() const override { return samples_.size(); }
  [[nodiscard]] const std::vector<std::string>& class_names() const override {
    return class_names_;
  }
  [[nodiscard]] std::size_t channels() const override { return 3; }
  [[nodiscard]] fs::path source() const override { return folder_; }
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
};

bool hidden(const fs::path& path) {
  return path.filename().string().starts_with('.');
}

std::vector<fs::directory_entry> sorted_entries(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::directory_entry> entries;
  fs::directory_iterator i(folder, error);
  for (; !error && i != fs::directory_iterator(); i.increment(error))
    if (!hidden(i->path())) entries.push_back(*i);
  if (error) throw file_error(folder.string(), "", "", "cannot be listed: " + error.message());
  std::sort(entries.begin(), entries.end());
  return entries;
}

std::vector<std::string> class_folders(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : sorted_entries(folder))
    if (entry.is_directory()) names.push_back(entry.path().filename().string());
  if (names.empty())
    throw file_error(folder.string(), "", "", "holds no class folders, expected CLASS/*.jpg");
  return names;
}

void require_picture(const fs::directory_entry& entry) {
  std::string extension = entry.path().extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const bool known = extension == ".jpg" || extension == ".jpeg" || extension == ".png";
  // Skipping what is not understood would shrink the data set without a word.
  if (!known || !entry.is_regular_file()) {
    throw file_error(entry.path().string(), "", "",
                     "does not belong here: a class folder holds .jpg, .jpeg and .png files alone");
  }
}

std::optional<fs::path> folder_of(const fs::path& root, Split split) {
  using Names = std::vector<std::string>;
  for (const auto& name : split == Split::kTrain ? Names{"train"} : Names{"val", "test"}) {
    std::error_code ignored;
    if (fs::is_directory(root / name, ignored)) return root / name;
  }
  return std::nullopt;
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
  const auto folder = folder_of(root, split);
  if (!folder) {
    throw file_error(
        root.string(), "", "",
        split == Split::kTrain
            ? fmt::format("holds no pictures: looked for {}", (root / "train").string())
            : fmt::format("holds no pictures: looked for {} and {}", (root / "val").string(),
                          (root / "test").string()));
  }
  auto names = class_folders(*folder);
  const auto other = folder_of(root, split == Split::kTrain ? Split::kTest : Split::kTrain);
  if (other) require_same_classes(*folder, names, *other);
  std::vector<Sample> samples;
  for (std::size_t label = 0; label < names.size(); ++label) {
    const auto entries = sorted_entries(*folder / names[label]);
    if (entries.empty())
      throw file_error((*folder / names[label]).string(), "", "", "holds no pictures");
    for (const auto& entry : entries) {
      require_picture(entry);
      samples.push_back({static_cast<std::int32_t>(label), entry.path().filename().string()});
    }
  }
  return std::make_unique<ImageFolder>(*folder, std::move(names), std::move(samples));
}

}  // namespace colcomb::dataset
