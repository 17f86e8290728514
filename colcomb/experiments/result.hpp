#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "colcomb/report/chart.hpp"

namespace colcomb::experiments {

/// Absent, a number or a text.
using Value = std::variant<std::monostate, double, std::string>;
[[nodiscard]] Value value_of(std::optional<double> number);
/// The number that it is; absent for a text.
[[nodiscard]] std::optional<double> number_in(const Value& value);

/// A column of the table.
struct Column {
  std::string name;   // in files; with it the paper's values are found
  std::string title;  // its head
  std::string unit;   // of its numbers; empty: none
  int digits = 0;     // after the point, for people
};

/// A line of the table.
struct Line {
  std::string setting;        // with it the paper's values are found
  std::vector<Value> values;  // one for each column
};

/// What an experiment found.
struct Result {
  std::string experiment;          // its name
  std::string stands_for;          // which figure or table of the paper
  std::string dataset;             // what networks were trained on
  std::vector<Column> columns;     // of the table
  std::vector<Line> lines;         // of the table
  report::Chart chart;             // the figure of it
  std::vector<std::string> notes;  // what was cut, and what failed
  std::size_t failed = 0;          // points without results
};

/// A sentence for each value that the paper has too: by how much ours is above or below it.
[[nodiscard]] std::vector<std::string> deviations(const Result& result);

/// Table, notes and deviations for people. A column of which the paper has values is followed by
/// these, those recalled with that word.
[[nodiscard]] std::string to_text(const Result& result);
/// A header and a line for each setting; numbers as they are, the paper's values beside them.
[[nodiscard]] std::string to_csv(const Result& result);
[[nodiscard]] nlohmann::ordered_json to_json(const Result& result);

}  // namespace colcomb::experiments
