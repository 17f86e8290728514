#include "colcomb/training/options.hpp"

#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <fmt/format.h>

#include <cmath>

#include "colcomb/base/error.hpp"
#include "colcomb/training/precision.hpp"

namespace colcomb::training {
namespace {

void require(bool holds, const char* option, double value, const char* rule) {
  if (!holds) throw option_error(option, fmt::format("{:g}", value), rule);
}

void check(const RecipeOptions& r, const TrainOptions& o) {
  const auto share = [](double v) { return v >= 0 && v < 1; };
  require(share(r.label_smoothing), "recipe.label_smoothing", r.label_smoothing,
          "must be at least 0 and below 1");
  require(r.warm_up_epochs >= 0 && r.warm_up_epochs < static_cast<double>(o.epochs),
          "recipe.warm_up_epochs", r.warm_up_epochs, "must be at least 0 and below `epochs`");
  require(r.mixup >= 0 && r.mixup <= 1, "recipe.mixup", r.mixup, "must be 0 to 1");
  require(share(r.average_decay), "recipe.average_decay", r.average_decay,
          "must be at least 0 and below 1");
  require(r.teacher_share >= 0 && r.teacher_share <= 1, "recipe.teacher_share", r.teacher_share,
          "must be 0 to 1");
  require(std::isfinite(r.temperature) && r.temperature > 0, "recipe.temperature", r.temperature,
          "must be above 0");
  if (r.nesterov && o.momentum == 0)
    throw option_error("recipe.nesterov", "+", "looks ahead along the momentum, which is 0");
}

void check(const AllocationOptions& a, const TrainOptions& o) {
  if (!a.array) {
    if (a.budget)
      throw option_error("budget", allocation::to_string(*a.budget), "needs `allocation.array`");
    if (a.importance != AllocationOptions{}.importance)
      throw option_error("allocation.importance", allocation::name_of(a.importance),
                         "needs `allocation.array`");
    return;
  }
  if (o.pruning.schedule == Schedule::kIterative) {
    throw option_error("pruning.schedule", name_of(o.pruning.schedule),
                       "prunes to a number of weights; for an array it must be cubic or none");
  }
  if (o.combining.policy != combining::GroupingPolicy::kSearch) {
    throw option_error("combining.policy", combining::name_of(o.combining.policy),
                       "for an array it must be search, which takes a number of groups");
  }
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

}  // namespace

Schedule parse_schedule(const std::string& name) {
  for (const Schedule s : {Schedule::kCubic, Schedule::kIterative, Schedule::kNone}) {
    if (name == name_of(s)) return s;
  }
  throw option_error("pruning.schedule", name, "must be cubic, iterative or none");
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
  require(o.batch_size >= 1 && o.batch_size <= 1 << 20, "batch_size",
          static_cast<double>(o.batch_size), "must be 1 to 1048576");
  require(o.epochs >= 1, "epochs", static_cast<double>(o.epochs), "must be at least 1");
  require(positive(o.learning_rate), "learning_rate", o.learning_rate, "must be above 0");
  require(share(o.momentum), "momentum", o.momentum, "must be at least 0 and below 1");
  require(not_negative(o.weight_decay), "weight_decay", o.weight_decay, "must not be negative");
  require(not_negative(o.l1_penalty), "l1_penalty", o.l1_penalty, "must not be negative");
  require(not_negative(o.combining.gamma), "combining.gamma", o.combining.gamma,
          "must not be negative");
  const PruningOptions& p = o.pruning;
  require(share(p.rate), "pruning.rate", p.rate, "must be at least 0 and below 1");
  require(share(p.rate_alpha_one), "pruning.rate_alpha_one", p.rate_alpha_one,
          "must be at least 0 and below 1");
  require(p.until > 0 && p.until <= 1, "pruning.until", p.until, "must be above 0, at most 1");
  require(p.steps >= 1 && p.steps <= 10000, "pruning.steps", static_cast<double>(p.steps),
          "must be 1 to 10000");
  if (p.schedule == Schedule::kIterative) {
    require(p.beta > 0 && p.beta < 1, "pruning.beta", p.beta,
            "must be above 0 and below 1, that is 100 percent");
    require(p.beta_decay > 0 && p.beta_decay <= 1, "pruning.beta_decay", p.beta_decay,
            "must be above 0, at most 1");
    require(p.rho > 0, "pruning.rho", static_cast<double>(p.rho),
            "the iterative schedule needs the number of nonzero weights to stop at");
    require(p.retrain_epochs >= 1, "pruning.retrain_epochs", static_cast<double>(p.retrain_epochs),
            "must be at least 1");
  }
  require(o.quantization_aware.epochs <= o.epochs, "quantization_aware.epochs",
          static_cast<double>(o.quantization_aware.epochs), "must be at most `epochs`");
  if (o.keep_combined && (!o.load_path || p.schedule != Schedule::kNone)) {
    throw option_error("keep_combined", "",
                       "needs `load_path`, whose groups it keeps, and `pruning.schedule` none");
  }
  check(o.allocation, o);
  check(o.recipe, o);
  if (o.backend != "auto" && o.backend != "native" && o.backend != "autograd") {
    throw option_error("backend", o.backend, "must be auto, native or autograd");
  }
  (void)parse_precision(o.precision);
}

void check(const RunOptions& o) {
  require(o.print_frequency >= 1, "print_frequency", static_cast<double>(o.print_frequency),
          "must be at least 1");
  if (o.device != "auto" && o.device != "cpu" && o.device != "cuda" &&
      !device_from_outside(o.device)) {
    throw option_error("device", o.device, "must be auto, cpu or cuda");
  }
}

}  // namespace colcomb::training
