#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <vector>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/artifacts/toml_file.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"

namespace colcomb {
namespace {

/// Sets one field from its TOML value; gives the rule that a value of the wrong type breaks, or "".
using Setter = std::function<std::string(ArrayConfig&, const toml::node&)>;

struct Field {
  const char* table;
  const char* key;
  Setter set;
};

template <class Integer>
Setter integer(Integer ArrayConfig::*member) {
  return [member](ArrayConfig& config, const toml::node& node) -> std::string {
    const auto value = node.value_exact<std::int64_t>();
    if (!value || *value < 0) return "must be a whole number, not negative";
    config.*member = static_cast<Integer>(*value);
    return "";
  };
}

Setter boolean(bool ArrayConfig::*member) {
  return [member](ArrayConfig& config, const toml::node& node) -> std::string {
    const auto value = node.value_exact<bool>();
    if (!value) return "must be true or false";
    config.*member = *value;
    return "";
  };
}

Setter number(double ArrayConfig::*member) {
  return [member](ArrayConfig& config, const toml::node& node) -> std::string {
    if (!node.is_number()) return "must be a number";
    config.*member = *node.value<double>();
    return "";
  };
}

template <class Choice, std::size_t N>
Setter choice(Choice ArrayConfig::*member, const std::array<Choice, N>& choices) {
  return [member, choices](ArrayConfig& config, const toml::node& node) -> std::string {
    const auto value = node.value_exact<std::string>();
    std::string names;
    for (const Choice each : choices) {
      if (value == name_of(each)) {
        config.*member = each;
        return "";
      }
      names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", name_of(each));
    }
    return "must be one of " + names;
  };
}

const std::vector<Field>& fields() {
  static const std::vector<Field> all = {
      {"array", "rows", integer(&ArrayConfig::rows)},
      {"array", "columns", integer(&ArrayConfig::columns)},
      {"array", "alpha", integer(&ArrayConfig::alpha)},
      {"array", "cell",
       choice(&ArrayConfig::cell, std::array{CellKind::kBalanced, CellKind::kInterleaved,
                                             CellKind::kMultiplexed, CellKind::kParallel})},
      {"array", "accumulation_bits", integer(&ArrayConfig::accumulation_bits)},
      {"array", "double_buffering", boolean(&ArrayConfig::double_buffering)},
      {"array", "clock_mhz", number(&ArrayConfig::clock_mhz)},
      {"buffers", "data_bytes", integer(&ArrayConfig::data_bytes)},
      {"buffers", "input_bytes", integer(&ArrayConfig::input_bytes)},
      {"buffers", "residual_bytes", integer(&ArrayConfig::residual_bytes)},
      {"buffers", "residual_input_bytes", integer(&ArrayConfig::residual_input_bytes)},
      {"buffers", "output_bytes", integer(&ArrayConfig::output_bytes)},
      {"buffers", "weight_bytes", integer(&ArrayConfig::weight_bytes)},
      {"buffers", "partial_sum_bytes", integer(&ArrayConfig::partial_sum_bytes)},
      {"buffers", "pooling_bytes", integer(&ArrayConfig::pooling_bytes)},
      {"buffers", "line_bytes", integer(&ArrayConfig::line_bytes)},
      {"buffers", "bank_ports", integer(&ArrayConfig::bank_ports)},
      {"pooling", "windows", integer(&ArrayConfig::pooling_windows)},
      {"dram", "bytes_per_clock", integer(&ArrayConfig::dram_bytes_per_clock)},
      {"dram", "burst_bytes", integer(&ArrayConfig::dram_burst_bytes)},
      {"dram", "latency", integer(&ArrayConfig::dram_latency)},
      {"schedule", "order",
       choice(&ArrayConfig::order, std::array{TileOrder::kWeightMajor, TileOrder::kOutputMajor})},
      {"schedule", "batch", integer(&ArrayConfig::batch)},
      {"schedule", "cross_layer", boolean(&ArrayConfig::cross_layer)},
  };
  return all;
}

std::string accepted_tables() {
  std::string names;
  const char* before = "";
  for (const Field& field : fields()) {
    if (std::string_view(field.table) == before) continue;
    names += fmt::format("{}[{}]", names.empty() ? "" : ", ", field.table);
    before = field.table;
  }
  return names;
}

std::string accepted_keys(std::string_view table) {
  std::string names;
  for (const Field& field : fields()) {
    if (field.table == table) names += fmt::format("{}{}", names.empty() ? "" : ", ", field.key);
  }
  return names;
}

void read_key(ArrayConfig& config, std::string_view table, std::string_view key,
              const toml::node& node, const std::string& where) {
  const std::string name = fmt::format("{}.{}", table, key);
  const auto field = std::ranges::find_if(fields(), [table, key](const Field& candidate) {
    return candidate.table == table && candidate.key == key;
  });
  if (field == fields().end()) {
    throw file_error(where, "unknown key", name,
                     fmt::format("[{}] has the keys {}", table, accepted_keys(table)));
  }
  const std::string rule = field->set(config, node);
  if (!rule.empty()) throw file_error(where, name, toml_text(node), rule);
}

}  // namespace

void set_array_field(ArrayConfig& config, const std::string& name, const std::string& value,
                     const std::string& where) {
  const std::size_t dot = name.find('.');
  const std::string_view table = std::string_view(name).substr(0, dot);
  if (dot == std::string::npos || accepted_keys(table).empty()) {
    throw file_error(where, "unknown key", name,
                     "an array description has the tables " + accepted_tables());
  }
  const toml::table parsed = parse_toml("value = " + value, where);
  read_key(config, table, std::string_view(name).substr(dot + 1), *parsed.get("value"), where);
}

ArrayConfig parse_array_config(std::string_view toml, const std::string& where) {
  ArrayConfig config;
  config.name = std::filesystem::path(where).stem().string();
  const toml::table root = parse_toml(toml, where);
  for (const auto& [table, content] : root) {
    const bool known = !accepted_keys(table.str()).empty();
    if (!known || !content.is_table()) {
      throw file_error(where, known ? "not a table" : "unknown table", std::string(table.str()),
                       "an array description has the tables " + accepted_tables());
    }
    for (const auto& [key, value] : *content.as_table())
      read_key(config, table.str(), key.str(), value, where);
  }
  validate(config, where);
  return config;
}

ArrayConfig load_array_config(const std::filesystem::path& path) {
  return parse_array_config(read_text_file(path), path.string());
}

}  // namespace colcomb
