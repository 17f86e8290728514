#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <span>

#include "colcomb/artifacts/toml_file.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/cost/entry_rules.hpp"
#include "colcomb/cost/technology.hpp"

namespace colcomb::cost {
namespace {

constexpr std::int64_t kSchema = 1;

class Reader {
 public:
  explicit Reader(const std::string& where) : where_(where) {}

  Technology read(const toml::table& root) {
    technology_.name = std::filesystem::path(where_).stem().string();
    read_head(root);
    if (const toml::node* sources = root.get("source")) read_sources(*sources);
    for (const auto& [key, node] : root) {
      const std::string_view name = key.str();
      if (std::ranges::find(kHead, name) != std::ranges::end(kHead)) continue;
      if (name == "sram") {
        read_srams(node);
      } else {
        read_node(std::string(name), node);
      }
    }
    return std::move(technology_);
  }

 private:
  static constexpr std::string_view kHead[] = {"schema",        "node_nm", "voltage",
                                               "temperature_c", "note",    "source"};

  [[noreturn]] void refuse(const std::string& key, const std::string& value,
                           const std::string& rule) const {
    throw file_error(where_, key, value, rule);
  }

  /// Errors: a key that is none of `known`.
  void require_known(const toml::table& table, const std::string& path,
                     std::span<const std::string_view> known) const {
    for (const auto& [key, node] : table) {
      if (std::ranges::find(known, key.str()) != known.end()) continue;
      std::string names;
      for (const std::string_view name : known)
        names += fmt::format("{}{}", names.empty() ? "" : ", ", name);
      refuse("unknown key", fmt::format("{}.{}", path, key.str()), "keys are " + names);
    }
  }

  [[nodiscard]] double number(const toml::node& node, const std::string& path) const {
    const auto value = node.is_number() ? node.value<double>() : std::nullopt;
    if (!value || !std::isfinite(*value)) refuse(path, toml_text(node), "must be a number");
    if (*value < 0) refuse(path, toml_text(node), "must not be negative");
    return *value;
  }

  /// In the unit of figures.
  [[nodiscard]] double scaled(double factor, const toml::node& node,
                              const std::string& path) const {
    const double value = factor * number(node, path);
    if (!std::isfinite(value)) refuse(path, toml_text(node), "must be a number");
    return value;
  }

  [[nodiscard]] std::string text(const toml::node& node, const std::string& path) const {
    const auto value = node.value_exact<std::string>();
    if (!value || value->empty()) refuse(path, toml_text(node), "must be a text");
    return *value;
  }

  [[nodiscard]] std::uint64_t whole(const toml::node& node, const std::string& path) const {
    constexpr std::int64_t kMost = std::int64_t{1} << 40U;
    const auto value = node.value_exact<std::int64_t>();
    if (!value || *value < 1 || *value > kMost)
      refuse(path, toml_text(node), "must be a whole number from 1");
    return static_cast<std::uint64_t>(*value);
  }

  [[nodiscard]] const toml::node& member(const toml::table& table, const std::string& path,
                                         std::string_view key) const {
    const toml::node* node = table.get(key);
    if (node == nullptr) refuse(fmt::format("{}.{}", path, key), "", "must be given");
    return *node;
  }

  void read_head(const toml::table& root) {
    const toml::node* schema = root.get("schema");
    if (schema == nullptr || schema->value_exact<std::int64_t>() != kSchema)
      refuse("schema", schema == nullptr ? "" : toml_text(*schema), "must be 1");
    const toml::node* node_nm = root.get("node_nm");
    if (node_nm == nullptr) refuse("node_nm", "", "must be given");
    technology_.node_nm = number(*node_nm, "node_nm");
    if (const toml::node* voltage = root.get("voltage"))
      technology_.voltage = number(*voltage, "voltage");
    if (const toml::node* temperature = root.get("temperature_c"))
      technology_.temperature_c = number(*temperature, "temperature_c");
    if (const toml::node* note = root.get("note")) (void)text(*note, "note");
  }

