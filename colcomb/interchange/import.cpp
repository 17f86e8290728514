#include "colcomb/interchange/import.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string>

#include "colcomb/interchange/import_graph.hpp"
#include "colcomb/interchange/onnx_reader.hpp"

namespace colcomb::interchange {

const char* name_of(NodeVerdict::Status status) {
  switch (status) {
    case NodeVerdict::Status::kSupported:
      return "ok";
    case NodeVerdict::Status::kUnsupported:
      return "unsupported";
    case NodeVerdict::Status::kUnchecked:
      return "unchecked";
  }
  return "";
}

const std::vector<std::pair<std::string, LimitChoice>>& limit_choices() {
  static const std::vector<std::pair<std::string, LimitChoice>> choices = {
      {"min-max", LimitChoice::kMinMax},
      {"percentile", LimitChoice::kPercentile},
      {"mse", LimitChoice::kLeastError}};
  return choices;
}

bool ImportedModel::supported() const {
  return std::ranges::all_of(nodes, [](const NodeVerdict& verdict) {
    return verdict.status == NodeVerdict::Status::kSupported;
  });
}

ImportedModel import_onnx(const std::filesystem::path& path, const ImportOptions& options) {
  const OnnxGraph graph = read_onnx(path);
  const ImageInput input = describe_input(graph, options, path.string());
  const GroupsByWeights groups = read_groups(graph, path.string());
  // A layer gets the pooling that reads it, until another node is found to read its map in front.
  std::set<std::string> unpooled;
  ImportedModel model;
  for (std::size_t found = 0;;) {
    GraphImporter importer(graph, input, options.alpha, groups, unpooled);
    model = importer.run();
    unpooled.insert(importer.read_unpooled().begin(), importer.read_unpooled().end());
    if (unpooled.size() == found) break;
    found = unpooled.size();
  }
  if (model.supported()) validate(model.network, path.string());
  return model;
}

}  // namespace colcomb::interchange
