#include "colcomb/experiments/result.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "colcomb/base/csv.hpp"
#include "colcomb/experiments/paper_values.hpp"
#include "colcomb/report/table.hpp"

namespace colcomb::experiments {
namespace {

/// Null where there is none, and where ours is absent from this line but an earlier one of the
/// setting stands for it.
const PaperValue* paper(const Result& result, const Line& line, const Column& column) {
  const auto c = static_cast<std::size_t>(&column - result.columns.data());
  const auto first = std::ranges::find(result.lines, line.setting, &Line::setting);
  if (&*first != &line && !number_in(line.values[c])) return nullptr;
  return find_paper_value(result.experiment, line.setting, column.name);
}

bool in_paper(const Result& result, const Column& column) {
  return std::ranges::any_of(
      result.lines, [&](const Line& line) { return paper(result, line, column) != nullptr; });
}

std::string shown(const Value& value, int digits) {
  if (const auto number = number_in(value)) return fmt::format("{:.{}f}", *number, digits);
  if (const auto* text = std::get_if<std::string>(&value)) return *text;
  return "-";
}

std::string shown(const PaperValue* value) {
  if (value == nullptr) return "-";
  const std::string number = fmt::format("{}", value->value);
  return value->status == Status::kRecalled ? number + " recalled" : number;
}

std::string deviation(const Result& result, const Line& line, const Column& column, double ours,
                      const PaperValue& paper) {
  const double difference = ours - paper.value;
  const bool points = column.unit == "%";
  const double amount = points ? std::fabs(difference) : 100 * std::fabs(difference / paper.value);
  const std::string unit = paper.unit.empty() || paper.unit == "x" ? std::string(paper.unit)
                                                                   : fmt::format(" {}", paper.unit);
  std::string sentence = line.setting;
  for (const Value& value : line.values) {
    if (const auto* text = std::get_if<std::string>(&value)) sentence += ", " + *text;
  }
  sentence += fmt::format(", {}: ours {:.{}f}{}, ", column.title, ours, column.digits, unit);
  if (amount < 0.005) {
    sentence += "as the paper's";
  } else {
    sentence += fmt::format("{:.{}f} {} {} the paper's", amount, points ? 2 : 0,
                            points ? "points" : "%", difference > 0 ? "above" : "below");
  }
  sentence += fmt::format(" {}{}", paper.value, unit);
  if (paper.status == Status::kRecalled) sentence += ", recalled";
  if (paper.dataset != result.dataset)
    sentence += fmt::format("; other data set: {}, the paper's {}", result.dataset, paper.dataset);
  return sentence;
}

}  // namespace

Value value_of(std::optional<double> number) {
  return number && std::isfinite(*number) ? Value(*number) : Value();
}

std::optional<double> number_in(const Value& value) {
  const auto* number = std::get_if<double>(&value);
  return number == nullptr ? std::nullopt : std::optional(*number);
}

std::vector<std::string> deviations(const Result& result) {
  std::vector<std::string> sentences;
  for (const Line& line : result.lines) {
    for (std::size_t c = 0; c < result.columns.size(); ++c) {
      const PaperValue* known = paper(result, line, result.columns[c]);
      const auto ours = number_in(line.values[c]);
      if (known != nullptr && ours)
        sentences.push_back(deviation(result, line, result.columns[c], *ours, *known));
    }
  }
  return sentences;
}

std::string to_text(const Result& result) {
  std::vector<std::vector<std::string>> lines(1 + result.lines.size());
  lines[0].push_back("setting");
  for (std::size_t l = 0; l < result.lines.size(); ++l)
    lines[l + 1].push_back(result.lines[l].setting);
  for (std::size_t c = 0; c < result.columns.size(); ++c) {
    const Column& column = result.columns[c];
    lines[0].push_back(column.unit.empty() ? column.title
                                           : fmt::format("{}, {}", column.title, column.unit));
    const bool beside = in_paper(result, column);
    if (beside) lines[0].push_back("paper");
    for (std::size_t l = 0; l < result.lines.size(); ++l) {
      lines[l + 1].push_back(shown(result.lines[l].values[c], column.digits));
      if (beside) lines[l + 1].push_back(shown(paper(result, result.lines[l], column)));
    }
  }
  std::string text = fmt::format("{}: {}\n\n{}", result.experiment, result.stands_for,
                                 report::format_table(lines, false));
  text += '\n';
  for (const std::string& note : result.notes) text += note + '\n';
  for (const std::string& sentence : deviations(result)) text += "- " + sentence + '\n';
  return text;
}

std::string to_csv(const Result& result) {
  std::string text = "setting";
  for (const Column& column : result.columns) {
    text += ',' + csv_field(column.name);
    if (in_paper(result, column)) text += fmt::format(",{0}_paper,{0}_status", column.name);
  }
  text += '\n';
  for (const Line& line : result.lines) {
    text += csv_field(line.setting);
    for (std::size_t c = 0; c < result.columns.size(); ++c) {
      text += ',';
      if (const auto number = number_in(line.values[c])) text += fmt::format("{}", *number);
      if (const auto* words = std::get_if<std::string>(&line.values[c])) text += csv_field(*words);
      if (!in_paper(result, result.columns[c])) continue;
      const PaperValue* known = paper(result, line, result.columns[c]);
      text += known == nullptr ? ",," : fmt::format(",{},{}", known->value, name_of(known->status));
    }
    text += '\n';
  }
  return text;
}

nlohmann::ordered_json to_json(const Result& result) {
  using Json = nlohmann::ordered_json;
  Json columns = Json::array();
  for (const Column& column : result.columns)
    columns.push_back({{"name", column.name}, {"title", column.title}, {"unit", column.unit}});
  Json lines = Json::array();
  for (const Line& line : result.lines) {
    Json values = Json::object();
    Json beside = Json::object();
    for (std::size_t c = 0; c < result.columns.size(); ++c) {
      const Column& column = result.columns[c];
      Json& value = values[column.name];
      if (const auto number = number_in(line.values[c])) value = *number;
      if (const auto* text = std::get_if<std::string>(&line.values[c])) value = *text;
      if (const PaperValue* known = paper(result, line, column)) {
        beside[column.name] = {{"value", known->value},
                               {"unit", known->unit},
                               {"dataset", known->dataset},
                               {"status", name_of(known->status)}};
      }
    }
    lines.push_back({{"setting", line.setting}, {"values", values}, {"paper", beside}});
  }
  return {{"experiment", result.experiment},
          {"stands_for", result.stands_for},
          {"dataset", result.dataset},
          {"columns", columns},
          {"lines", lines},
          {"notes", result.notes},
          {"deviations", deviations(result)}};
}

}  // namespace colcomb::experiments