  void read_sources(const toml::node& node) {
    static constexpr std::string_view kKeys[] = {"id", "text"};
    const toml::array* list = node.as_array();
    if (list == nullptr) refuse("source", "", "must be [[source]] tables");
    for (const toml::node& each : *list) {
      const std::string path = fmt::format("source {}", technology_.sources.size() + 1);
      const toml::table* table = each.as_table();
      if (table == nullptr) refuse(path, toml_text(each), "must be a [[source]] table");
      require_known(*table, path, kKeys);
      CostSource source{text(member(*table, path, "id"), path + ".id"),
                        text(member(*table, path, "text"), path + ".text")};
      if (std::ranges::find(technology_.sources, source.id, &CostSource::id) !=
          technology_.sources.end())
        refuse(path + ".id", source.id, "must not be there twice");
      technology_.sources.push_back(std::move(source));
    }
  }

  /// A table with a unit is an entry, or in a [[sram]] table a column of them; others hold more.
  void read_node(const std::string& path, const toml::node& node) {
    const toml::table* table = node.as_table();
    const auto dimension = dimension_of(path);
    if (!dimension && !begins_entry(path))
      refuse("unknown key", path, "docs/reference/cost.md lists the entries");
    if (table == nullptr)
      refuse(path, toml_text(node), "must be a table with value or range, unit, source and kind");
    if (dimension) {
      add(path, read_entry(*table, path, *dimension));
      return;
    }
    for (const auto& [key, value] : *table) read_node(fmt::format("{}.{}", path, key.str()), value);
  }

  void add(const std::string& path, TechnologyEntry entry) {
    if (!technology_.entries.emplace(path, std::move(entry)).second)
      refuse(path, "", "must not be given twice");
  }

  [[nodiscard]] TechnologyEntry read_entry(const toml::table& table, const std::string& path,
                                           Dimension dimension) const {
    static constexpr std::string_view kKeys[] = {"value",   "range", "unit", "source",
                                                 "node_nm", "kind",  "note"};
    require_known(table, path, kKeys);
    TechnologyEntry entry = grounds(table, path);
    const double factor = factor_of(entry.unit, path, dimension);
    const toml::node* value = table.get("value");
    const toml::node* range = table.get("range");
    if ((value == nullptr) == (range == nullptr))
      refuse(path, "", "must have either value or range");
    if (value != nullptr) {
      entry.value.low = entry.value.high = scaled(factor, *value, path + ".value");
      return entry;
    }
    const toml::array* ends = range->as_array();
    if (ends == nullptr || ends->size() != 2)
      refuse(path + ".range", toml_text(*range), "must be two numbers, the lower first");
    entry.value.low = scaled(factor, (*ends)[0], path + ".range");
    entry.value.high = scaled(factor, (*ends)[1], path + ".range");
    if (entry.value.low > entry.value.high)
      refuse(path + ".range", toml_text(*range), "must be two numbers, the lower first");
    return entry;
  }

  [[nodiscard]] double factor_of(const std::string& unit, const std::string& path,
                                 Dimension dimension) const {
    const auto factor = unit_factor(unit, dimension);
    if (!factor) refuse(path + ".unit", unit, "must be one of " + units_of(dimension));
    return *factor;
  }

  /// Unit, source, kind, node and note.
  [[nodiscard]] TechnologyEntry grounds(const toml::table& table, const std::string& path) const {
    TechnologyEntry entry;
    entry.unit = text(member(table, path, "unit"), path + ".unit");
    const toml::node& source = member(table, path, "source");
    if (const toml::array* list = source.as_array(); list != nullptr && !list->empty()) {
      for (const toml::node& each : *list) entry.sources.push_back(known_source(each, path));
    } else {
      entry.sources.push_back(known_source(source, path));
    }
    entry.kind = kind_of(member(table, path, "kind"), path);
    if (const toml::node* node = table.get("node_nm"))
      entry.node_nm = number(*node, path + ".node_nm");
    if (const toml::node* note = table.get("note")) entry.note = text(*note, path + ".note");
    return entry;
  }

  [[nodiscard]] std::string known_source(const toml::node& node, const std::string& path) const {
    std::string id = text(node, path + ".source");
    if (std::ranges::find(technology_.sources, id, &CostSource::id) == technology_.sources.end())
      refuse(path + ".source", id, "must be the id of a [[source]] table");
    return id;
  }

