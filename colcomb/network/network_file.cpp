#include "colcomb/network/network_file.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <toml++/toml.h>

#include <array>
#include <map>
#include <optional>
#include <sstream>
#include <vector>

#include "colcomb/artifacts/packed_matrix.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/network/chain.hpp"

namespace colcomb::network {
namespace {

constexpr std::size_t kMostFilters = 65536;
constexpr std::size_t kLargestKernel = 15;
constexpr std::size_t kLargestStride = 64;
constexpr std::size_t kMostLayers = 4096;
constexpr std::array kKeys = {"kind",  "filters", "kernel",   "stride",
                              "alpha", "name",    "residual", "repeat"};

std::string text_of(const toml::node& node) {
  std::ostringstream stream;
  node.visit([&stream](const auto& value) { stream << value; });
  return stream.str();
}

/// One [[layer]] table.
class LayerTable {
 public:
  LayerTable(const toml::node& node, std::size_t number, const std::string& where)
      : label_(fmt::format("layer {}", number)), where_(where) {
    if (!node.is_table()) throw file_error(where, label_, "", "must be a [[layer]] table");
    table_ = node.as_table();
    for (const auto& [key, value] : *table_) {
      if (std::ranges::find(kKeys, key.str()) == kKeys.end())
        throw file_error(where, label_ + ", unknown key", std::string(key.str()),
                         fmt::format("a layer has the keys {}", fmt::join(kKeys, ", ")));
    }
  }

  [[nodiscard]] bool has(const char* key) const { return table_->contains(key); }

  [[nodiscard]] std::size_t whole(const char* key, std::optional<std::size_t> otherwise,
                                  std::size_t most) const {
    const toml::node* const node = table_->get(key);
    if (node == nullptr && otherwise) return *otherwise;
    if (node == nullptr) refuse(key, "", "must be given");
    const auto value = node->value_exact<std::int64_t>();
    if (!value || *value < 1 || *value > static_cast<std::int64_t>(most))
      refuse(key, text_of(*node), fmt::format("must be a whole number from 1 to {}", most));
    return static_cast<std::size_t>(*value);
  }

  [[nodiscard]] std::optional<std::string> text(const char* key) const {
    const toml::node* const node = table_->get(key);
    if (node == nullptr) return std::nullopt;
    auto value = node->value_exact<std::string>();
    if (!value || value->empty()) refuse(key, text_of(*node), "must be a text in quotes");
    return value;
  }

  [[noreturn]] void refuse(const char* key, const std::string& value,
                           const std::string& rule) const {
    throw file_error(where_, fmt::format("{}, {}", label_, key), value, rule);
  }

 private:
  std::string label_;
  const std::string& where_;
  const toml::table* table_ = nullptr;
};

LayerKind kind_of(const LayerTable& table) {
  const std::string kind = table.text("kind").value_or("convolution");
  if (kind == "convolution") return LayerKind::kConvolution;
  if (kind == "shift") return LayerKind::kShift;
  table.refuse("kind", kind, "must be \"convolution\" or \"shift\"");
}

std::size_t kernel_of(const LayerTable& table, LayerKind kind, std::size_t shift_kernel) {
  const bool shift = kind == LayerKind::kShift;
  const std::size_t kernel = table.whole("kernel", shift ? shift_kernel : 3, kLargestKernel);
  if (shift && (kernel < 3 || kernel > 9 || kernel % 2 == 0))
    table.refuse("kernel", fmt::to_string(kernel), "must be 3, 5, 7 or 9 in a shift layer");
  if (kernel % 2 == 0)
    table.refuse("kernel", fmt::to_string(kernel), "must be odd: padding keeps the map's size");
  return kernel;
}

/// Puts a file's layers together.
class Builder {
 public:
  Builder(const PresetOptions& options, const std::string& where)
      : options_(options), where_(where), chain_(options.input, options.seed) {}

  void add(const toml::node& node) {
    const LayerTable table(node, ++tables_, where_);
    const LayerKind kind = kind_of(table);
    const std::size_t kernel = kernel_of(table, kind, options_.shift_kernel);
    const std::size_t filters = table.whole("filters", {}, kMostFilters);
    const std::size_t stride = table.whole("stride", 1, kLargestStride);
    // The first layer sees few channels: nothing to combine unless asked for.
    const std::size_t alpha =
        table.whole("alpha", chain_.size() == 0 ? 1 : options_.alpha, kMaxAlpha);
    const std::size_t repeat = table.whole("repeat", 1, kMostLayers);
    const std::string name = table.text("name").value_or(fmt::format("layer{}", tables_));
    if (chain_.size() + repeat > kMostLayers)
      table.refuse("repeat", fmt::to_string(repeat),
                   fmt::format("a network has at most {} layers", kMostLayers));
    for (std::size_t i = 0; i < repeat; ++i) {
      const std::string own = repeat == 1 ? name : fmt::format("{}.{}", name, i + 1);
      if (own == "linear" || !place_of_.emplace(own, chain_.size()).second)
        table.refuse("name", own, "is taken: every layer needs a name of its own");
      chain_.add(own, kind, kernel, filters, i == 0 ? stride : 1, alpha);
    }
    if (const auto source = table.text("residual")) chain_.add_residual(source_of(table, *source));
  }

  NetworkDescription finish() {
    if (chain_.size() == 0)
      throw file_error(where_, "layer", "", "a network needs at least one [[layer]] table");
    return chain_.finish(options_.classes, options_.dropout, where_);
  }

 private:
  std::size_t source_of(const LayerTable& table, const std::string& name) const {
    const auto found = place_of_.find(name);
    if (found == place_of_.end() || found->second + 1 >= chain_.size())
      table.refuse("residual", name, "must be the name of an earlier layer");
    return found->second;
  }

  const PresetOptions& options_;
  const std::string& where_;
  Chain chain_;
  std::size_t tables_ = 0;
  std::map<std::string, std::size_t> place_of_;
};

toml::table parse_toml(std::string_view toml, const std::string& where) {
  try {
    return toml::parse(toml, where);
  } catch (const toml::parse_error& error) {
    throw file_error(where, fmt::format("line {}", error.source().begin.line), "",
                     std::string(error.description()));
  }
}

}  // namespace

bool names_network_file(const std::string& model) {
  return model.ends_with(".toml");
}

NetworkDescription parse_network_file(std::string_view toml, const PresetOptions& options,
                                      const std::string& where) {
  if (options.width != 1)
    throw usage_error("--width", fmt::to_string(options.width),
                      "is for published networks: a file gives its channels itself");
  if (options.alpha < 1 || options.alpha > kMaxAlpha)
    throw usage_error("--alpha", fmt::to_string(options.alpha),
                      fmt::format("must be 1 to {}", kMaxAlpha));
  const toml::table root = parse_toml(toml, where);
  for (const auto& [key, value] : root) {
    if (key.str() != "layer" || !value.is_array())
      throw file_error(where, "unknown key", std::string(key.str()),
                       "a network description consists of [[layer]] tables");
  }
  Builder builder(options, where);
  if (const toml::array* const layers = root["layer"].as_array()) {
    for (const toml::node& layer : *layers) builder.add(layer);
  }
  return builder.finish();
}

NetworkDescription describe_model(const PresetOptions& options) {
  if (!names_network_file(options.name)) return describe(options);
  return parse_network_file(read_text_file(options.name), options, options.name);
}

}  // namespace colcomb::network
