#include "colcomb/cli/data_flags.hpp"

#include <fmt/format.h>

#include <numeric>

#include "colcomb/base/error.hpp"
#include "colcomb/dataset/sampling.hpp"

namespace colcomb::cli {
namespace {

constexpr std::size_t kSmallInput = 32;
constexpr std::size_t kFolderInput = 224;

std::size_t usual_input_size(const std::string& name) {
  return name == "folder" || name == "imagenet" ? kFolderInput : kSmallInput;
}

InputDescription describe_input(const TrainingDataFlags& flags, std::size_t channels) {
  if (flags.network_input) {
    const InputDescription& input = *flags.network_input;
    if (flags.input_size > 0 &&
        (flags.input_size != input.height || flags.input_size != input.width)) {
      throw usage_error("--input-size", fmt::to_string(flags.input_size),
                        fmt::format("the network of --load-path reads {} x {} pixels", input.height,
                                    input.width));
    }
    if (channels != input.channels) {
      throw usage_error(
          "--dataset", flags.dataset,
          fmt::format("has {} channels, the network of --load-path {}", channels, input.channels));
    }
    return input;
  }
  const std::size_t side =
      flags.input_size > 0 ? flags.input_size : usual_input_size(flags.dataset);
  const dataset::Normalization normalization = dataset::normalization_of(flags.dataset);
  InputDescription input;
  input.channels = channels;
  input.height = input.width = side;
  input.mean.assign(normalization.mean.begin(), normalization.mean.end());
  input.std.assign(normalization.deviation.begin(), normalization.deviation.end());
  return input;
}

void require_count(const char* option, std::size_t asked, std::size_t found, const char* what) {
  if (asked == 0 || asked == found) return;
  throw usage_error(option, fmt::to_string(asked),
                    fmt::format("the data set has {} {}", found, what));
}

std::vector<std::size_t> all_indices(const dataset::Dataset& set) {
  std::vector<std::size_t> indices(set.size());
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  return indices;
}

}  // namespace

void DataFlags::add_to(CLI::App& command) {
  command.add_option("--dataset-root", root, "Folder the data set is in")->capture_default_str();
  command
      .add_option("--dataset", dataset,
                  fmt::format("Data set: {}", fmt::join(dataset::dataset_names(), ", ")))
      ->capture_default_str();
}

void TrainingDataFlags::add_to(CLI::App& command) {
  DataFlags::add_to(command);
  command.add_option("--input-size", input_size,
                     "Height and width of the network's input, pixels [32; 224 for folders]");
  command.add_option("--input-channels", input_channels, "Channels of the input [the data set's]");
  command.add_option("--n-class", classes, "Number of classes [the data set's]");
  command.add_option("--aug", augment, "Augment training images by crops and flips: + or -")
      ->check(CLI::IsMember({"+", "-"}))
      ->capture_default_str();
  command
      .add_option("--crop-padding", crop_padding,
                  "Pixels by which --aug's crop may move a small picture off its middle")
      ->capture_default_str();
  command
      .add_option("--cutout", cutout,
                  "Side of a square of each training image that is put in grey, pixels; 0: none")
      ->capture_default_str();
  command
      .add_option("--sample-ratio", sample_ratio,
                  "Use the first part of each class of the training split, 0 to 1")
      ->capture_default_str();
  command
      .add_option("--validation-ratio", validation_ratio,
                  "Part of the training split held out for the program's choices, 0 to 1")
      ->capture_default_str();
}

OpenedData open_data(const TrainingDataFlags& flags, std::uint64_t seed) {
  OpenedData data;
  data.train_set = dataset::open_dataset(flags.dataset, flags.root, dataset::Split::kTrain);
  data.test_set = dataset::open_dataset(flags.dataset, flags.root, dataset::Split::kTest);
  data.classes = data.train_set->class_count();
  require_count("--n-class", flags.classes, data.classes, "classes");
  require_count("--n-class", flags.network_classes, data.classes, "classes");
  require_count("--input-channels", flags.input_channels, data.train_set->channels(), "channels");
  data.input = describe_input(flags, data.train_set->channels());
  const dataset::ImageSize size{data.input.height, data.input.width};
  data.train_transform = transform_for(flags.dataset, size, true, flags.augment == "+");
  data.train_transform.padding = flags.crop_padding;
  data.train_transform.cutout = flags.cutout;
  data.test_transform = transform_for(flags.dataset, size, false, false);
  const std::vector<std::int32_t> labels = labels_of(*data.train_set);
  const auto sampled = dataset::stratified_first(labels, data.classes, flags.sample_ratio);
  auto parts = dataset::hold_out(sampled, labels, data.classes, flags.validation_ratio, seed);
  data.train = std::move(parts.train);
  data.validation = std::move(parts.validation);
  data.test = all_indices(*data.test_set);
  data.source = {{"data.name", flags.dataset},
                 {"data.sample_ratio", fmt::format("{}", flags.sample_ratio)},
                 {"data.validation_ratio", fmt::format("{}", flags.validation_ratio)}};
  return data;
}

EvaluationData open_for_evaluation(const DataFlags& flags, dataset::Split split,
                                   const NetworkDescription& network) {
  EvaluationData data;
  data.set = dataset::open_dataset(flags.dataset, flags.root, split);
  if (data.set->class_count() != network.classes ||
      data.set->channels() != network.input.channels) {
    throw usage_error("--dataset", flags.dataset,
                      fmt::format("has {} classes and {} channels, the network {} and {}",
                                  data.set->class_count(), data.set->channels(), network.classes,
                                  network.input.channels));
  }
  data.transform = dataset::transform_for(
      flags.dataset, {network.input.height, network.input.width}, false, false);
  return data;
}

}  // namespace colcomb::cli
