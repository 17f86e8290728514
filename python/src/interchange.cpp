#include <fmt/format.h>

#include "colcomb/base/error.hpp"
#include "colcomb/base/suggestion.hpp"
#include "colcomb/interchange/export.hpp"
#include "colcomb/stages/import_model.hpp"
#include "python/src/core.hpp"

namespace colcomb::python {
namespace {

using interchange::LimitChoice;
using interchange::NodeVerdict;

LimitChoice choice_of(const std::string& name) {
  std::vector<std::string> names;
  for (const auto& [known, choice] : interchange::limit_choices()) {
    if (known == name) return choice;
    names.push_back(known);
  }
  throw option_error("calibration", name, must_be_one_of(name, names));
}

py::list nodes_of(const interchange::ImportedModel& model) {
  py::list nodes;
  for (const NodeVerdict& node : model.nodes)
    nodes.append(py::make_tuple(node.node, node.op, name_of(node.status), node.text, node.advice));
  return nodes;
}

/// What the model's nodes become, of any model: (node, op, status, text, advice) of each.
py::list inspect_onnx(const std::filesystem::path& path, std::size_t height, std::size_t width) {
  stages::ImportModelOptions options;
  options.nodes_alone = true;
  options.input_height = height;
  options.input_width = width;
  interchange::ImportedModel model;
  {
    const py::gil_scoped_release release;
    model = stages::read_model(path, options);
  }
  return nodes_of(model);
}

/// (checkpoint, nodes, (limit, saturated, weights' name) per hidden layer, the logits' divisor).
py::tuple import_onnx(const std::filesystem::path& path, const std::vector<double>& mean,
                      const std::vector<double>& std, std::size_t height, std::size_t width,
                      std::size_t alpha, std::optional<double> activation_limit,
                      const std::string& calibration, double saturated_fraction,
                      const std::optional<py::array>& images, const std::string& dataset,
                      const std::filesystem::path& root, const std::filesystem::path& folder,
                      std::size_t calibration_images, const std::optional<py::function>& progress) {
  stages::ImportModelOptions options;
  options.mean = mean;
  options.std = std;
  options.input_height = height;
  options.input_width = width;
  if (alpha < 1 || alpha > kMaxAlpha)
    throw option_error("alpha", fmt::to_string(alpha), "must be 1 to 64");
  options.alpha = alpha;
  if (activation_limit && !(*activation_limit > 0))
    throw option_error("activation_limit", fmt::to_string(*activation_limit), "must be above 0");
  options.activation_limit = activation_limit;
  options.choice = choice_of(calibration);
  if (!(saturated_fraction >= 0 && saturated_fraction <= 1))
    throw option_error("saturated_fraction", fmt::to_string(saturated_fraction), "must be 0 to 1");
  options.saturated_fraction = saturated_fraction;
  options.data.name = dataset;
  options.data.root = root;
  options.calibration_folder = folder;
  options.calibration_images = calibration_images;
  options.progress = progress_of(progress);
  interchange::ImportedModel model;
  {
    const py::gil_scoped_release release;
    model = stages::read_model(path, options);
    stages::require_supported(model, path);
  }
  if (images) {
    options.raw_images =
        image_bytes(*images, model.network.description.input, "calibration.images");
  }
  stages::CompletedImport completed;
  {
    const py::gil_scoped_release release;
    completed = stages::complete_import(model, path, options);
  }
  py::list limits;
  for (std::size_t i = 0; i < completed.limits.size(); ++i) {
    limits.append(py::make_tuple(completed.limits[i].limit, completed.limits[i].saturated,
                                 model.weights_names[i]));
  }
  return py::make_tuple(std::make_shared<Checkpoint>(std::move(completed.checkpoint)),
                        nodes_of(model), limits, completed.logit_divisor);
}

void export_onnx(const PackedNetwork& packed, const std::filesystem::path& path,
                 const std::string& form) {
  interchange::ExportOptions options;
  for (const auto known : {interchange::OnnxForm::kInteger, interchange::OnnxForm::kQdq,
                           interchange::OnnxForm::kFloat}) {
    if (form != name_of(known)) continue;
    options.form = known;
    const py::gil_scoped_release release;
    interchange::save_onnx(packed.network(), options, path);
    return;
  }
  throw option_error("form", form, "must be integer, qdq or float");
}

}  // namespace

void bind_interchange(py::module_& module) {
  module.def("inspect_onnx", &inspect_onnx);
  module.def("import_onnx", &import_onnx, py::arg("path"), py::kw_only(), py::arg("mean"),
             py::arg("std"), py::arg("height"), py::arg("width"), py::arg("alpha"),
             py::arg("activation_limit"), py::arg("calibration"), py::arg("saturated_fraction"),
             py::arg("images"), py::arg("dataset"), py::arg("dataset_root"), py::arg("folder"),
             py::arg("calibration_images"), py::arg("progress"));
  module.def("export_onnx", &export_onnx);
}

}  // namespace colcomb::python
