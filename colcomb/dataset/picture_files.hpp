#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

// Internal to the room.
namespace colcomb::dataset {

struct PictureFiles {
  std::vector<std::string> pictures;  // paths below the folder, in byte order
  std::size_t ignored = 0;            // files of other kinds
};

/// The pictures anywhere below a folder, told by their extension (.jpg, .jpeg, .png in any case).
/// Names that begin with a dot are left out. Follows links to folders, as data sets are often made
/// of them. Errors: UserError naming what cannot be listed, or is named as a picture and is no
/// file.
[[nodiscard]] PictureFiles pictures_below(const std::filesystem::path& folder);

/// Whether a name begins with a dot.
[[nodiscard]] bool is_hidden(const std::filesystem::path& path);

/// The entries of a folder that are not hidden, in byte order. Errors: UserError naming it.
[[nodiscard]] std::vector<std::filesystem::directory_entry> sorted_entries(
    const std::filesystem::path& folder);

}  // namespace colcomb::dataset
