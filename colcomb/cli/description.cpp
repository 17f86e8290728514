#include "colcomb/cli/description.hpp"

#include <string>
#include <string_view>

namespace colcomb::cli {
namespace {

using Json = nlohmann::ordered_json;

/// "TEXT:{a,b}" has a type and choices, "UINT:INT in [1 - 9]" a type and a rule.
void add_type(const std::string& text, Json& option) {
  const std::size_t colon = text.find(':');
  option["type"] = text.substr(0, colon);
  option["choices"] = Json::array();
  option["rule"] = "";
  if (colon == std::string::npos) return;
  const std::string rule = text.substr(colon + 1);
  if (!rule.starts_with('{') || !rule.ends_with('}')) {
    option["rule"] = rule;
    return;
  }
  if (option["type"] == "") option["type"] = "TEXT";
  const std::string list = rule.substr(1, rule.size() - 2);
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    option["choices"].push_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
}

Json description_of(const CLI::Option& option) {
  Json json = {{"names", Json::array()}, {"text", option.get_description()}};
  for (const std::string& name : option.get_snames()) json["names"].push_back("-" + name);
  for (const std::string& name : option.get_lnames()) json["names"].push_back("--" + name);
  if (option.get_positional()) json["names"].push_back(option.get_name(true, false));
  json["required"] = option.get_required();
  json["repeated"] = option.get_expected_max() > 1;
  const bool takes_value = option.get_items_expected_max() > 0;
  add_type(takes_value ? option.get_type_name() : "", json);
  json["default"] = option.get_default_str();
  return json;
}

}  // namespace

Json description_of(const CLI::App& app) {
  Json json = {{"name", app.get_name()},
               {"text", app.get_description()},
               {"positionals", Json::array()},
               {"options", Json::array()},
               {"commands", Json::array()}};
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_group().empty()) continue;  // hidden
    json[option->get_positional() ? "positionals" : "options"].push_back(description_of(*option));
  }
  for (const CLI::App* command : app.get_subcommands(nullptr))
    json["commands"].push_back(description_of(*command));
  return json;
}

}  // namespace colcomb::cli
