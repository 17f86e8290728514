#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace colcomb::experiments {

/// How a value of the paper is known.
enum class Status : std::uint8_t { kChecked, kRecalled };
[[nodiscard]] const char* name_of(Status status);

/// A row of paper_values.def.
struct PaperValue {
  std::string_view experiment;
  std::string_view setting;
  std::string_view quantity;  // a column of the experiment's result
  double value = 0;
  std::string_view unit;
  std::string_view dataset;  // that the paper has it of
  Status status = Status::kRecalled;
};

[[nodiscard]] std::span<const PaperValue> paper_values();
/// Null where the paper's value is not known.
[[nodiscard]] const PaperValue* find_paper_value(std::string_view experiment,
                                                 std::string_view setting,
                                                 std::string_view quantity);

}  // namespace colcomb::experiments
