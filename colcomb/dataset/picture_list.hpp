#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

// Internal to the room.
namespace colcomb::dataset {

/// Pictures that a file lists with their classes, as Tiny-ImageNet has its validation split.
struct PictureList {
  struct Entry {
    std::string picture;  // path below `folder`
    std::string class_name;
  };
  std::filesystem::path folder;
  std::vector<Entry> entries;  // in byte order of the pictures
};

/// Name of that file in a split's folder. Each line is PICTURE, a tab, CLASS, and what a further
/// tab and all behind it say is not read. Pictures lie in the folder `images` beside the file, or,
/// where there is none, beside it.
inline constexpr const char* kPictureListName = "val_annotations.txt";

/// The list in `split`; nothing if that has no such file.
/// Errors: UserError naming the file and the line that is no such line, names a picture twice or
/// one outside the folder.
[[nodiscard]] std::optional<PictureList> picture_list_in(const std::filesystem::path& split);

}  // namespace colcomb::dataset
