#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/artifacts/run_identity.hpp"
#include "colcomb/dataset/dataset.hpp"
#include "colcomb/dataset/transform.hpp"

namespace colcomb::cli {

/// The flags that say which images a command reads.
struct DataFlags {
  std::filesystem::path root = "datasets/";
  std::string dataset = "cifar10";

  void add_to(CLI::App& command);
};

/// The flags that say how training uses them.
struct TrainingDataFlags : DataFlags {
  std::size_t input_size = 0;      // 0: the data set's usual size
  std::size_t input_channels = 0;  // 0: the data set's
  std::size_t classes = 0;         // 0: the data set's
  std::string augment = "+";
  std::size_t crop_padding = dataset::TransformOptions{}.padding;
  std::size_t cutout = 0;
  double sample_ratio = 1;
  double validation_ratio = 0.02;
  /// Input and classes of a network that is there already; absent: the flags describe a new one.
  std::optional<InputDescription> network_input;
  std::size_t network_classes = 0;

  void add_to(CLI::App& command);
};

/// Both splits, opened, with the indices each purpose may use. The validation split is held out of
/// the training split; the test split is for reporting alone.
struct OpenedData {
  std::unique_ptr<dataset::Dataset> train_set;
  std::unique_ptr<dataset::Dataset> test_set;
  std::vector<std::size_t> train;
  std::vector<std::size_t> validation;
  std::vector<std::size_t> test;
  dataset::TransformOptions train_transform;
  dataset::TransformOptions test_transform;
  InputDescription input;  // without reshape stride
  std::size_t classes = 0;
  std::vector<IdentityField> source;  // what was asked of the data, for the run's identity
};

/// Errors: UserError for flags that do not fit the data set, or its files.
[[nodiscard]] OpenedData open_data(const TrainingDataFlags& flags, std::uint64_t seed);

/// One split as `input` wants its images, without augmentation.
struct EvaluationData {
  std::unique_ptr<dataset::Dataset> set;
  dataset::TransformOptions transform;
};
[[nodiscard]] EvaluationData open_for_evaluation(const DataFlags& flags, dataset::Split split,
                                                 const NetworkDescription& network);

}  // namespace colcomb::cli
