#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "colcomb/dataset/dataset.hpp"
#include "colcomb/dataset/transform.hpp"

namespace colcomb::dataset {

/// Which data set, and the folder it is in.
struct DataSource {
  std::string
      name;  // one of dataset_names(); empty: the one that the network names, where one does
  std::filesystem::path root = "datasets/";  // folder that the data set is in
};

/// Which images training reads, and how.
struct DataOptions : DataSource {
  /// Height and width of the network's input, pixels; 0: usual_input_size.
  std::size_t input_size = 0;
  std::size_t input_channels = 0;  // the data set's, or 1 of folders: grey; 0: what it has
  std::size_t classes = 0;         // must be the data set's; 0: whatever it has
  /// Random crops and flips of training images, as is usual for the data set (transform_for).
  bool augment = true;
  std::size_t crop_padding = TransformOptions{}.padding;  // pixels; see TransformOptions
  std::size_t cutout = 0;                                 // side, pixels; see TransformOptions
  /// The first part of each class of the training split that is used, above 0, at most 1. Below 1:
  /// training with limited data (paper, section 6).
  double sample_ratio = 1;
  /// Part of what is used that is held out for the program's choices, 0 to below 1.
  double validation_ratio = 0.02;
};

/// 32 pixels, 224 for image folders and ImageNet.
[[nodiscard]] std::size_t usual_input_size(const std::string& name);

/// Both splits, opened, with the images that each purpose may use. The validation images are held
/// out of the training split; the test split is for reporting alone.
struct Splits {
  std::unique_ptr<Dataset> train_set;   // the training split, validation images included
  std::unique_ptr<Dataset> test_set;    // the test split
  std::vector<std::size_t> train;       // of train_set
  std::vector<std::size_t> validation;  // of train_set
  std::vector<std::size_t> test;        // of test_set: all
  TransformOptions train_transform;     // of training images
  TransformOptions test_transform;      // of validation and test images
};

/// Opens both splits for a network that reads images of `input` pixels: of each class the first
/// sample_ratio, of which validation_ratio, drawn from `seed`, is held out.
/// Errors: UserError (option_error) for options that do not fit the data set, or about its files.
[[nodiscard]] Splits open_splits(const DataOptions& options, ImageSize input, std::uint64_t seed);

}  // namespace colcomb::dataset
