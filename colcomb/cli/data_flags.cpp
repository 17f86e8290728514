#include "colcomb/cli/data_flags.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace colcomb::cli {
namespace {

CLI::Option* add_source(CLI::App& command, dataset::DataSource& source, const char* fallback) {
  command.add_option("--dataset-root", source.root, "Folder the data set is in")
      ->capture_default_str();
  return command.add_option(
      "--dataset", source.name,
      fmt::format("Data set: {}{}", fmt::join(dataset::dataset_names(), ", "), fallback));
}

}  // namespace

void add_data_flags(CLI::App& command, dataset::DataSource& source) {
  add_source(command, source, " [what the network was trained on]");
}

void TrainingDataFlags::add_to(CLI::App& command) {
  name_ = add_source(command, options,
                     "; with --load-path, unless given, what that network was "
                     "trained on")
              ->capture_default_str();
  command.add_option("--input-size", options.input_size,
                     "Height and width of the network's input, pixels [32; 224 for folders]");
  command.add_option("--input-channels", options.input_channels,
                     "Channels of the input [the data set's]");
  command.add_option("--n-class", options.classes, "Number of classes [the data set's]");
  command.add_option("--aug", augment, "Augment training images by crops and flips: + or -")
      ->check(CLI::IsMember({"+", "-"}))
      ->capture_default_str();
  command
      .add_option("--crop-padding", options.crop_padding,
                  "Pixels by which --aug's crop may move a small picture off its middle")
      ->capture_default_str();
  command
      .add_option("--cutout", options.cutout,
                  "Side of a square of each training image that is put in grey, pixels; 0: none")
      ->capture_default_str();
  command
      .add_option("--sample-ratio", options.sample_ratio,
                  "Use the first part of each class of the training split, 0 to 1")
      ->capture_default_str();
  command
      .add_option("--validation-ratio", options.validation_ratio,
                  "Part of the training split held out for the program's choices, 0 to 1")
      ->capture_default_str();
}

dataset::DataOptions TrainingDataFlags::parsed(bool load_path) const {
  dataset::DataOptions result = options;
  result.augment = augment == "+";
  if (load_path && name_->count() == 0) result.name.clear();
  return result;
}

}  // namespace colcomb::cli
