#include "colcomb/exploration/spec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>
#include <sstream>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/toml_file.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/base/suggestion.hpp"

namespace colcomb::exploration {
namespace {

constexpr auto kSettings = std::to_array<std::string_view>({
#define COLCOMB_SETTING(name, sentence) #name,
#include "colcomb/exploration/settings.def"
#undef COLCOMB_SETTING
});

/// A value as TOML writes it, strings in double quotes, numbers with the fewest digits that give
/// them back.
std::string value_text(const toml::node& node) {
  if (const auto number = node.value_exact<double>(); number && std::isfinite(*number)) {
    std::string text = fmt::format("{}", *number);
    // Without them it would be a whole number.
    if (text.find_first_of(".e") == std::string::npos) text += ".0";
    return text;
  }
  std::ostringstream stream;
  const auto flags =
      toml::toml_formatter::default_flags & ~toml::format_flags::allow_literal_strings;
  stream << toml::toml_formatter(node, flags);
  return stream.str();
}

/// Errors: UserError if no setting has this name, or if it cannot take the value at all.
void check_setting(const std::string& name, const toml::node& value, const std::string& where) {
  const bool trains = name.starts_with(kTraining) && name.size() > kTraining.size();
  if (value.is_table() || (value.is_array() && !trains))
    throw file_error(where, name, toml_text(value), "must be a number, a string or true or false");
  if (trains) {
    static_cast<void>(words_of(name, value_text(value), where));
    return;
  }
  if (std::ranges::find(kSettings, name) != kSettings.end()) return;
  try {
    ArrayConfig config;
    set_array_field(config, name, value_text(value), where);
  } catch (const UserError& error) {
    if (error.parts().field != "unknown key") throw;
    const std::vector<std::string> names(kSettings.begin(), kSettings.end());
    const auto nearest = nearest_name(name, names);
    throw file_error(
        where, "unknown setting", name,
        fmt::format("must be one of {}, train.NAME for a flag of `colcomb run`, or of "
                    "an array description, as array.rows{}",
                    fmt::join(names, ", "), nearest ? "; did you mean " + *nearest + "?" : ""));
  }
}

class Reader {
 public:
  explicit Reader(std::string where) : where_(std::move(where)) {}

  /// Each name of a table an axis of its own; tables within give names with dots.
  void add_table(const toml::table& table, const std::string& before) {
    for (const auto& [key, value] : table) {
      const std::string name = before + std::string(key.str());
      if (value.is_table()) {
        add_table(*value.as_table(), name + '.');
        continue;
      }
      Axis axis{{name}, {}};
      for (const std::string& choice : choices(name, value)) axis.choices.push_back({choice});
      add(std::move(axis));
    }
  }

  /// Lists of equal length, whose values go together.
  void add_together(const toml::table& table) {
    Axis axis;
    collect(table, "", axis);
    if (axis.names.empty())
      throw file_error(where_, "[[together]]", "", "must have at least one list");
    add(std::move(axis));
  }

  std::vector<Axis> axes;

 private:
  void collect(const toml::table& table, const std::string& before, Axis& axis) {
    for (const auto& [key, value] : table) {
      const std::string name = before + std::string(key.str());
      if (value.is_table()) {
        collect(*value.as_table(), name + '.', axis);
        continue;
      }
      const std::vector<std::string> values = choices(name, value);
      if (axis.names.empty()) axis.choices.resize(values.size());
      if (values.size() != axis.choices.size()) {
        throw file_error(
            where_, name, fmt::format("{} values", values.size()),
            fmt::format("must have as many as {}, {}", axis.names.front(), axis.choices.size()));
      }
      axis.names.push_back(name);
      for (std::size_t i = 0; i < values.size(); ++i) axis.choices[i].push_back(values[i]);
    }
  }

  [[nodiscard]] std::vector<std::string> choices(const std::string& name,
                                                 const toml::node& value) const {
    std::vector<std::string> result;
    const auto take = [&](const toml::node& choice) {
      check_setting(name, choice, where_);
      result.push_back(value_text(choice));
    };
    if (const toml::array* list = value.as_array()) {
      for (const toml::node& choice : *list) take(choice);
    } else {
      take(value);
    }
    if (result.empty()) throw file_error(where_, name, "[]", "must have at least one value");
    return result;
  }

  void add(Axis axis) {
    for (const std::string& name : axis.names) {
      if (!names_.insert(name).second) throw file_error(where_, name, "", "must be given once");
    }
    std::set<std::vector<std::string>> seen;
    for (const std::vector<std::string>& choice : axis.choices) {
      if (!seen.insert(choice).second)
        throw file_error(where_, fmt::format("{}", fmt::join(axis.names, ", ")),
                         fmt::format("{}", fmt::join(choice, ", ")), "must not be chosen twice");
    }
    axes.push_back(std::move(axis));
  }

