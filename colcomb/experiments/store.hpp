#pragma once

#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/experiments/plan.hpp"
#include "colcomb/exploration/table.hpp"

namespace colcomb::experiments {

/// What an experiment's folder has: results of points, trained networks, results of other programs.
class Store {
 public:
  /// Of an experiment's folder.
  explicit Store(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// Keeps a point's results.
  void add(exploration::Row row);

  /// A result of the point with these settings; absent where it was not computed.
  [[nodiscard]] std::optional<double> value(const Settings& point, const std::string& name) const;
  /// Top-1 of a trained network, or of one combined since, percent.
  [[nodiscard]] std::optional<double> top1(const Settings& point) const;
  /// "SETTINGS failed: why" of each point that did.
  [[nodiscard]] std::vector<std::string> failures() const;
  /// The trained network of a point; absent where training failed. Errors: UserError about the
  /// file.
  [[nodiscard]] std::optional<Checkpoint> trained(const Settings& point) const;
  /// What the program of this experiment left: NAME/results.json. Errors: UserError.
  [[nodiscard]] nlohmann::json results(const std::string& experiment) const;

  /// Folder of trained networks.
  [[nodiscard]] std::filesystem::path runs() const { return folder_ / "runs"; }
  /// Folder of an experiment that has a program of its own.
  [[nodiscard]] std::filesystem::path folder_of(const std::string& experiment) const {
    return folder_ / experiment;
  }

 private:
  std::filesystem::path folder_;
  std::map<Settings, exploration::Row> rows_;
};

}  // namespace colcomb::experiments
