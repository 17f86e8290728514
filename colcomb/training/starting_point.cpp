#include "colcomb/training/starting_point.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <string>

#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"

namespace colcomb::training {
namespace {

std::string shape_of(const LayerDescription& layer) {
  return fmt::format(
      "{} x {} {}{}", layer.out_channels, layer.in_channels, name_of(layer.kind),
      layer.conv_groups > 1 ? fmt::format(" in {} conv_groups", layer.conv_groups) : std::string());
}

/// What two networks of one shape may still differ in.
struct MayDiffer {
  bool alpha = false;
  bool columns = false;  // drawn shifts
};

/// Names the first layer in which two networks differ.
void require_same_shape(const NetworkDescription& loaded, const NetworkDescription& wanted,
                        const std::string& file, MayDiffer may_differ) {
  if (loaded.input != wanted.input) {
    throw file_error(
        file, "input", "",
        "its input shape, normalization or reshape stride differs from the one asked for");
  }
  if (loaded.layer_count() != wanted.layer_count()) {
    throw file_error(file, "layers", fmt::to_string(loaded.layer_count()),
                     fmt::format("the network asked for has {}", wanted.layer_count()));
  }
  for (std::size_t i = 0; i < wanted.layer_count(); ++i) {
    LayerDescription a = loaded.layer(i);
    const LayerDescription& b = wanted.layer(i);
    if (may_differ.columns) a.columns = b.columns;
    if (may_differ.alpha) a.alpha = b.alpha;
    if (!(a == b)) {
      throw file_error(
          file, "layer " + a.name, shape_of(a),
          fmt::format("the network asked for has {} with its own kernel, stride, alpha and shifts",
                      shape_of(b)));
    }
  }
}

/// A mask that prunes what no regrouping may bring back: see FloatLayer::weights. Empty if there is
/// no such weight.
Matrix<std::uint8_t> permanent_mask(const FloatLayer& layer) {
  Matrix<std::uint8_t> mask(layer.mask.rows(), layer.mask.cols(), std::uint8_t{1});
  bool any = false;
  for (std::size_t k = 0; k < mask.size(); ++k) {
    if (layer.mask.values()[k] != 0 || layer.weights.values()[k] != 0) continue;
    mask.values()[k] = 0;
    any = true;
  }
  return any ? mask : Matrix<std::uint8_t>();
}

}  // namespace

void require_free(const RunOptions& run) {
  require_writable(run.save_path, "save_path");
  if (std::filesystem::exists(run.save_path) && !run.resume && !run.force) {
    throw option_error("save_path", run.save_path.string(),
                       "exists already: `resume` goes on from it, `force` overwrites it");
  }
}

void require_resumable(const Checkpoint& saved, const RunIdentity& identity,
                       const NetworkDescription& description, const TrainOptions& options,
                       const RunOptions& run) {
  const std::string file = run.save_path.string();
  if (!saved.resumable()) {
    throw option_error("resume", file,
                       "holds a network but no training to go on with: start from it with "
                       "`load_path`, or overwrite it with `force`");
  }
  require_same_run(saved.training.identity, identity, file);
  // Shifts taken over from a pretrained network are not those of the description.
  const bool own_shifts = options.load_path && !options.keep_combined;
  require_same_shape(saved.network.description, description, file,
                     {.alpha = false, .columns = own_shifts});
}

FloatNetwork starting_network(const Checkpoint& pretrained, const NetworkDescription& description,
                              const TrainOptions& options) {
  const bool anew = !options.keep_combined;
  require_same_shape(pretrained.network.description, description, options.load_path->string(),
                     {.alpha = anew, .columns = anew});
  FloatNetwork network = pretrained.network;
  if (options.keep_combined) return network;
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    if (network.description.layer(i).fixed) continue;
    network.layer(i).mask = permanent_mask(network.layer(i));
    network.layer(i).groups.reset();
  }
  return network;
}

}  // namespace colcomb::training