  std::string where_;
  std::set<std::string> names_;
};

void check_points(const Spec& spec, const std::string& where) {
  std::size_t points = 1;
  for (const Axis& axis : spec.axes) {
    if (axis.choices.size() > kMaxPoints / points) {
      throw file_error(where, "points", fmt::format("more than {}", kMaxPoints),
                       "all combinations must be fewer");
    }
    points *= axis.choices.size();
  }
  const Settings first = spec.point(0);
  const bool trains = std::ranges::any_of(
      first, [](const auto& setting) { return setting.first.starts_with(kTraining); });
  if (trains == (find(first, "network") != nullptr)) {
    throw file_error(where, "network", "",
                     "either network or train.NAME must be given: what the points are made of");
  }
  if (find(first, "array") == nullptr)
    throw file_error(where, "array", "", "is missing: a TOML file or ROWSxCOLUMNS");
}

}  // namespace

const std::string* find(const Settings& settings, std::string_view name) {
  const auto found = std::ranges::find(settings, name, &Settings::value_type::first);
  return found == settings.end() ? nullptr : &found->second;
}

std::string text_of(const std::string& name, const std::string& value, const std::string& where) {
  const toml::table parsed = parse_toml("value = " + value, where);
  const auto text = parsed["value"].value_exact<std::string>();
  if (!text) throw file_error(where, name, value, "must be a string");
  return *text;
}

std::string shown(const std::string& value) {
  return value.starts_with('"') ? text_of("", value, "") : value;
}

std::vector<std::string> words_of(const std::string& name, const std::string& value,
                                  const std::string& where) {
  const toml::table parsed = parse_toml("value = " + value, where);
  const auto word = [&](const toml::node& node) {
    if (node.is_table() || node.is_array())
      throw file_error(where, name, value, "must be a value or a list of values");
    return node.is_string() ? *node.value_exact<std::string>() : toml_text(node);
  };
  const toml::node& node = *parsed.get("value");
  const toml::array* list = node.as_array();
  if (list == nullptr) return {word(node)};
  std::vector<std::string> words;
  for (const toml::node& element : *list) words.push_back(word(element));
  return words;
}

std::vector<std::string> training_arguments(const Settings& settings,
                                            const std::filesystem::path& folder) {
  std::vector<std::string> arguments{"run", "--out", folder.string()};
  for (const auto& [name, value] : settings) {
    std::string flag = "--" + name;
    std::ranges::replace(flag, '_', '-');
    if (value == "false") continue;
    arguments.push_back(flag);
    if (value == "true") continue;
    for (std::string& word : words_of(std::string(kTraining) + name, value, ""))
      arguments.push_back(std::move(word));
  }
  return arguments;
}

std::size_t Spec::points() const {
  std::size_t count = 1;
  for (const Axis& axis : axes) count *= axis.choices.size();
  return count;
}

Settings Spec::point(std::size_t index) const {
  Settings settings;
  for (std::size_t a = axes.size(); a-- > 0;) {
    const Axis& axis = axes[a];
    const std::vector<std::string>& choice = axis.choices[index % axis.choices.size()];
    index /= axis.choices.size();
    for (std::size_t n = 0; n < axis.names.size(); ++n)
      settings.emplace_back(axis.names[n], choice[n]);
  }
  std::ranges::sort(settings);
  return settings;
}

Spec parse_spec(std::string_view toml, const std::filesystem::path& path) {
  const std::string where = path.string();
  Spec spec;
  spec.file = path;
  spec.text = toml;
  spec.name = path.stem().string();
  const toml::table root = parse_toml(toml, where);
  if (root["schema"].value_exact<std::int64_t>() != 1)
    throw file_error(where, "schema", root.contains("schema") ? toml_text(*root.get("schema")) : "",
                     "must be 1");
  Reader reader(where);
  toml::table fixed;
  for (const auto& [key, value] : root) {
    if (key.str() == "schema" || key.str() == "together" || key.str() == "vary") continue;
    if (key.str() == "name") {
      const auto name = value.value_exact<std::string>();
      if (!name) throw file_error(where, "name", toml_text(value), "must be a string");
      spec.name = *name;
      continue;
    }
    fixed.insert(key, value);
  }
  reader.add_table(fixed, "");
  if (const toml::node* vary = root.get("vary")) {
    if (!vary->is_table()) throw file_error(where, "vary", toml_text(*vary), "must be a table");
    reader.add_table(*vary->as_table(), "");
  }
  if (const toml::node* together = root.get("together")) {
    const toml::array* list = together->as_array();
    if (list == nullptr || !list->is_homogeneous(toml::node_type::table))
      throw file_error(where, "together", toml_text(*together), "must be [[together]] tables");
    for (const toml::node& table : *list) reader.add_together(*table.as_table());
  }
  spec.axes = std::move(reader.axes);
  check_points(spec, where);
  return spec;
}

Spec load_spec(const std::filesystem::path& path) {
  return parse_spec(read_text_file(path), path);
}

}  // namespace colcomb::exploration
