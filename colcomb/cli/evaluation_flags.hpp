#pragma once

#include <CLI/CLI.hpp>
#include <cstddef>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "colcomb/artifacts/float_network.hpp"
#include "colcomb/dataset/splits.hpp"
#include "colcomb/evaluation/accuracy.hpp"
#include "colcomb/evaluation/evaluation_data.hpp"

namespace colcomb::cli {

/// Flags of `eval`.
struct EvaluationFlags {
  std::filesystem::path input;
  std::optional<std::filesystem::path> packed;
  dataset::DataSource data;
  std::string split = "test";
  std::size_t limit = 0;
  bool json = false;

  /// Adds the command with its flags, and gives it.
  CLI::App* add_to(CLI::App& app);
  [[nodiscard]] evaluation::EvaluationData open(const NetworkDescription& network) const;
};

/// Collects the figures and prints them at the end, as text or JSON.
class EvaluationResults {
 public:
  void add(const std::string& what, const Accuracy& accuracy);
  void add(const evaluation::LogitComparison& comparison);
  /// Evaluates a checkpoint's network in floating point.
  void add_float(const EvaluationFlags& flags, const FloatNetwork& network);
  void print(bool as_json) const;

 private:
  nlohmann::ordered_json json_;
  std::string text_;
};

}  // namespace colcomb::cli
