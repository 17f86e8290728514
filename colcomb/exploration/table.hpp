#pragma once

#include <cstddef>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "colcomb/exploration/spec.hpp"

namespace colcomb::exploration {

/// A column of results, as results.def lists it.
struct ResultColumn {
  const char* name;      // of the column
  const char* unit;      // may be empty
  const char* sentence;  // what it means
};
[[nodiscard]] std::span<const ResultColumn> result_columns();

/// A point that is in a journal.
struct Row {
  std::size_t index = 0;           // in the specification
  std::string id;                  // of the point
  Settings settings;               // values of all settings
  nlohmann::ordered_json results;  // by name; empty where it failed
  std::string error;               // why; else empty
  // Who computed it.
  std::string version;
  std::string host;    // that computed it
  double seconds = 0;  // that it took

  /// A result by name; absent where it was not computed.
  [[nodiscard]] std::optional<double> result(const std::string& name) const;
};

/// All points that journals have, in the specification's order, whoever computed them and when.
struct Table {
  Spec spec;              // what was asked for
  std::vector<Row> rows;  // in the order of the points
};

/// Reads an exploration's folder. Of a point that was computed again the last line counts. Points
/// of other files than those that the specification names now are left out.
/// Errors: UserError about the folder's files.
[[nodiscard]] Table read_table(const std::filesystem::path& folder);

/// Settings, results and errors as CSV, one point a line: equal for equal points, whoever computed
/// them.
[[nodiscard]] std::string to_csv(const Table& table);

/// Writes `path` anew: table points as the CSV has it, and table provenance. Errors: UserError.
void write_sqlite(const Table& table, const std::filesystem::path& path);

}  // namespace colcomb::exploration
