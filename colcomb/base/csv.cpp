#include "colcomb/base/csv.hpp"

namespace colcomb {

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

void CsvRow::append(std::string_view field) {
  if (!empty_) text_ += ',';
  empty_ = false;
  text_ += csv_field(field);
}

}  // namespace colcomb
