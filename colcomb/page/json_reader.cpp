#include "colcomb/page/json_reader.hpp"

#include <cmath>

#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"

namespace colcomb::page {

void JsonReader::fail(const std::string& rule) const {
  constexpr std::size_t kMost = 60;
  std::string value = json_->is_null() ? "" : json_->dump(-1, ' ', true);
  if (value.size() > kMost) value = value.substr(0, kMost) + "...";
  throw file_error(file_, field_, value, rule);
}

JsonReader JsonReader::operator[](const std::string& name) const {
  const std::string field = field_.empty() ? name : field_ + "." + name;
  const auto found = object().find(name);
  if (found == json_->end() || found->is_null()) throw file_error(file_, field, "", "is missing");
  return {*found, file_, field};
}

bool JsonReader::has(const std::string& name) const {
  if (!json_->is_object()) return false;
  const auto found = json_->find(name);
  return found != json_->end() && !found->is_null();
}

std::vector<JsonReader> JsonReader::elements() const {
  if (!json_->is_array()) fail("must be an array");
  std::vector<JsonReader> result;
  for (std::size_t i = 0; i < json_->size(); ++i)
    result.emplace_back((*json_)[i], file_, field_ + "[" + std::to_string(i) + "]");
  return result;
}

double JsonReader::number() const {
  if (!json_->is_number()) fail("must be a number");
  return json_->get<double>();
}

std::uint64_t JsonReader::count() const {
  if (!json_->is_number_unsigned()) fail("must be a whole number, not negative");
  return json_->get<std::uint64_t>();
}

std::string JsonReader::text() const {
  if (!json_->is_string()) fail("must be a text");
  return json_->get<std::string>();
}

const Json& JsonReader::object() const {
  if (!json_->is_object()) fail("must be an object");
  return *json_;
}

Json read_json_object(const std::filesystem::path& file) {
  Json json = Json::parse(read_text_file(file), nullptr, false);
  if (!json.is_object()) throw file_error(file.string(), "", "", "does not hold a JSON object");
  return json;
}

}  // namespace colcomb::page
