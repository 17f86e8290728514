#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "colcomb/dataset/image.hpp"

namespace colcomb::dataset {

/// Labelled pictures, numbered from 0 in the order of their files.
class Dataset {
 public:
  virtual ~Dataset() = default;

  /// Number of images.
  [[nodiscard]] virtual std::size_t size() const = 0;
  /// Names of the classes; a label is an index into them.
  [[nodiscard]] virtual const std::vector<std::string>& class_names() const = 0;
  /// Number of classes.
  [[nodiscard]] std::size_t class_count() const { return class_names().size(); }
  /// Channels of every picture: 1 (grey) or 3 (red, green, blue).
  [[nodiscard]] virtual std::size_t channels() const = 0;
  /// Size of every picture, where all are of one size and in memory.
  [[nodiscard]] virtual std::optional<ImageSize> picture_size() const { return std::nullopt; }
  /// Where the pictures were found, for the user to see.
  [[nodiscard]] virtual std::filesystem::path source() const = 0;
  /// Files among the pictures that their extension does not name as one: they are not read.
  [[nodiscard]] virtual std::size_t ignored_files() const { return 0; }

  /// Requires: i < size(). Ensures: 0 <= result < class_count().
  [[nodiscard]] virtual std::int32_t label(std::size_t i) const = 0;
  /// Picture i; may be called from several threads at once.
  /// Requires: i < size(). Errors: UserError naming the file, if pictures are decoded on demand and
  /// this one is damaged.
  [[nodiscard]] virtual Image read(std::size_t i) const = 0;
};

/// Labels of all pictures, in order.
[[nodiscard]] std::vector<std::int32_t> labels_of(const Dataset& dataset);

enum class Split { kTrain, kTest };

/// Names that open_dataset takes, in the order of dataset_names.def.
[[nodiscard]] std::vector<std::string> dataset_names();

/// Opens one half of a data set below `root` (formats and places: docs/reference/datasets.md).
/// `channels` 1 asks image folders for grey pictures; else they, and all other data sets, have what
/// they have. IDX and CIFAR files are read and checked whole; an image folder is listed, its
/// pictures are decoded by read(). Errors: UserError of kind usage for an unknown name; else naming
/// the file, the field, what was found and what is expected, or every place looked in.
[[nodiscard]] std::unique_ptr<Dataset> open_dataset(const std::string& name,
                                                    const std::filesystem::path& root, Split split,
                                                    std::size_t channels = 0);

/// All pictures anywhere below a folder, of any sizes, without labels (one class): in grey if
/// `channels` is 1, else in colours. Errors: UserError naming the folder if it holds none.
[[nodiscard]] std::unique_ptr<Dataset> open_pictures(const std::filesystem::path& folder,
                                                     std::size_t channels);

/// Mean and standard deviation of pixel / 255 over the training pictures, one of each per channel.
struct Normalization {
  std::vector<float> mean;       // of pixel / 255, by channel
  std::vector<float> deviation;  // standard deviation of it, by channel
};

/// With `channels` as open_dataset has it. Errors: UserError of kind usage for an unknown name.
[[nodiscard]] Normalization normalization_of(const std::string& name, std::size_t channels = 0);

}  // namespace colcomb::dataset
