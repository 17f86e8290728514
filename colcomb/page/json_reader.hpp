#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "colcomb/page/document.hpp"

namespace colcomb::page {

/// A place in a JSON file that was read: what it lacks or has wrong is a UserError that names file,
/// field, value and rule. The file's JSON must outlive it.
class JsonReader {
 public:
  JsonReader(const Json& json, std::string file, std::string field = "")
      : json_(&json), file_(std::move(file)), field_(std::move(field)) {}

  /// A member, which must be there and not null.
  [[nodiscard]] JsonReader operator[](const std::string& name) const;
  /// Whether it is there and not null.
  [[nodiscard]] bool has(const std::string& name) const;
  /// The elements of an array.
  [[nodiscard]] std::vector<JsonReader> elements() const;

  [[nodiscard]] double number() const;
  [[nodiscard]] std::uint64_t count() const;  // a whole number from 0
  [[nodiscard]] std::string text() const;
  [[nodiscard]] const Json& object() const;
  [[nodiscard]] const Json& json() const { return *json_; }
  [[nodiscard]] const std::string& file() const { return file_; }

 private:
  [[noreturn]] void fail(const std::string& rule) const;

  const Json* json_;
  std::string file_;
  std::string field_;
};

/// A file that holds one JSON object. Errors: UserError naming it.
[[nodiscard]] Json read_json_object(const std::filesystem::path& file);

}  // namespace colcomb::page
