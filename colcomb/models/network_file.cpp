#include "colcomb/models/network_file.hpp"

#include <fmt/format.h>

#include <map>

#include "colcomb/artifacts/packed_matrix.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/models/chain.hpp"

namespace colcomb::models {
namespace {

void require_flags_of_files(const PresetOptions& options) {
  if (options.width != 1)
    throw option_error("network.width", fmt::to_string(options.width),
                       "is for published networks: a file gives its channels itself");
  if (options.alpha < 1 || options.alpha > kMaxAlpha)
    throw option_error("network.alpha", fmt::to_string(options.alpha),
                       fmt::format("must be 1 to {}", kMaxAlpha));
}

}  // namespace

bool names_network_file(const std::string& model) {
  return model.ends_with(".toml");
}

NetworkDescription describe(const std::vector<LayerEntry>& layers, const PresetOptions& options,
                            const std::string& where) {
  require_flags_of_files(options);
  Chain chain(options.input, options.seed);
  std::map<std::string, std::size_t> places;
  for (std::size_t t = 0; t < layers.size(); ++t) {
    const LayerEntry& entry = layers[t];
    const bool shift = entry.kind == LayerKind::kShift;
    const std::size_t kernel = entry.kernel.value_or(shift ? options.shift_kernel : 3);
    // The first layer sees few channels: there is nothing to combine unless the file says so.
    const std::size_t alpha = entry.alpha.value_or(t == 0 ? 1 : options.alpha);
    for (std::size_t i = 0; i < entry.repeat; ++i) {
      const std::string name =
          entry.repeat == 1 ? entry.name : fmt::format("{}.{}", entry.name, i + 1);
      if (name == "linear" || !places.emplace(name, chain.size()).second)
        throw file_error(where, layer_key(t + 1, "name"), name,
                         "is taken: every layer needs a name of its own");
      if (chain.channels() % entry.conv_groups != 0)
        throw file_error(where, layer_key(t + 1, "conv_groups"), fmt::to_string(entry.conv_groups),
                         fmt::format("must divide the {} input channels", chain.channels()));
      chain.add(name, entry.kind, kernel, entry.filters, i == 0 ? entry.stride : 1, alpha);
      chain.set_conv_groups(entry.conv_groups);
    }
    if (!entry.residual) continue;
    const auto source = places.find(*entry.residual);
    if (source == places.end() || source->second + 1 == chain.size())
      throw file_error(where, layer_key(t + 1, "residual"), *entry.residual,
                       "must be the name of an earlier layer");
    chain.add_residual(source->second);
  }
  return chain.finish(options.classes, options.dropout, where);
}

NetworkDescription describe_model(const PresetOptions& options) {
  if (!names_network_file(options.name)) return describe(options);
  return describe(load_layer_list(options.name), options, options.name);
}

}  // namespace colcomb::models
