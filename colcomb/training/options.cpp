#include "colcomb/training/options.hpp"

#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "colcomb/base/error.hpp"
#include "colcomb/training/precision.hpp"

namespace colcomb::training {
namespace {

void require(bool holds, const char* option, double value, const char* rule) {
  if (!holds) throw usage_error(option, fmt::format("{:g}", value), rule);
}

void check(const RecipeOptions& r, const TrainOptions& o) {
  const auto share = [](double v) { return v >= 0 && v < 1; };
  require(share(r.label_smoothing), "--label-smoothing", r.label_smoothing,
          "must be at least 0 and below 1");
  require(r.warm_up_epochs >= 0 && r.warm_up_epochs < static_cast<double>(o.epochs), "--warm-up",
          r.warm_up_epochs, "must be at least 0 and below --epochs");
  require(r.mixup >= 0 && r.mixup <= 1, "--mixup", r.mixup, "must be 0 to 1");
  require(share(r.average_decay), "--average-decay", r.average_decay,
          "must be at least 0 and below 1");
  require(r.teacher_share >= 0 && r.teacher_share <= 1, "--teacher-share", r.teacher_share,
          "must be 0 to 1");
  require(std::isfinite(r.temperature) && r.temperature > 0, "--temperature", r.temperature,
          "must be above 0");
  if (r.nesterov && o.momentum == 0)
    throw usage_error("--nesterov", "+", "looks ahead along the momentum, which is 0");
}

/// Whether this names a device that LibTorch leaves to others, and a library has provided it.
bool device_from_outside(const std::string& name) {
  try {
    const torch::DeviceType type = torch::Device(name).type();
    return (type == torch::kPrivateUse1 || type == torch::kXPU) &&
           c10::impl::hasDeviceGuardImpl(type);
  } catch (const c10::Error&) {
    return false;
  }
}

/// Those that differ from the defaults.
void describe(const RecipeOptions& r, nlohmann::json& json) {
  const RecipeOptions off;
  if (r.label_smoothing != off.label_smoothing) json["--label-smoothing"] = r.label_smoothing;
  if (r.warm_up_epochs != off.warm_up_epochs) json["--warm-up"] = r.warm_up_epochs;
  if (r.nesterov) json["--nesterov"] = "+";
  if (r.mixup != off.mixup) json["--mixup"] = r.mixup;
  if (r.average_decay != off.average_decay) json["--average-decay"] = r.average_decay;
  if (r.patience != off.patience) json["--patience"] = r.patience;
  if (!r.teacher) return;
  json["--teacher"] = r.teacher->string();
  json["--teacher-share"] = r.teacher_share;
  json["--temperature"] = r.temperature;
}

void describe(const dataset::TransformOptions& t, nlohmann::json& json) {
  using Kind = dataset::TransformOptions::Kind;
  const bool moves = t.kind == Kind::kCrop || t.kind == Kind::kResizedCrop;
  json["--aug"] = moves ? "+" : "-";
  if (t.kind == Kind::kCrop) json["--crop-padding"] = t.padding;
  if (t.cutout > 0) json["--cutout"] = t.cutout;
}

}  // namespace

Schedule parse_schedule(const std::string& name) {
  for (const Schedule s : {Schedule::kCubic, Schedule::kIterative, Schedule::kNone}) {
    if (name == name_of(s)) return s;
  }
  throw usage_error("--schedule", name, "must be cubic, iterative or none");
}

const char* name_of(Schedule schedule) {
  switch (schedule) {
    case Schedule::kCubic:
      return "cubic";
    case Schedule::kIterative:
      return "iterative";
    case Schedule::kNone:
      return "none";
  }
  return "unknown";
}

void check(const TrainOptions& o) {
  const auto positive = [](double v) { return std::isfinite(v) && v > 0; };
  const auto not_negative = [](double v) { return std::isfinite(v) && v >= 0; };
  const auto share = [](double v) { return v >= 0 && v < 1; };
  require(o.batch_size >= 1 && o.batch_size <= 1 << 20, "--batch-size",
          static_cast<double>(o.batch_size), "must be 1 to 1048576");
  require(o.epochs >= 1, "--epochs", static_cast<double>(o.epochs), "must be at least 1");
  require(positive(o.learning_rate), "--lr", o.learning_rate, "must be above 0");
  require(share(o.momentum), "--momentum", o.momentum, "must be at least 0 and below 1");
  require(not_negative(o.weight_decay), "--wd", o.weight_decay, "must not be negative");
  require(not_negative(o.l1_penalty), "--l1-penalty", o.l1_penalty, "must not be negative");
  require(not_negative(o.combining.gamma), "--gamma", o.combining.gamma, "must not be negative");
  const PruningOptions& p = o.pruning;
  require(share(p.rate), "--prune-rate", p.rate, "must be at least 0 and below 1");
  require(share(p.rate_alpha_one), "--prune-rate-alpha1", p.rate_alpha_one,
          "must be at least 0 and below 1");
  require(p.until > 0 && p.until <= 1, "--prune-until", p.until, "must be above 0, at most 1");
  require(p.steps >= 1 && p.steps <= 10000, "--prune-steps", static_cast<double>(p.steps),
          "must be 1 to 10000");
  if (p.schedule == Schedule::kIterative) {
    require(p.beta > 0 && p.beta < 1, "--beta", 100 * p.beta,
            "must be above 0 and below 100 percent");
    require(p.beta_decay > 0 && p.beta_decay <= 1, "--beta-decay", p.beta_decay,
            "must be above 0, at most 1");
    require(p.rho > 0, "--rho", static_cast<double>(p.rho),
            "the iterative schedule needs the number of nonzero weights to stop at");
    require(p.retrain_epochs >= 1, "--retrain-epochs", static_cast<double>(p.retrain_epochs),
            "must be at least 1");
  }
  require(o.quantization_aware.epochs <= o.epochs, "--qat-epochs",
          static_cast<double>(o.quantization_aware.epochs), "must be at most --epochs");
  if (o.keep_combined && (!o.load_path || p.schedule != Schedule::kNone)) {
    throw usage_error("--keep-combined", "",
                      "needs --load-path, whose groups it keeps, and --schedule none");
  }
  check(o.recipe, o);
  require(o.print_frequency >= 1, "--print-freq", static_cast<double>(o.print_frequency),
          "must be at least 1");
  if (o.device != "auto" && o.device != "cpu" && o.device != "cuda" &&
      !device_from_outside(o.device)) {
    throw usage_error("--device", o.device, "must be auto, cpu or cuda");
  }
  if (o.backend != "auto" && o.backend != "native" && o.backend != "autograd") {
    throw usage_error("--backend", o.backend, "must be auto, native or autograd");
  }
  (void)parse_precision(o.precision);
}

std::string fingerprint(const TrainOptions& o, const std::string& backend,
                        const dataset::TransformOptions& augmentation) {
  const PruningOptions& p = o.pruning;
  nlohmann::json json = {
      {"--batch-size", o.batch_size},
      {"--epochs", o.epochs},
      {"--lr", o.learning_rate},
      {"--momentum", o.momentum},
      {"--wd", o.weight_decay},
      {"--l1-penalty", o.l1_penalty},
      {"--seed", o.seed},
      {"--backend", backend},
      {"--schedule", name_of(p.schedule)},
      {"--gamma", o.combining.gamma},
      {"--policy", combining::name_of(o.combining.policy)},
      {"--fill-empty-cells", o.combining.fill_empty_cells ? "+" : "-"},
      {"--regroup-every", o.combining.regroup_every},
  };
  describe(o.recipe, json);
  describe(augmentation, json);
  if (o.precision != TrainOptions{}.precision) json["--precision"] = o.precision;
  if (o.keep_combined) json["--keep-combined"] = true;
  if (o.quantization_aware.epochs > 0) {
    json["--qat-epochs"] = o.quantization_aware.epochs;
    json["--weights"] = name_of(o.quantization_aware.weights);
  }
  if (p.schedule == Schedule::kCubic) {
    json["--gamma-ramp"] = o.combining.gamma_ramp ? "+" : "-";
    json["--prune-rate"] = p.rate;
    json["--prune-rate-alpha1"] = p.rate_alpha_one;
    json["--prune-steps"] = p.steps;
    json["--prune-until"] = p.until;
  }
  if (p.schedule == Schedule::kIterative) {
    json["--beta"] = 100 * p.beta;
    json["--beta-decay"] = p.beta_decay;
    json["--rho"] = p.rho;
    json["--retrain-epochs"] = p.retrain_epochs;
  }
  return json.dump();
}

}  // namespace colcomb::training
