#include "colcomb/dataset/picture_list.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "colcomb/base/error.hpp"

namespace colcomb::dataset {
namespace {

namespace fs = std::filesystem;

/// Whether the path stays within the folder that it is relative to.
bool stays_below(const fs::path& path) {
  return !path.empty() && path.is_relative() &&
         std::ranges::none_of(path, [](const fs::path& part) { return part == ".."; });
}

PictureList::Entry entry_of(std::string line, const fs::path& file, std::size_t number) {
  if (line.ends_with('\r')) line.pop_back();
  const std::string field = fmt::format("line {}", number);
  const std::size_t tab = line.find('\t');
  if (tab == std::string::npos)
    throw file_error(file.string(), field, line, "must be PICTURE, a tab and its CLASS");
  PictureList::Entry entry{line.substr(0, tab), line.substr(tab + 1)};
  entry.class_name.resize(std::min(entry.class_name.find('\t'), entry.class_name.size()));
  if (entry.class_name.empty()) throw file_error(file.string(), field, line, "names no class");
  if (!stays_below(entry.picture))
    throw file_error(file.string(), field, entry.picture,
                     "must be a picture's path below the folder, without '..'");
  return entry;
}

}  // namespace

std::optional<PictureList> picture_list_in(const fs::path& split) {
  const fs::path file = split / kPictureListName;
  std::error_code ignored;
  if (!fs::is_regular_file(file, ignored)) return std::nullopt;
  PictureList list;
  list.folder = fs::is_directory(split / "images", ignored) ? split / "images" : split;
  std::ifstream stream(file, std::ios::binary);
  std::size_t number = 0;
  for (std::string line; std::getline(stream, line);) {
    ++number;
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    list.entries.push_back(entry_of(std::move(line), file, number));
  }
  if (stream.bad()) throw file_error(file.string(), "", "", "cannot be read");
  if (list.entries.empty()) throw file_error(file.string(), "", "", "lists no pictures");
  std::ranges::sort(list.entries, {}, &PictureList::Entry::picture);
  const auto twice = std::ranges::adjacent_find(list.entries, {}, &PictureList::Entry::picture);
  if (twice != list.entries.end())
    throw file_error(file.string(), "picture", twice->picture, "is listed twice");
  return list;
}

}  // namespace colcomb::dataset
