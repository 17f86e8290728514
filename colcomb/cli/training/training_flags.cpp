#include "colcomb/cli/training/training_flags.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "colcomb/cli/model_flags.hpp"
#include "colcomb/cli/weights_flag.hpp"

namespace colcomb::cli {

void NetworkFlags::add_to(CLI::App& command) {
  models::BlockNetworkOptions& o = options.blocks;
  const std::vector<CLI::Option*> blocks = {
      command
          .add_option("--filters", o.filters,
                      "Output channels of each block's layers, e.g. 128 256 512")
          ->capture_default_str(),
      command.add_option("--layers", o.layers, "Layers in each block, e.g. 6 6 6")
          ->capture_default_str(),
      command.add_option("--strides", o.strides, "Stride of each block's first layer, e.g. 1 2 2")
          ->capture_default_str(),
      command
          .add_option(
              "--groups", o.groups,
              "alpha, most columns in a group, of each block's layers, 1 to 64, e.g. 1 4 8; "
              "when combining for an array, by default its data lines")
          ->capture_default_str(),
      command
          .add_option("--layer-type", layer_type,
                      "shift: spatial shift and 1x1 convolution; vgg: 3x3 convolution")
          ->check(CLI::IsMember({"shift", "vgg"}))
          ->capture_default_str()};
  CLI::Option* const named = add_model_flags(command, options.model);
  for (CLI::Option* const option : blocks) named->excludes(option);
  command.add_option("--shift-kernel", o.shift_kernel, "Reach of the shifts: 3, 5, 7 or 9")
      ->capture_default_str();
  CLI::Option* const reshape =
      command
          .add_option("--reshape-stride", o.input.reshape_stride,
                      "Checkerboard reshape of the input (space-to-depth) by this side; 1: none, "
                      "as with --model where this is not given")
          ->capture_default_str();
  gives_alpha_ = {command.get_option("--groups"), command.get_option("--alpha")};
  reshape_stride_ = reshape;
  CLI::Option* const dropout =
      command
          .add_option("--dropout", o.dropout,
                      "Dropout probability before the linear layer; 0.2 if no value is given")
          ->expected(0, 1)
          ->default_str("0.2");
  described_by_.assign(blocks.begin(), blocks.end());
  described_by_.insert(described_by_.end(), {named, reshape, dropout});
}

pipeline::NetworkOptions NetworkFlags::parsed(bool load_path) const {
  pipeline::NetworkOptions result = options;
  models::BlockNetworkOptions& blocks = result.blocks;
  blocks.layer_type =
      layer_type == "vgg" ? models::BlockLayerType::kVgg : models::BlockLayerType::kShift;
  result.model.shift_kernel = blocks.shift_kernel;
  result.model.dropout = blocks.dropout;
  result.model.input.reshape_stride =
      reshape_stride_->count() > 0 ? blocks.input.reshape_stride : 1;
  result.as_loaded = load_path && std::ranges::none_of(described_by_, [](const auto* option) {
                       return option->count() > 0;
                     });
  return result;
}

pipeline::NetworkOptions NetworkFlags::parsed(bool load_path, bool for_array) const {
  pipeline::NetworkOptions result = parsed(load_path);
  const bool given = std::ranges::any_of(
      gives_alpha_, [](const CLI::Option* option) { return option->count() > 0; });
  result.alpha_of_array = for_array && !given && !result.model.name.ends_with(".toml");
  return result;
}

TrainingFlags::TrainingFlags() : policy(combining::name_of(options.combining.policy)) {}

void TrainingFlags::add_to(CLI::App& command) {
  auto& o = options;
  auto& p = o.pruning;
  command.add_option("--batch-size", o.batch_size, "Images in a batch")->capture_default_str();
  command.add_option("--epochs", o.epochs, "Passes over the training split")->capture_default_str();
  command.add_option("--lr", o.learning_rate, "Learning rate at the start; falls as a cosine to 0")
      ->capture_default_str();
  command.add_option("--momentum", o.momentum, "Momentum of gradient descent")
      ->capture_default_str();
  command.add_option("--wd,--weight-decay", o.weight_decay, "Weight decay")->capture_default_str();
  command
      .add_option("--l1-penalty", o.l1_penalty,
                  "L1 penalty on convolution weights until the last pruning step")
      ->capture_default_str();
  command
      .add_option("--gamma", o.combining.gamma,
                  "Most conflicts per row of a group, on average over the rows")
      ->capture_default_str();
  command
      .add_option(
          "--policy", policy,
          fmt::format("How columns are grouped: {}", fmt::join(combining::policy_names(), ", ")))
      ->capture_default_str();
  command
      .add_option("--fill-empty-cells", fill_empty_cells,
                  "Bring the largest pruned weight back into a cell left empty: + or -")
      ->check(CLI::IsMember({"+", "-"}))
      ->capture_default_str();
  command.add_option("--regroup-every", o.combining.regroup_every,
                     "Also regroup columns every so many batches between pruning steps [never]");
  command
      .add_option("--gamma-ramp", gamma_ramp,
                  "Let gamma grow evenly over the cubic schedule's steps: + or -")
      ->check(CLI::IsMember({"+", "-"}))
      ->capture_default_str();
  command
      .add_option("--schedule", schedule,
                  "cubic: steps over the first part of the epochs; iterative: the paper's "
                  "Algorithm 1; none: dense")
      ->capture_default_str();
  command
      .add_option("--prune-rate", p.rate,
                  "Cubic: fraction pruned by the end, times (1 - 1/alpha), 0 to 1")
      ->capture_default_str();
  command
      .add_option("--prune-rate-alpha1", p.rate_alpha_one,
                  "Cubic: the same in layers with alpha 1, which that factor leaves dense, and in "
                  "depthwise ones")
      ->capture_default_str();
  command.add_option("--prune-steps", p.steps, "Cubic: number of pruning steps")
      ->capture_default_str();
  command
      .add_option("--prune-until", p.until,
                  "Cubic: part of the epochs over which the steps are spread, 0 to 1")
      ->capture_default_str();
  command
      .add_option("--beta", beta_percent,
                  "Iterative: percent of the remaining weights pruned in the first round")
      ->capture_default_str();
  command.add_option("--beta-decay", p.beta_decay, "Iterative: beta's factor from round to round")
      ->capture_default_str();
  command.add_option("--rho", p.rho,
                     "Iterative: stop at this number of nonzero convolution weights");
  command.add_option("--retrain-epochs", p.retrain_epochs, "Iterative: epochs before each round")
      ->capture_default_str();
  recipe.add_to(command);
  command
      .add_option("--qat-epochs", o.quantization_aware.epochs,
                  "How many of the last epochs compute with weights and activations rounded as the "
                  "integer network's (quantization-aware fine-tuning)")
      ->capture_default_str();
  add_weights_flag(command, o.quantization_aware.weights, "What --qat-epochs rounds weights to. ");
  add_weight_scales_flag(command, o.quantization_aware.scales,
                         "What --qat-epochs gives scales of their own. ");
  command.add_option("--seed", o.seed, "Seed of weights, shifts, order and augmentation")
      ->capture_default_str();
  command
      .add_option("--print-freq", run.print_frequency,
                  "Batches between looks at the progress where stderr is no terminal")
      ->capture_default_str();
  command.add_option("--threads", run.threads, "Processor threads [all available]");
  command.add_option("--device", run.device, "cpu, cuda, or auto: cuda if there is one")
      ->capture_default_str();
  command
      .add_option(
          "--backend", o.backend,
          "What computes gradients: native (CPU), autograd (LibTorch, any device), or auto: "
          "native on the CPU; autograd elsewhere and for networks with activation tables")
      ->capture_default_str();
  command
      .add_option(
          "--precision", o.precision,
          "What training's passes compute in: float, or bf16 (products, and on the CPU maps "
          "between the passes, in bfloat16; faster on processors and GPUs that know it)")
      ->capture_default_str();
  command.add_option(
      "--load-path", o.load_path,
      "Checkpoint whose weights and shifts training starts from, and whose network is "
      "trained if no flag describes another of its shape");
  command.add_flag("--keep-combined", o.keep_combined,
                   "Keep the loaded checkpoint's pruning and groups, which are dropped otherwise; "
                   "with --schedule none");
  command.add_flag("--resume", run.resume, "Go on from the saved checkpoint, if there is one");
  command.add_flag("--force", run.force, "Overwrite an existing result");
}

training::TrainOptions TrainingFlags::parsed() const {
  training::TrainOptions result = options;
  result.pruning.schedule = training::parse_schedule(schedule);
  result.pruning.beta = beta_percent / 100;
  result.combining.policy = combining::parse_policy(policy);
  result.combining.fill_empty_cells = fill_empty_cells == "+";
  result.combining.gamma_ramp = gamma_ramp == "+";
  result.recipe = recipe.parsed();
  training::check(result);
  return result;
}

}  // namespace colcomb::cli
