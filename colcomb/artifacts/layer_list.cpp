#include "colcomb/artifacts/layer_list.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>

#include "colcomb/artifacts/packed_matrix.hpp"
#include "colcomb/artifacts/toml_file.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"

namespace colcomb {
namespace {

constexpr std::size_t kMostFilters = 65536;
constexpr std::size_t kLargestKernel = 15;
constexpr std::size_t kLargestStride = 64;
constexpr std::size_t kMostLayers = 4096;
constexpr std::array kKeys = {"kind", "filters",  "kernel", "stride",     "alpha",
                              "name", "residual", "repeat", "conv_groups"};

class LayerTable {
 public:
  LayerTable(const toml::node& node, std::size_t number, const std::string& where)
      : number_(number), where_(where), table_(node.as_table()) {
    if (table_ == nullptr)
      throw file_error(where, fmt::format("layer {}", number), "", "must be a [[layer]] table");
    for (const auto& [key, value] : *table_) {
      if (std::ranges::find(kKeys, key.str()) == kKeys.end())
        throw file_error(where, layer_key(number, "unknown key"), std::string(key.str()),
                         fmt::format("a layer has the keys {}", fmt::join(kKeys, ", ")));
    }
  }

  [[nodiscard]] LayerEntry read() const {
    LayerEntry entry;
    entry.kind = kind();
    const auto filters = whole("filters", kMostFilters);
    if (!filters) refuse("filters", "", "must be given");
    entry.filters = *filters;
    entry.kernel = kernel(entry.kind);
    entry.stride = whole("stride", kLargestStride).value_or(1);
    entry.alpha = whole("alpha", kMaxAlpha);
    entry.name = text("name").value_or(fmt::format("layer{}", number_));
    entry.residual = text("residual");
    entry.repeat = whole("repeat", kMostLayers).value_or(1);
    entry.conv_groups = whole("conv_groups", kMostFilters).value_or(1);
    if (entry.filters % entry.conv_groups != 0)
      refuse("conv_groups", fmt::to_string(entry.conv_groups),
             fmt::format("must divide the {} filters", entry.filters));
    return entry;
  }

 private:
  [[nodiscard]] LayerKind kind() const {
    const std::string kind = text("kind").value_or("convolution");
    if (kind == "convolution") return LayerKind::kConvolution;
    if (kind == "shift") return LayerKind::kShift;
    refuse("kind", kind, "must be \"convolution\" or \"shift\"");
  }

  [[nodiscard]] std::optional<std::size_t> kernel(LayerKind kind) const {
    const auto kernel = whole("kernel", kLargestKernel);
    if (!kernel) return kernel;
    if (kind == LayerKind::kShift && (*kernel < 3 || *kernel > 9 || *kernel % 2 == 0))
      refuse("kernel", fmt::to_string(*kernel), "must be 3, 5, 7 or 9 in a shift layer");
    if (*kernel % 2 == 0)
      refuse("kernel", fmt::to_string(*kernel), "must be odd: padding keeps the map's size");
    return kernel;
  }

  [[nodiscard]] std::optional<std::size_t> whole(const char* key, std::size_t most) const {
    const toml::node* const node = table_->get(key);
    if (node == nullptr) return std::nullopt;
    const auto value = node->value_exact<std::int64_t>();
    if (!value || *value < 1 || *value > static_cast<std::int64_t>(most))
      refuse(key, toml_text(*node), fmt::format("must be a whole number from 1 to {}", most));
    return static_cast<std::size_t>(*value);
  }

  [[nodiscard]] std::optional<std::string> text(const char* key) const {
    const toml::node* const node = table_->get(key);
    if (node == nullptr) return std::nullopt;
    auto value = node->value_exact<std::string>();
    if (!value || value->empty()) refuse(key, toml_text(*node), "must be a text in quotes");
    return value;
  }

  [[noreturn]] void refuse(const char* key, const std::string& value,
                           const std::string& rule) const {
    throw file_error(where_, layer_key(number_, key), value, rule);
  }

  std::size_t number_;
  const std::string& where_;
  const toml::table* table_;
};

}  // namespace

std::string layer_key(std::size_t table, const char* key) {
  return fmt::format("layer {}, {}", table, key);
}

std::vector<LayerEntry> parse_layer_list(std::string_view toml, const std::string& where) {
  const toml::table root = parse_toml(toml, where);
  for (const auto& [key, value] : root) {
    if (key.str() != "layer" || !value.is_array())
      throw file_error(where, "unknown key", std::string(key.str()),
                       "a network description consists of [[layer]] tables");
  }
  std::vector<LayerEntry> entries;
  std::size_t layers = 0;
  if (const toml::array* const tables = root["layer"].as_array()) {
    for (const toml::node& table : *tables) {
      entries.push_back(LayerTable(table, entries.size() + 1, where).read());
      layers += entries.back().repeat;
      if (layers > kMostLayers)
        throw file_error(where, layer_key(entries.size(), "repeat"),
                         fmt::to_string(entries.back().repeat),
                         fmt::format("a network has at most {} layers", kMostLayers));
    }
  }
  if (entries.empty())
    throw file_error(where, "layer", "", "a network needs at least one [[layer]] table");
  return entries;
}

std::vector<LayerEntry> load_layer_list(const std::filesystem::path& path) {
  return parse_layer_list(read_text_file(path), path.string());
}

}  // namespace colcomb
