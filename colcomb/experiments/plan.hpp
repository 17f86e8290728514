#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "colcomb/exploration/spec.hpp"

namespace colcomb::experiments {

using exploration::Settings;

/// A network of the paper's, or one in its place.
struct PlannedNetwork {
  std::string name;  // of models/presets.def
  double width = 1;  // factor of its channels
  /// "lenet", "vgg" or "resnet", what the paper has values of; else the name.
  [[nodiscard]] std::string family() const;
  /// Name, and width where it is not 1.
  [[nodiscard]] std::string shown() const;
};

/// "NAME" or "NAME:WIDTH". Errors: UserError (option_error naming `networks`).
[[nodiscard]] PlannedNetwork parse_network(const std::string& text);

/// What all experiments of a folder share. Defaults fit Fashion-MNIST into minutes.
struct Plan {
  std::string dataset = "fashion-mnist";  // name of it
  std::string root;                       // folder of data sets; empty: the program's
  /// The experiments that need one network take the last.
  std::vector<PlannedNetwork> networks = {
      {"lenet5-shift", 1}, {"vgg16-shift", 0.25}, {"resnet20-shift", 1}};
  std::size_t epochs = 8;        // of each training
  double sample_ratio = 0.3;     // of each class of the training split
  std::size_t batch_size = 128;  // images of a batch
  double learning_rate = 0.1;    // at the start
  /// Weights of the combined layers that pruning leaves at most (rho), as part of all.
  double density = 0.16;
  std::vector<std::size_t> alphas = {1, 2, 4, 8, 16};                     // of alpha-sweep
  std::vector<double> gammas = {0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75};  // of the sweep
  std::uint64_t seed = 1;                                                 // of all trainings
  std::string array = "32x32";                                   // a TOML file or ROWSxCOLUMNS
  std::vector<std::string> technologies = {"sg13g2", "cmos45"};  // that costs are computed in
  std::size_t evaluate_images = 10000;  // of networks that are combined without training
  std::size_t check_images = 200;       // of `colcomb run`

  /// The one that single-network experiments take.
  [[nodiscard]] const PlannedNetwork& last() const { return networks.back(); }
};

/// Errors: UserError (option_error) for values out of range, no networks or no technologies, and
/// for unknown networks.
void check(const Plan& plan);

/// alpha and gamma of the paper's pruned and combined networks.
inline constexpr std::size_t kAlpha = 8;
inline constexpr double kGamma = 0.5;

/// One training of a network, by the paper's Algorithm 1: train.NAME settings.
[[nodiscard]] Settings training(const Plan& plan, const PlannedNetwork& network, std::size_t alpha,
                                double gamma);
/// The plan's array with so many data lines: MX cells, for alpha 1 IL cells.
[[nodiscard]] Settings array_of(const Plan& plan, std::size_t alpha);
/// Both, sorted by name. Requires: no name is in both.
[[nodiscard]] Settings together(Settings a, const Settings& b);
/// Text as TOML writes it.
[[nodiscard]] std::string quoted(const std::string& text);

/// What was cut against a whole training, in sentences; they stand under every table.
[[nodiscard]] std::vector<std::string> cuts(const Plan& plan);

}  // namespace colcomb::experiments
