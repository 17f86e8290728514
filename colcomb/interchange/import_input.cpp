#include "colcomb/interchange/import_input.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "colcomb/base/error.hpp"

namespace colcomb::interchange {
namespace {

using Integers = std::vector<std::int64_t>;
using Extent = std::optional<std::int64_t>;

constexpr std::int64_t kMostSide = 1 << 14;
constexpr std::int64_t kMostChannels = 1024;

bool is_colour(const Extent& extent) {
  return extent == 1 || extent == 3;
}

const OnnxNode* first_reader(const OnnxGraph& graph, const std::string& name) {
  for (const OnnxNode& node : graph.nodes) {
    if (std::ranges::find(node.inputs, name) != node.inputs.end()) return &node;
  }
  return nullptr;
}

/// The first node that reads the image's dimensions, behind those that work number by number.
const OnnxNode* revealing_node(const OnnxGraph& graph, std::string name) {
  static const std::set<std::string> blind = {"Add",      "Cast", "Clip", "Div", "Dropout",
                                              "Identity", "Mul",  "Pad",  "Sub"};
  for (const OnnxNode* node = first_reader(graph, name); node != nullptr;
       node = first_reader(graph, name)) {
    if (!blind.contains(node->op)) return node;
    name = node->outputs.empty() ? "" : node->outputs.front();
  }
  return nullptr;
}

bool is_channels_last(const OnnxGraph& graph, const OnnxInput& input) {
  const OnnxNode* const node = revealing_node(graph, input.name);
  if (node != nullptr && node->op == "Transpose") {
    const auto found = node->attributes.find("perm");
    const auto* perm =
        found == node->attributes.end() ? nullptr : std::get_if<Integers>(&found->second);
    return perm != nullptr && *perm == Integers{0, 3, 1, 2};
  }
  static const std::set<std::string> blind = {"Flatten", "MatMul", "Reshape", "Shape", "Squeeze"};
  const bool tells = node != nullptr && !blind.contains(node->op);
  return !tells && is_colour(input.dims[3]) && !is_colour(input.dims[1]);
}

/// Height or width: the model's, or the option's where the model leaves it open.
std::size_t side(const Extent& found, std::size_t asked, const char* option,
                 const std::string& file) {
  if (!found || *found == 0) {
    if (asked == 0) {
      throw option_error(option, "none",
                         fmt::format("must be given: {} leaves height or width open", file));
    }
    return asked;
  }
  if (*found < 1 || *found > kMostSide)
    throw file_error(file, "input side", fmt::to_string(*found), "must be 1 to 16384");
  if (asked > 0 && asked != static_cast<std::size_t>(*found)) {
    throw option_error(option, fmt::to_string(asked),
                       fmt::format("must be the model's own, {}", *found));
  }
  return static_cast<std::size_t>(*found);
}

std::size_t channels_of(const Extent& found, const std::string& file) {
  if (!found || *found < 1 || *found > kMostChannels) {
    throw file_error(file, "input channels", found ? fmt::to_string(*found) : "left open",
                     "must be 1 to 1024");
  }
  return static_cast<std::size_t>(*found);
}

std::vector<double> per_channel(const char* option, const std::vector<double>& values,
                                std::size_t channels) {
  if (values.size() == channels) return values;
  if (values.size() == 1) return std::vector<double>(channels, values.front());
  throw option_error(option, fmt::format("{} values", values.size()),
                     fmt::format("must be one, or one per channel of the model's {}", channels));
}

/// Channels, height and width that a Reshape gives a vector, channels first.
std::optional<Integers> reshaped_to(const OnnxGraph& graph, const OnnxInput& input) {
  const OnnxNode* const node = revealing_node(graph, input.name);
  if (node == nullptr || node->op != "Reshape" || node->inputs.size() < 2) return std::nullopt;
  const auto shape = graph.initializers.find(node->inputs[1]);
  if (shape == graph.initializers.end() || shape->second.integers.size() != 4) return std::nullopt;
  const Integers dims(shape->second.integers.begin() + 1, shape->second.integers.end());
  const bool fixed =
      std::ranges::all_of(dims, [](std::int64_t d) { return d > 0 && d <= kMostSide; });
  return fixed ? std::optional(dims) : std::nullopt;
}

/// One vector of pixels per image.
Shape vector_shape(const OnnxGraph& graph, const OnnxInput& input, const ImportOptions& options,
                   const std::string& file) {
  const Extent& found = input.dims[1];
  constexpr std::int64_t kMostPixels = 1 << 24;
  if (!found || *found < 1 || *found > kMostPixels) {
    throw file_error(file, "input values", found ? fmt::to_string(*found) : "left open",
                     "must be 1 to 2^24");
  }
  const auto size = static_cast<std::size_t>(*found);
  Shape shape{0, options.input_height, options.input_width, Order::kVector};
  const auto given = reshaped_to(graph, input);
  if (given) {
    shape.channels = static_cast<std::size_t>((*given)[0]);
    shape.height = side((*given)[1], options.input_height, "import.input_height", file);
    shape.width = side((*given)[2], options.input_width, "import.input_width", file);
  } else {
    for (const std::size_t channels : {1, 3}) {
      const auto edge = static_cast<std::size_t>(
          std::llround(std::sqrt(static_cast<double>(size) / static_cast<double>(channels))));
      if (shape.height != 0 || edge * edge * channels != size) continue;
      shape.height = shape.width = edge;
    }
    shape.channels = size / std::max<std::size_t>(shape.height * shape.width, 1);
  }
  if (shape.height == 0 || shape.channels > kMostChannels || shape.size() != size) {
    const bool asked = options.input_height > 0;
    throw option_error(
        "import.input_height",
        asked ? fmt::format("{} x {}", options.input_height, options.input_width) : "none",
        fmt::format("must be {}the image's height and width, channels first, of the {} values that "
                    "{} reads",
                    asked ? "" : "given, ", size, file));
  }
  return shape;
}

Shape image_shape(const OnnxGraph& graph, const OnnxInput& input, const ImportOptions& options,
                  const std::string& file) {
  const std::size_t rank = input.dims.size();
  if (rank < 2 || rank > 4) {
    throw file_error(file, "input", fmt::format("{} dimensions", rank),
                     "must be batch x channels x height x width, batch x height x width x "
                     "channels, batch x height x width, or batch x values");
  }
  if (rank == 2) return vector_shape(graph, input, options, file);
  const auto sides = [&](std::size_t y) {
    return std::pair(side(input.dims[y], options.input_height, "import.input_height", file),
                     side(input.dims[y + 1], options.input_width, "import.input_width", file));
  };
  const bool last = rank == 4 && is_channels_last(graph, input);
  const auto [height, width] = sides(rank == 4 && !last ? 2 : 1);
  if (rank == 3) return {1, height, width, Order::kNoChannels};
  return {channels_of(input.dims[last ? 3 : 1], file), height, width,
          last ? Order::kChannelsLast : Order::kChannelsFirst};
}

}  // namespace

ImageInput describe_input(const OnnxGraph& graph, const ImportOptions& options,
                          const std::string& file) {
  if (graph.inputs.size() != 1)
    throw file_error(file, "inputs", fmt::to_string(graph.inputs.size()), "must be one, the image");
  if (graph.outputs.size() != 1) {
    throw file_error(file, "outputs", fmt::to_string(graph.outputs.size()),
                     "must be one, the classes' scores: onnx.utils.extract_model cuts the others "
                     "off");
  }
  const OnnxInput& input = graph.inputs.front();
  if (!input.other_type.empty()) {
    throw file_error(file, "input", input.other_type,
                     "must be a float tensor: export the model in float, without quantization");
  }
  ImageInput result;
  result.shape = image_shape(graph, input, options, file);
  constexpr std::int64_t kMostBatch = 1 << 16;
  const Extent& batch = input.dims.front();
  if (batch && *batch > 0 && *batch <= kMostBatch) result.batch = *batch;
  InputDescription& description = result.description;
  description.channels = result.shape.channels;
  description.height = result.shape.height;
  description.width = result.shape.width;
  description.mean = per_channel("import.mean", options.mean, description.channels);
  description.std = per_channel("import.std", options.std, description.channels);
  return result;
}

}  // namespace colcomb::interchange
