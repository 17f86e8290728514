#include "colcomb/dataset/picture_files.hpp"

#include <algorithm>
#include <cctype>

#include "colcomb/base/error.hpp"

namespace colcomb::dataset {
namespace {

namespace fs = std::filesystem;

bool named_as_picture(const fs::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return extension == ".jpg" || extension == ".jpeg" || extension == ".png";
}

}  // namespace

bool is_hidden(const fs::path& path) {
  return path.filename().string().starts_with('.');
}

std::vector<fs::directory_entry> sorted_entries(const fs::path& folder) {
  std::error_code error;
  std::vector<fs::directory_entry> entries;
  fs::directory_iterator i(folder, error);
  for (; !error && i != fs::directory_iterator(); i.increment(error))
    if (!is_hidden(i->path())) entries.push_back(*i);
  if (error) throw file_error(folder.string(), "", "", "cannot be listed: " + error.message());
  std::sort(entries.begin(), entries.end());
  return entries;
}

PictureFiles pictures_below(const fs::path& folder) {
  PictureFiles files;
  std::error_code error;
  fs::recursive_directory_iterator i(folder, fs::directory_options::follow_directory_symlink,
                                     error);
  for (; !error && i != fs::recursive_directory_iterator(); i.increment(error)) {
    const bool is_folder = i->is_directory();
    if (is_hidden(i->path())) {
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

}  // namespace colcomb::dataset
