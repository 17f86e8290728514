#include "colcomb/training/run_identity.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "colcomb/base/digest.hpp"
#include "colcomb/base/mapped_file.hpp"
#include "colcomb/training/runner.hpp"

namespace colcomb::training {
namespace {

constexpr std::size_t kSampledImages = 64;

std::string on_or_off(bool value) {
  return value ? "+" : "-";
}

/// Count and digest of a split, e.g. "60000 images, 3f2a...".
std::string text_of(const dataset::Dataset& images, const std::vector<std::size_t>& indices) {
  Digest digest;
  digest.add_list(indices);
  for (const std::size_t i : indices) digest.add_number(images.label(i));
  const std::size_t sampled = std::min(kSampledImages, indices.size());
  for (std::size_t k = 0; k < sampled; ++k)
    digest.add_list(images.read(indices[k * indices.size() / sampled]).pixels);
  return fmt::format("{} images, digest {:016x}", indices.size(), digest.value());
}

std::string digest_of_file(const std::filesystem::path& path) {
  const MappedFile file(path);
  Digest digest;
  digest.add(file.content());
  return fmt::format("digest {:016x}", digest.value());
}

std::string text_of(const LayerDescription& layer) {
  Digest digest;
  for (const Column& column : layer.columns) {
    digest.add_number(column.channel);
    digest.add_number(column.dy);
    digest.add_number(column.dx);
  }
  std::string text =
      fmt::format("{} x {} {}, kernel {} x {}, stride {}, alpha {}, input {} x {}",
                  layer.out_channels, layer.in_channels, name_of(layer.kind), layer.kernel_height(),
                  layer.kernel_width(), layer.stride, layer.alpha, layer.in_height, layer.in_width);
  if (layer.residual) text += fmt::format(", plus layer {}", *layer.residual);
  if (layer.conv_groups > 1) text += fmt::format(", conv_groups {}", layer.conv_groups);
  if (!layer.batch_norm) text += ", bias";
  if (layer.fixed) text += ", fixed";
  return text + fmt::format(", columns {:016x}", digest.value());
}

void add_data(const TrainData& data, RunIdentity& identity) {
  identity.add("data.train", text_of(data.train_set, data.train));
  identity.add("data.validation", text_of(data.train_set, data.validation));
  identity.add("data.test", text_of(data.test_set, data.test));
  using Kind = dataset::TransformOptions::Kind;
  const dataset::TransformOptions& t = data.train_transform;
  const bool moves = t.kind == Kind::kCrop || t.kind == Kind::kResizedCrop;
  identity.add("data.augment", on_or_off(moves || t.flip));
  if (t.kind == Kind::kCrop) identity.add("data.crop_padding", static_cast<double>(t.padding));
  identity.add("data.cutout", static_cast<double>(t.cutout));
}

void add_network(const NetworkDescription& network, RunIdentity& identity) {
  const InputDescription& input = network.input;
  identity.add("network.input",
               fmt::format("{} x {} x {}, mean {}, std {}, reshape stride {}", input.channels,
                           input.height, input.width, input.mean, input.std, input.reshape_stride));
  for (const LayerDescription& layer : network.all())
    identity.add("network." + layer.name, text_of(layer));
  identity.add("network.dropout", network.dropout);
}

/// What combining for an array depends on, in place of rates and gamma.
void add_allocation(const TrainOptions& o, RunIdentity& identity) {
  const AllocationOptions& a = o.allocation;
  identity.add("pruning.steps", static_cast<double>(o.pruning.steps));
  identity.add("pruning.until", o.pruning.until);
  identity.add("combining.regroup_every", static_cast<double>(o.combining.regroup_every));
  identity.add("allocation.array", describe(*a.array));
  identity.add("budget", a.budget ? allocation::to_string(*a.budget) : "none");
  identity.add("allocation.importance", allocation::name_of(a.importance));
}

void add_pruning(const TrainOptions& o, RunIdentity& identity) {
  const PruningOptions& p = o.pruning;
  identity.add("pruning.schedule", name_of(p.schedule));
  if (p.schedule == Schedule::kNone) return;
  if (o.allocation.array) {
    add_allocation(o, identity);
    return;
  }
  if (p.schedule == Schedule::kCubic) {
    identity.add("pruning.rate", p.rate);
    identity.add("pruning.rate_alpha_one", p.rate_alpha_one);
    identity.add("pruning.steps", static_cast<double>(p.steps));
    identity.add("pruning.until", p.until);
    identity.add("combining.gamma_ramp", on_or_off(o.combining.gamma_ramp));
  } else {
    identity.add("pruning.beta", p.beta);
    identity.add("pruning.beta_decay", p.beta_decay);
    identity.add("pruning.rho", static_cast<double>(p.rho));
    identity.add("pruning.retrain_epochs", static_cast<double>(p.retrain_epochs));
  }
  identity.add("combining.gamma", o.combining.gamma);
  identity.add("combining.policy", combining::name_of(o.combining.policy));
  identity.add("combining.fill_empty_cells", on_or_off(o.combining.fill_empty_cells));
  identity.add("combining.regroup_every", static_cast<double>(o.combining.regroup_every));
}

void add_recipe(const RecipeOptions& r, RunIdentity& identity) {
  identity.add("recipe.label_smoothing", r.label_smoothing);
  identity.add("recipe.warm_up_epochs", r.warm_up_epochs);
  identity.add("recipe.nesterov", on_or_off(r.nesterov));
  identity.add("recipe.mixup", r.mixup);
  identity.add("recipe.average_decay", r.average_decay);
  identity.add("recipe.patience", static_cast<double>(r.patience));
  if (!r.teacher) return;
  identity.add("recipe.teacher", digest_of_file(*r.teacher));
  identity.add("recipe.teacher_share", r.teacher_share);
  identity.add("recipe.temperature", r.temperature);
}

}  // namespace

RunIdentity identity_of(const TrainOptions& options, const Resolved& resolved,
                        const NetworkDescription& network, const TrainData& data) {
  RunIdentity identity;
  identity.fields = data.source;
  identity.add("seed", fmt::format("{}", options.seed));
  add_data(data, identity);
  add_network(network, identity);
  identity.add("epochs", static_cast<double>(options.epochs));
  identity.add("batch_size", static_cast<double>(options.batch_size));
  identity.add("learning_rate", options.learning_rate);
  identity.add("momentum", options.momentum);
  identity.add("weight_decay", options.weight_decay);
  identity.add("l1_penalty", options.l1_penalty);
  if (options.load_path) {
    identity.add("load_path", digest_of_file(*options.load_path));
    identity.add("keep_combined", on_or_off(options.keep_combined));
  }
  add_pruning(options, identity);
  identity.add("quantization_aware.epochs", static_cast<double>(options.quantization_aware.epochs));
  if (options.quantization_aware.epochs > 0) {
    identity.add("quantization_aware.weights", name_of(options.quantization_aware.weights));
    // Runs of programs that knew no other scales are the same runs.
    if (options.quantization_aware.scales != WeightScales::kLayer)
      identity.add("quantization_aware.scales", name_of(options.quantization_aware.scales));
  }
  add_recipe(options.recipe, identity);
  identity.add("precision", options.precision);
  identity.add("backend", resolved.backend);
  identity.add("device", resolved.device);
  identity.add("sync_batch_norm", on_or_off(options.sync_batch_norm));
  return identity;
}

RunIdentity identity_of(const TrainOptions& options, const RunOptions& run,
                        const NetworkDescription& network, const TrainData& data) {
  const torch::Device device = device_of(resolve_device(run.device), {});
  return identity_of(
      options,
      {resolve_backend(options.backend, device, network), c10::DeviceTypeName(device.type(), true)},
      network, data);
}

}  // namespace colcomb::training
