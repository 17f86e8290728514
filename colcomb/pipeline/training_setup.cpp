#include "colcomb/pipeline/training_setup.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/evaluation/evaluation_data.hpp"
#include "colcomb/models/network_file.hpp"

namespace colcomb::pipeline {
namespace {

/// Input and classes for the images of this data set.
InputDescription describe_input(const dataset::DataOptions& options, std::size_t channels) {
  const std::size_t side =
      options.input_size > 0 ? options.input_size : dataset::usual_input_size(options.name);
  const dataset::Normalization normalization = dataset::normalization_of(options.name, channels);
  InputDescription input;
  input.channels = channels;
  input.height = input.width = side;
  input.mean.assign(normalization.mean.begin(), normalization.mean.end());
  input.std.assign(normalization.deviation.begin(), normalization.deviation.end());
  return input;
}

/// `options` (blocks or a named network) for this input; of their own input only reshape_stride
/// counts.
template <class Options>
Options fitted(Options options, InputDescription input, std::size_t classes, std::uint64_t seed) {
  input.reshape_stride = options.input.reshape_stride;
  options.input = std::move(input);
  options.classes = classes;
  options.seed = seed;
  return options;
}

NetworkDescription loaded_network(const dataset::DataOptions& data,
                                  const training::TrainOptions& options) {
  if (!options.load_path)
    throw option_error("load_path", "", "must name the checkpoint whose network is trained");
  NetworkDescription network = load_checkpoint(*options.load_path).network.description;
  const InputDescription& input = network.input;
  if (data.input_size > 0 && (data.input_size != input.height || data.input_size != input.width)) {
    throw option_error(
        "data.input_size", fmt::to_string(data.input_size),
        fmt::format("the network of `load_path` reads {} x {} pixels", input.height, input.width));
  }
  return network;
}

/// `data`, by the name of what the network of load_path was trained on where it has no name.
dataset::DataOptions named(dataset::DataOptions data, const training::TrainOptions& options) {
  if (!data.name.empty()) return data;
  if (!options.load_path) throw option_error("data.name", "", "must name the data set to train on");
  const Checkpoint loaded = load_checkpoint(*options.load_path);
  data.name = evaluation::source_for(data, loaded.network.description).name;
  return data;
}

/// Errors: UserError if these are not the images that a loaded network reads.
void require_fit(const NetworkDescription& network, const dataset::Dataset& images,
                 const std::string& name) {
  if (images.channels() != network.input.channels) {
    throw option_error("data.name", name,
                       fmt::format("has {} channels, the network of `load_path` {}",
                                   images.channels(), network.input.channels));
  }
  if (images.class_count() != network.classes) {
    throw option_error("data.name", name,
                       fmt::format("has {} classes, the network of `load_path` {}",
                                   images.class_count(), network.classes));
  }
}

/// Makes the array's data lines the layers' alpha where that is asked, and checks them.
void fit_alpha(NetworkDescription& network, const NetworkOptions& asked,
               const training::AllocationOptions& allocation) {
  if (!allocation.array) {
    if (asked.alpha_of_array) throw option_error("array", "", "must say which array's alpha it is");
    return;
  }
  const std::size_t lines = allocation.array->alpha;
  for (LayerDescription& layer : network.hidden) {
    if (layer.fixed) continue;
    if (asked.alpha_of_array) layer.alpha = lines;
    if (layer.alpha <= lines) continue;
    throw option_error("array", allocation.array->name,
                       fmt::format("has {} data lines a column; layer {} has an alpha of {}", lines,
                                   layer.name, layer.alpha));
  }
  if (allocation.budget) network.classifier.alpha = lines;
}

}  // namespace

NetworkDescription describe_network(const NetworkOptions& options, const InputDescription& input,
                                    std::size_t classes, std::uint64_t seed) {
  if (!options.model.name.empty())
    return models::describe_model(fitted(options.model, input, classes, seed));
  models::BlockNetworkOptions blocks = fitted(options.blocks, input, classes, seed);
  // Replaced once the network is described.
  if (options.alpha_of_array) blocks.groups.assign(blocks.filters.size(), 1);
  return models::describe(blocks);
}

std::size_t largest_alpha(const NetworkOptions& options) {
  if (options.as_loaded) return 1;
  if (!options.model.name.empty()) return options.model.alpha;
  return options.blocks.groups.empty() ? 1 : std::ranges::max(options.blocks.groups);
}

NetworkOptions small_network() {
  NetworkOptions options;
  options.blocks.filters = {24, 96, 192};
  options.blocks.layers = {2, 3, 3};
  options.blocks.strides = {1, 2, 2};
  options.blocks.groups = {8, 8, 8};
  options.blocks.input.reshape_stride = 2;
  return options;
}

NetworkOptions reference_network() {
  NetworkOptions options;
  options.blocks.filters = {128, 256, 512};
  options.blocks.layers = {6, 6, 6};
  options.blocks.strides = {1, 2, 2};
  options.blocks.groups = {1, 4, 8};
  return options;
}

training::TrainData TrainingSetup::train_data() const {
  return {*data.train_set, *data.test_set,       data.train,          data.validation,
          data.test,       data.train_transform, data.test_transform, source};
}

std::string TrainingSetup::summary() const {
  std::string line =
      fmt::format("{} training, {} validation and {} test images from {}", data.train.size(),
                  data.validation.size(), data.test.size(), data.train_set->source().string());
  const std::size_t ignored = data.train_set->ignored_files() + data.test_set->ignored_files();
  if (ignored > 0) line += fmt::format("; {} files are no pictures and were ignored", ignored);
  return line;
}

TrainingSetup set_up(const dataset::DataOptions& asked, const NetworkOptions& network,
                     const training::TrainOptions& options) {
  const dataset::DataOptions data = named(asked, options);
  TrainingSetup setup;
  NetworkDescription loaded;
  dataset::ImageSize size;
  if (network.as_loaded) {
    loaded = loaded_network(data, options);
    size = {loaded.input.height, loaded.input.width};
  } else {
    size.height = size.width =
        data.input_size > 0 ? data.input_size : dataset::usual_input_size(data.name);
  }
  setup.data = dataset::open_splits(data, size, options.seed);
  const dataset::Dataset& images = *setup.data.train_set;
  if (network.as_loaded) {
    require_fit(loaded, images, data.name);
    setup.network = std::move(loaded);
  } else {
    setup.network = describe_network(network, describe_input(data, images.channels()),
                                     images.class_count(), options.seed);
  }
  fit_alpha(setup.network, network, options.allocation);
  setup.network.data = {data.name, images.class_names()};
  setup.source = {{"data.name", data.name},
                  {"data.sample_ratio", fmt::format("{}", data.sample_ratio)},
                  {"data.validation_ratio", fmt::format("{}", data.validation_ratio)}};
  return setup;
}

}  // namespace colcomb::pipeline
