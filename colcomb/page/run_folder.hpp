#pragma once

#include <filesystem>
#include <optional>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/artifacts/simulation_result.hpp"
#include "colcomb/page/json_reader.hpp"

namespace colcomb::page {

/// What a folder of `colcomb run` holds, read and checked against each other.
struct RunFolder {
  std::filesystem::path path;
  Json report;                       // report.json
  std::vector<Json> epochs;          // network.history.jsonl; empty: there is none
  QuantizedNetwork network;          // network.packed
  std::optional<ArrayConfig> array;  // of the report's simulation
  /// One batch on that array counted again, for its tiles.
  std::optional<SimulationResult> counts;
  bool timeline = false;  // timeline.json is there

  [[nodiscard]] JsonReader read() const { return {report, (path / "report.json").string()}; }
};

/// Errors: UserError naming the file, field and rule: files that are missing or broken, a report of
/// other layers than the network's, a report whose clocks are not those of the network on its
/// array.
[[nodiscard]] RunFolder read_run_folder(const std::filesystem::path& folder);

/// The array description that JSON of a simulation holds as "config". Errors: UserError.
[[nodiscard]] ArrayConfig array_of(const JsonReader& config);

}  // namespace colcomb::page