  [[nodiscard]] EntryKind kind_of(const toml::node& node, const std::string& path) const {
    const std::string name = text(node, path + ".kind");
    for (const EntryKind kind : {EntryKind::kPublished, EntryKind::kExtracted,
                                 EntryKind::kSynthesized, EntryKind::kModelled})
      if (name == name_of(kind)) return kind;
    refuse(path + ".kind", name, "must be published, extracted, synthesized or modelled");
  }

  void read_srams(const toml::node& node) {
    const toml::array* list = node.as_array();
    if (list == nullptr) refuse("sram", "", "must be [[sram]] tables");
    std::size_t number = 0;
    for (const toml::node& each : *list) {
      const std::string path = fmt::format("sram {}", ++number);
      const toml::table* table = each.as_table();
      if (table == nullptr) refuse(path, toml_text(each), "must be a [[sram]] table");
      read_sram(*table, path);
    }
  }

  void read_sram(const toml::table& table, const std::string& path) {
    static constexpr std::string_view kKeys[] = {"bits",  "ports",   "interpolate", "bytes", "read",
                                                 "write", "leakage", "access",      "area"};
    require_known(table, path, kKeys);
    SramTable sram;
    sram.bits = whole(member(table, path, "bits"), path + ".bits");
    if (sram.bits > 4096) refuse(path + ".bits", fmt::to_string(sram.bits), "must be 1 to 4096");
    sram.ports = whole(member(table, path, "ports"), path + ".ports");
    if (sram.ports > 2) refuse(path + ".ports", fmt::to_string(sram.ports), "must be 1 or 2");
    const toml::node& between = member(table, path, "interpolate");
    if (!between.is_boolean())
      refuse(path + ".interpolate", toml_text(between), "must be true or false");
    sram.interpolate = *between.value_exact<bool>();
    const toml::array* sizes = member(table, path, "bytes").as_array();
    if (sizes == nullptr || sizes->empty())
      refuse(path + ".bytes", "", "must be a list of sizes, rising");
    for (const toml::node& size : *sizes) {
      const std::uint64_t bytes = whole(size, path + ".bytes");
      if (!sram.bytes.empty() && bytes <= sram.bytes.back())
        refuse(path + ".bytes", toml_text(size), "must be a list of sizes, rising");
      sram.bytes.push_back(bytes);
    }
    for (const std::string_view quantity : std::span(kKeys).subspan(4))
      if (const toml::node* column = table.get(quantity))
        read_column(sram, *column, path, quantity);
    technology_.srams.push_back(std::move(sram));
  }

  void read_column(const SramTable& sram, const toml::node& node, const std::string& path,
                   std::string_view quantity) {
    static constexpr std::string_view kKeys[] = {"values",  "unit", "source",
                                                 "node_nm", "kind", "note"};
    const std::string where = fmt::format("{}.{}", path, quantity);
    const toml::table* table = node.as_table();
    if (table == nullptr)
      refuse(where, toml_text(node), "must be a table with values, unit, source and kind");
    require_known(*table, where, kKeys);
    TechnologyEntry entry = grounds(*table, where);
    const toml::array* values = member(*table, where, "values").as_array();
    if (values == nullptr || values->size() != sram.bytes.size())
      refuse(where + ".values", "", "must be a list of as many numbers as there are sizes");
    for (std::size_t i = 0; i < sram.bytes.size(); ++i) {
      const std::string name =
          fmt::format("sram.{}p.{}bit.{}B.{}", sram.ports, sram.bits, sram.bytes[i], quantity);
      const double factor = factor_of(entry.unit, where, *dimension_of(name));
      entry.value.low = entry.value.high = scaled(factor, (*values)[i], where + ".values");
      add(name, entry);
    }
  }

  const std::string& where_;
  Technology technology_;
};

}  // namespace

Technology parse_technology(std::string_view toml, const std::string& where) {
  return Reader(where).read(parse_toml(toml, where));
}

}  // namespace colcomb::cost
