#include "colcomb/cli/inspect_model.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "colcomb/artifacts/conv_groups.hpp"
#include "colcomb/models/network_file.hpp"

namespace colcomb::cli {
namespace {

struct Size {
  std::size_t weights = 0;     // entries of the filter matrix, those between conv_groups apart
  std::size_t parameters = 0;  // with batch norm's weight and bias per row, or the bias
  std::size_t macs = 0;        // multiply-accumulates per image
};

Size size_of(const LayerDescription& layer) {
  Size size;
  size.weights = weight_count(layer);
  size.parameters = size.weights + (layer.batch_norm ? 2 : 1) * layer.out_channels;
  size.macs = size.weights * layer.sum_pixels();
  return size;
}

}  // namespace

CLI::Option* ModelInspection::add_to(CLI::App& command) {
  CLI::Option* const option = add_model_flags(command, model);
  const auto add = [&](const char* name, std::size_t& value, const char* what) {
    command.add_option(name, value, what)->needs(option)->capture_default_str();
  };
  add("--input-size", input_size, "With --model: height and width of the input, pixels");
  add("--input-channels", input_channels, "With --model: channels of the input");
  add("--n-class", classes, "With --model: number of classes");
  return option;
}

void ModelInspection::print(bool as_json) const {
  models::PresetOptions options = model;
  options.input.channels = input_channels;
  options.input.height = options.input.width = input_size;
  options.input.mean.assign(input_channels, 0.5);  // of no consequence for sizes
  options.input.std.assign(input_channels, 0.25);
  options.classes = classes;
  const NetworkDescription network = models::describe_model(options);

  nlohmann::ordered_json layers = nlohmann::ordered_json::array();
  std::string text;
  Size total;
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    const LayerDescription& layer = network.layer(i);
    const Size size = size_of(layer);
    total.weights += size.weights;
    total.parameters += size.parameters;
    total.macs += size.macs;
    std::string added;
    nlohmann::ordered_json json = {{"name", layer.name},         {"kind", kind_name(network, i)},
                                   {"rows", layer.out_channels}, {"columns", layer.columns.size()},
                                   {"alpha", layer.alpha},       {"stride", layer.stride},
                                   {"weights", size.weights},    {"macs", size.macs}};
    if (layer.conv_groups > 1) {
      json["conv_groups"] = layer.conv_groups;
      added = fmt::format(" in {} conv_groups", layer.conv_groups);
    }
    if (layer.residual) {
      const std::string& source = network.hidden[*layer.residual].name;
      const std::size_t stride = residual_stride(network, i);
      json["residual"] = source;
      json["residual_stride"] = stride;
      added += fmt::format(" adds {}", source);
      if (stride > 1) added += fmt::format(" with stride {}", stride);
    }
    layers.push_back(std::move(json));
    text += fmt::format(
        "  {:<16} {:<11} {:>4} x {:<5} alpha {:<2} stride {} output {:>2} x {:<2} weights {:>7} "
        "MACs {:>9}{}\n",
        layer.name, kind_name(network, i), layer.out_channels, layer.columns.size(), layer.alpha,
        layer.stride, layer.out_height(), layer.out_width(), size.weights, size.macs, added);
  }
  if (as_json) {
    const nlohmann::ordered_json json = {
        {"kind", "model"},   {"name", options.name},           {"width", options.width},
        {"layers", layers},  {"parameters", total.parameters}, {"weights", total.weights},
        {"macs", total.macs}};
    fmt::print("{}\n", json.dump(2));
    return;
  }
  fmt::print("{} at width {}; input {} x {} x {}, {} layers, {} classes\n{}", options.name,
             options.width, input_channels, input_size, input_size, network.layer_count(), classes,
             text);
  fmt::print("{} parameters, {} of them weights; {} multiply-accumulates per image\n",
             total.parameters, total.weights, total.macs);
}

}  // namespace colcomb::cli
