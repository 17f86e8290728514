#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "colcomb/dataset/dataset.hpp"

// Internal to the room: what dataset_names.def says about each name.
namespace colcomb::dataset {

/// What the pictures are like, which decides how they are brought to the network's input size.
enum class Pictures {
  kDigits,  // small, one size; mirrored they would mean something else
  kSmall,   // small, one size
  kLarge,   // photographs of any size
};

struct CatalogueEntry {
  std::string name;
  std::unique_ptr<Dataset> (*open)(const std::filesystem::path& root, Split split);
  Pictures pictures;
  Normalization normalization;
};

/// Errors: UserError of kind usage for an unknown name.
[[nodiscard]] const CatalogueEntry& catalogue_entry(const std::string& name);

[[nodiscard]] std::unique_ptr<Dataset> open_mnist(const std::filesystem::path& root, Split split);
[[nodiscard]] std::unique_ptr<Dataset> open_fashion_mnist(const std::filesystem::path& root,
                                                          Split split);
[[nodiscard]] std::unique_ptr<Dataset> open_cifar10(const std::filesystem::path& root, Split split);
[[nodiscard]] std::unique_ptr<Dataset> open_cifar100(const std::filesystem::path& root,
                                                     Split split);
[[nodiscard]] std::unique_ptr<Dataset> open_image_folder(const std::filesystem::path& root,
                                                         Split split);

/// Pictures of three channels as their luma.
[[nodiscard]] std::unique_ptr<Dataset> in_grey(std::unique_ptr<Dataset> colours);

}  // namespace colcomb::dataset
