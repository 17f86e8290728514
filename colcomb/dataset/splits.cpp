#include "colcomb/dataset/splits.hpp"

#include <fmt/format.h>

#include <numeric>

#include "colcomb/base/error.hpp"
#include "colcomb/dataset/sampling.hpp"

namespace colcomb::dataset {
namespace {

constexpr std::size_t kSmallInput = 32;
constexpr std::size_t kFolderInput = 224;

void require_count(const char* field, std::size_t asked, std::size_t found, const char* what) {
  if (asked == 0 || asked == found) return;
  throw option_error(field, fmt::to_string(asked),
                     fmt::format("the data set has {} {}", found, what));
}

}  // namespace

std::size_t usual_input_size(const std::string& name) {
  return name == "folder" || name == "imagenet" ? kFolderInput : kSmallInput;
}

Splits open_splits(const DataOptions& options, ImageSize input, std::uint64_t seed) {
  Splits splits;
  splits.train_set =
      open_dataset(options.name, options.root, Split::kTrain, options.input_channels);
  splits.test_set = open_dataset(options.name, options.root, Split::kTest, options.input_channels);
  const std::size_t classes = splits.train_set->class_count();
  require_count("data.classes", options.classes, classes, "classes");
  require_count("data.input_channels", options.input_channels, splits.train_set->channels(),
                "channels");
  splits.train_transform = transform_for(options.name, input, true, options.augment);
  splits.train_transform.padding = options.crop_padding;
  splits.train_transform.cutout = options.cutout;
  splits.test_transform = transform_for(options.name, input, false, false);
  const std::vector<std::int32_t> labels = labels_of(*splits.train_set);
  const auto sampled = stratified_first(labels, classes, options.sample_ratio);
  HoldOut parts = hold_out(sampled, labels, classes, options.validation_ratio, seed);
  splits.train = std::move(parts.train);
  splits.validation = std::move(parts.validation);
  splits.test.resize(splits.test_set->size());
  std::iota(splits.test.begin(), splits.test.end(), std::size_t{0});
  return splits;
}

}  // namespace colcomb::dataset
