#include "colcomb/training/options.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "colcomb/base/error.hpp"

namespace colcomb::training {
namespace {

void require(bool holds, const char* option, double value, const char* rule) {
  if (!holds) throw usage_error(option, fmt::format("{:g}", value), rule);
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
  require(o.print_frequency >= 1, "--print-freq", static_cast<double>(o.print_frequency),
          "must be at least 1");
  if (o.device != "auto" && o.device != "cpu" && o.device != "cuda") {
    throw usage_error("--device", o.device, "must be auto, cpu or cuda");
  }
  if (o.backprop != "auto" && o.backprop != "lanes" && o.backprop != "autograd") {
    throw usage_error("--backprop", o.backprop, "must be auto, lanes or autograd");
  }
}

std::string fingerprint(const TrainOptions& o, const std::string& backprop) {
  const PruningOptions& p = o.pruning;
  nlohmann::json json = {
      {"--batch-size", o.batch_size},
      {"--epochs", o.epochs},
      {"--lr", o.learning_rate},
      {"--momentum", o.momentum},
      {"--wd", o.weight_decay},
      {"--l1-penalty", o.l1_penalty},
      {"--seed", o.seed},
      {"--backprop", backprop},
      {"--schedule", name_of(p.schedule)},
      {"--gamma", o.combining.gamma},
      {"--policy", combining::name_of(o.combining.policy)},
      {"--fill-empty-cells", o.combining.fill_empty_cells ? "+" : "-"},
      {"--regroup-every", o.combining.regroup_every},
  };
  if (p.schedule == Schedule::kCubic) {
    json["--gamma-ramp"] = o.combining.gamma_ramp ? "+" : "-";
    json["--prune-rate"] = p.rate;
    json["--prune-rate-alpha1"] = p.rate_alpha_one;
    json["--prune-steps"] = p.steps;
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
