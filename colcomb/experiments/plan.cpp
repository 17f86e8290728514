#include "colcomb/experiments/plan.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "colcomb/artifacts/conv_groups.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/models/presets.hpp"

namespace colcomb::experiments {
namespace {

/// Pruned in each round of the paper's Algorithm 1, percent of what is left, and its decay: five
/// rounds leave about 15 %.
constexpr double kBeta = 35;
constexpr double kBetaDecay = 0.95;
/// The rounds take so many of the epochs' parts, and what is left trains to the end.
constexpr std::size_t kParts = 8;

/// Weights of the layers that are pruned: all hidden ones behind the first.
std::size_t combined_weights(const PlannedNetwork& network) {
  models::PresetOptions options;
  options.name = network.name;
  options.width = network.width;
  // Any images: the first layer, whose weights depend on them, is not counted.
  options.input = {1, 32, 32, {0.5}, {0.25}, 1};
  const NetworkDescription description = models::describe(options);
  std::size_t weights = 0;
  for (std::size_t layer = 1; layer < description.hidden.size(); ++layer)
    weights += weight_count(description.hidden[layer]);
  return weights;
}

}  // namespace

std::string PlannedNetwork::family() const {
  for (const char* known : {"lenet", "vgg", "resnet"}) {
    if (name.starts_with(known)) return known;
  }
  return name;
}

std::string PlannedNetwork::shown() const {
  return width == 1 ? name : fmt::format("{}:{}", name, width);
}

PlannedNetwork parse_network(const std::string& text) {
  PlannedNetwork network;
  const std::size_t colon = text.find(':');
  network.name = text.substr(0, colon);
  if (colon != std::string::npos) {
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data() + colon + 1, end, network.width);
    if (error != std::errc() || stop != end || !(network.width > 0))
      throw option_error("networks", text, "must be NAME or NAME:WIDTH, a width above 0");
  }
  const std::vector<std::string> names = models::preset_names();
  if (std::ranges::find(names, network.name) == names.end())
    throw option_error(
        "networks", text,
        fmt::format("must be NAME or NAME:WIDTH, NAME one of {}", fmt::join(names, ", ")));
  return network;
}

void check(const Plan& plan) {
  if (plan.networks.empty()) throw option_error("networks", "", "must name at least one");
  std::vector<std::string> families;
  for (const PlannedNetwork& network : plan.networks) {
    if (std::ranges::find(families, network.family()) != families.end())
      throw option_error("networks", network.shown(), "is a second one of its family");
    families.push_back(network.family());
  }
  if (plan.technologies.empty()) throw option_error("technologies", "", "must name at least one");
  if (plan.alphas.empty()) throw option_error("alphas", "", "must name at least one");
  if (plan.gammas.empty()) throw option_error("gammas", "", "must name at least one");
  if (plan.epochs < 1) throw option_error("epochs", "0", "must be at least 1");
  if (!(plan.sample_ratio > 0 && plan.sample_ratio <= 1))
    throw option_error("sample_ratio", fmt::to_string(plan.sample_ratio),
                       "must be above 0, at most 1");
  if (!(plan.density > 0 && plan.density <= 1))
    throw option_error("density", fmt::to_string(plan.density), "must be above 0, at most 1");
}

std::string quoted(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') result += '\\';
    result += c;
  }
  return result + '"';
}

Settings training(const Plan& plan, const PlannedNetwork& network, std::size_t alpha,
                  double gamma) {
  const auto rho = static_cast<std::size_t>(
      std::lround(plan.density * static_cast<double>(combined_weights(network))));
  Settings settings = {
      {"train.alpha", fmt::to_string(alpha)},
      {"train.aug", quoted(plan.dataset.ends_with("mnist") ? "-" : "+")},
      {"train.batch_size", fmt::to_string(plan.batch_size)},
      {"train.beta", fmt::to_string(kBeta)},
      {"train.beta_decay", fmt::to_string(kBetaDecay)},
      {"train.check_images", fmt::to_string(plan.check_images)},
      {"train.dataset", quoted(plan.dataset)},
      {"train.epochs", fmt::to_string(plan.epochs)},
      {"train.fill_empty_cells", quoted("-")},  // the paper leaves them empty
      {"train.fit", quoted("-")},
      {"train.gamma", fmt::to_string(gamma)},
      {"train.lr", fmt::to_string(plan.learning_rate)},
      {"train.model", quoted(network.name)},
      {"train.retrain_epochs", fmt::to_string(std::max<std::size_t>(1, plan.epochs / kParts))},
      {"train.rho", fmt::to_string(std::max<std::size_t>(1, rho))},
      {"train.sample_ratio", fmt::to_string(plan.sample_ratio)},
      {"train.schedule", quoted("iterative")},
      {"train.seed", fmt::to_string(plan.seed)},
      {"train.width", fmt::to_string(network.width)}};
  if (!plan.root.empty()) settings.emplace_back("train.dataset_root", quoted(plan.root));
  std::ranges::sort(settings);
  return settings;
}

Settings array_of(const Plan& plan, std::size_t alpha) {
  return {{"array", quoted(plan.array)},
          {"array.alpha", fmt::to_string(alpha)},
          {"array.cell", quoted(alpha == 1 ? "IL" : "MX")}};
}

Settings together(Settings a, const Settings& b) {
  a.insert(a.end(), b.begin(), b.end());
  std::ranges::sort(a);
  return a;
}

std::vector<std::string> cuts(const Plan& plan) {
  std::vector<std::string> sentences;
  std::string cut =
      fmt::format("{}, {} epoch{}", plan.dataset, plan.epochs, plan.epochs == 1 ? "" : "s");
  if (plan.sample_ratio < 1)
    cut += fmt::format(", {:.4g} % of the training images", 100 * plan.sample_ratio);
  sentences.push_back(cut + ", one seed");
  for (const PlannedNetwork& network : plan.networks) {
    if (network.width != 1)
      sentences.push_back(
          fmt::format("{} with {:.4g} times its channels", network.name, network.width));
  }
  return sentences;
}

}  // namespace colcomb::experiments
