#pragma once

#include <fmt/format.h>

#include <string>
#include <string_view>

namespace colcomb {

/// `text` as one field of a CSV file (RFC 4180): in double quotes, with those inside it doubled, if
/// it holds a comma, a double quote or a line break; as it is otherwise.
[[nodiscard]] std::string csv_field(std::string_view text);

/// A line of a CSV file, made field by field: strings, or numbers as "{}" prints them (the shortest
/// digits that give the same number back).
class CsvRow {
 public:
  template <class... Values>
  explicit CsvRow(const Values&... values) {
    add(values...);
  }

  template <class... Values>
  CsvRow& add(const Values&... values) {
    (append(fmt::format("{}", values)), ...);
    return *this;
  }

  /// The fields between commas, and a line feed.
  [[nodiscard]] std::string line() const { return text_ + '\n'; }

 private:
  void append(std::string_view field);

  std::string text_;
  bool empty_ = true;
};

}  // namespace colcomb
