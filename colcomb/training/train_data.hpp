#pragma once

#include <cstddef>
#include <vector>

#include "colcomb/artifacts/run_identity.hpp"
#include "colcomb/dataset/dataset.hpp"
#include "colcomb/dataset/transform.hpp"

namespace colcomb::training {

/// The images of a run. The validation split is held out of the training split; the test split is
/// for reporting alone.
struct TrainData {
  const dataset::Dataset& train_set;          // images to train on
  const dataset::Dataset& test_set;           // images to report on
  std::vector<std::size_t> train;             // indices into train_set
  std::vector<std::size_t> validation;        // indices into train_set; may be empty
  std::vector<std::size_t> test;              // indices into test_set
  dataset::TransformOptions train_transform;  // of training images
  dataset::TransformOptions test_transform;   // of the others
  /// What the user asked of the data, for the run's identity: "data.name", "data.sample_ratio", ...
  std::vector<IdentityField> source = {};
};

}  // namespace colcomb::training
