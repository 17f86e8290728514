#include "colcomb/interchange/import.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>

#include "colcomb/base/error.hpp"
#include "colcomb/interchange/import_graph.hpp"
#include "colcomb/interchange/onnx_reader.hpp"

namespace colcomb::interchange {
namespace {

/// Height or width: the model's, or the option's where the model leaves it open.
std::size_t side(const std::optional<std::int64_t>& found, std::size_t asked, const char* option,
                 const std::string& file) {
  constexpr std::int64_t kMost = 1 << 14;
  if (!found || *found == 0) {
    if (asked == 0) {
      throw option_error(option, "none",
                         fmt::format("must be given: {} leaves height or width open", file));
    }
    return asked;
  }
  if (*found < 1 || *found > kMost)
    throw file_error(file, "input side", fmt::to_string(*found), "must be 1 to 16384");
  if (asked > 0 && asked != static_cast<std::size_t>(*found)) {
    throw option_error(option, fmt::to_string(asked),
                       fmt::format("must be the model's own, {}", *found));
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

InputDescription describe_input(const OnnxGraph& graph, const ImportOptions& options,
                                const std::string& file) {
  if (graph.inputs.size() != 1)
    throw file_error(file, "inputs", fmt::to_string(graph.inputs.size()), "must be one, the image");
  if (graph.outputs.size() != 1)
    throw file_error(file, "outputs", fmt::to_string(graph.outputs.size()), "must be one");
  const OnnxInput& input = graph.inputs.front();
  if (!input.other_type.empty())
    throw file_error(file, "input", input.other_type, "must be a float tensor");
  if (input.dims.size() != 4 || !input.dims[1] || *input.dims[1] < 1 || *input.dims[1] > 1024) {
    throw file_error(file, "input", fmt::format("{} dimensions", input.dims.size()),
                     "must be batch x channels x height x width, with 1 to 1024 channels");
  }
  InputDescription description;
  description.channels = static_cast<std::size_t>(*input.dims[1]);
  description.height = side(input.dims[2], options.input_height, "import.input_height", file);
  description.width = side(input.dims[3], options.input_width, "import.input_width", file);
  description.mean = per_channel("import.mean", options.mean, description.channels);
  description.std = per_channel("import.std", options.std, description.channels);
  return description;
}

}  // namespace

bool ImportedModel::supported() const {
  return std::ranges::all_of(nodes, [](const NodeVerdict& verdict) {
    return verdict.status == NodeVerdict::Status::kSupported;
  });
}

ImportedModel import_onnx(const std::filesystem::path& path, const ImportOptions& options) {
  const OnnxGraph graph = read_onnx(path);
  const InputDescription input = describe_input(graph, options, path.string());
  // A layer gets the pooling that reads it, until another node is found to read its map in front.
  std::set<std::string> unpooled;
  ImportedModel model;
  for (std::size_t found = 0;;) {
    GraphImporter importer(graph, input, options.alpha, unpooled);
    model = importer.run();
    unpooled.insert(importer.read_unpooled().begin(), importer.read_unpooled().end());
    if (unpooled.size() == found) break;
    found = unpooled.size();
  }
  if (model.supported()) validate(model.network, path.string());
  return model;
}

}  // namespace colcomb::interchange
