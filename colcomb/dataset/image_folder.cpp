// ImageNet's layout: pictures anywhere below root/train/CLASS and root/val/CLASS (or
// root/test/CLASS).

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

bool named_as_picture(const fs::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension == ".jpg" || extension == ".jpeg" || extension == ".png";
}

struct ClassFiles {
  std::vector<std::string> pictures;  // paths below the class's folder, in byte order
  std::size_t ignored = 0;            // files of other kinds
};

/// Follows links to folders, as data sets are often made of them.
ClassFiles files_below(const fs::path& folder) {
  ClassFiles files;
  std::error_code error;
  fs::recursive_directory_iterator i(folder, fs::directory_options::follow_directory_symlink,
                                     error);
  for (; !error && i != fs::recursive_directory_iterator(); i.increment(error)) {
    const bool is_folder = i->is_directory();
    if (hidden(i->path())) {
      if (is_folder) i.disable_recursion_pending();
    } else if (!is_folder && !named_as_picture(i->path())) {
      ++files.ignored;
    } else if (!is_folder) {
      if (!i->is_regular_file())
        throw file_error(i->path().string(), "", "", "is named as a picture and is no file");
      files.pictures.push_back(i->path().lexically_relative(folder).string());
    }
  }
  if (error) throw file_error(folder.string(), "", "", "cannot be listed: " + error.message());
  std::sort(files.pictures.begin(), files.pictures.end());
  return files;
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
  std::size_t ignored = 0;
  for (std::size_t label = 0; label < names.size(); ++label) {
    ClassFiles files = files_below(*folder / names[label]);
    if (files.pictures.empty())
      throw file_error((*folder / names[label]).string(), "", "",
                       fmt::format("holds no .jpg, .jpeg or .png files{}",
                                   files.ignored == 0 ? "" : ", only others"));
    ignored += files.ignored;
    for (std::string& file : files.pictures)
      samples.push_back({static_cast<std::int32_t>(label), std::move(file)});
  }
  return std::make_unique<ImageFolder>(*folder, std::move(names), std::move(samples), ignored);
}

}  // namespace colcomb::dataset
