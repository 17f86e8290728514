#include "colcomb/cli/experiment_record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"

namespace colcomb::cli {
namespace {

using Json = nlohmann::ordered_json;

/// The words of a default such as `[1,2,2]`, which is how CLI11 writes down a list.
std::vector<std::string> words_of(std::string text) {
  std::vector<std::string> words;
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') {
    text = text.substr(1, text.size() - 2);
  }
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find(',', begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

Json value_of(const std::string& word) {
  char* end = nullptr;
  const double number = std::strtod(word.c_str(), &end);
  return !word.empty() && *end == '\0' ? Json(number) : Json(word);
}

/// Where a value may be left out (--dropout), the default is the one of the bare option.
Json values_of(const CLI::Option& option) {
  if (option.count() == 0 && option.get_expected_min() == 0) return nullptr;
  const std::vector<std::string> words =
      option.count() > 0 ? option.reduced_results() : words_of(option.get_default_str());
  if (words.empty()) return nullptr;
  if (words.size() == 1) return value_of(words.front());
  Json values = Json::array();
  for (const std::string& word : words) values.push_back(value_of(word));
  return values;
}

}  // namespace

std::string recorded_options(const CLI::App& command, const std::vector<std::string>& without) {
  Json options = Json::object();
  for (const CLI::Option* option : command.get_options()) {
    const std::string name = option->get_name();
    if (std::ranges::find(without, name) == without.end()) options[name] = values_of(*option);
  }
  return options.dump();
}

void require_recorded_options(const std::string& options, const std::filesystem::path& file) {
  const Json before = Json::parse(read_text_file(file), nullptr, false);
  if (!before.is_object()) {
    throw file_error(file.string(), "", "", "is not the record of an experiment's options");
  }
  const Json now = Json::parse(options);
  const auto require_same = [&](const std::string& name) {
    const Json was = before.value(name, Json()), is = now.value(name, Json());
    if (was == is) return;
    const auto said = [](const Json& value) {
      return value.is_null() ? std::string("not given") : value.dump();
    };
    throw usage_error(name, said(is),
                      fmt::format("{} was begun with {}: go on with the same options, or begin "
                                  "anew with --force",
                                  file.string(), said(was)));
  };
  for (const auto& [name, value] : now.items()) require_same(name);
  for (const auto& [name, value] : before.items()) require_same(name);
}

}  // namespace colcomb::cli
