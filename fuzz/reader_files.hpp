#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>

#include "colcomb/base/files.hpp"

// Small valid files of other people's formats, written by hand.
namespace colcomb::fuzzing {

/// Writes a file, making its folder.
void write(const std::filesystem::path& path, std::span<const std::byte> content);

/// Three images of 2 x 3 pixels, and their labels.
[[nodiscard]] Bytes idx_images();
[[nodiscard]] Bytes idx_labels();

struct CifarFiles {
  std::string name;  // of the data set
  std::string records;
  std::string class_names;
  std::size_t classes = 0;
};
/// Two records of CIFAR-10 or (100 classes) CIFAR-100.
[[nodiscard]] Bytes cifar_records(std::size_t classes);
[[nodiscard]] Bytes class_names(std::size_t classes);

/// Two pictures of the Python releases, with labels for both data sets; and class names for both.
[[nodiscard]] Bytes pickled_pictures(bool python3);
[[nodiscard]] Bytes pickled_names(bool python3);

/// What the models' external data is read from.
inline constexpr std::size_t kExternalBytes = 1024;

}  // namespace colcomb::fuzzing
