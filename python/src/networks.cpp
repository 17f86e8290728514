#include <fmt/format.h>

#include "colcomb/allocation/combine_for_array.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/combining/combine_network.hpp"
#include "colcomb/evaluation/float_evaluation.hpp"
#include "colcomb/report/allocation_table.hpp"
#include "colcomb/report/combining_table.hpp"
#include "colcomb/report/json.hpp"
#include "colcomb/report/quantization_report.hpp"
#include "colcomb/stages/quantize.hpp"
#include "python/src/core.hpp"

namespace colcomb::python {

inference::Engine& PackedNetwork::engine() {
  if (!engine_) engine_ = std::make_unique<inference::Engine>(*network_, options_);
  return *engine_;
}

void PackedNetwork::run(std::span<const std::uint8_t> images, std::span<std::int32_t> logits) {
  const py::gil_scoped_release release;  // before the lock: its holder may wait for the GIL
  const std::scoped_lock lock(mutex_);
  engine().run(images, logits);
}

std::string PackedNetwork::kernel() {
  const py::gil_scoped_release release;
  const std::scoped_lock lock(mutex_);
  return engine().kernel();
}

ProgressFunction progress_of(const std::optional<py::function>& progress) {
  if (!progress) return nullptr;
  return [&progress](std::size_t done, std::size_t total) {
    const py::gil_scoped_acquire acquire;
    (*progress)(done, total);
  };
}

namespace {

std::string shape_text(const py::array& array) {
  std::string text;
  for (py::ssize_t d = 0; d < array.ndim(); ++d)
    text += (d == 0 ? "" : " x ") + fmt::to_string(array.shape(d));
  return text.empty() ? "a number" : text;
}

/// Number of images; 1 for a single C x H x W.
py::ssize_t count_images(const py::array& images, const InputDescription& input,
                         const char* field) {
  if (!py::isinstance<py::array_t<std::uint8_t>>(images)) {
    throw option_error(field, std::string(py::str(images.dtype())),
                       "must be raw pixels, numbers of type uint8");
  }
  const py::ssize_t first = images.ndim() - 3;
  const bool fits = (first == 0 || first == 1) &&
                    images.shape(first) == static_cast<py::ssize_t>(input.channels) &&
                    images.shape(first + 1) == static_cast<py::ssize_t>(input.height) &&
                    images.shape(first + 2) == static_cast<py::ssize_t>(input.width);
  if (!fits) {
    throw option_error(field, shape_text(images),
                       fmt::format("must be images of {0} x {1} x {2}: count x {0} x {1} x {2}",
                                   input.channels, input.height, input.width));
  }
  return first == 0 ? 1 : images.shape(0);
}

py::array run_packed(PackedNetwork& packed, const py::array& images,
                     const std::optional<py::array>& out) {
  const InputDescription& input = packed.network().description.input;
  const py::ssize_t count = count_images(images, input, "images");
  const auto classes = static_cast<py::ssize_t>(packed.network().description.classes);
  // The same object where it lies row by row already.
  const auto rows = Array<std::uint8_t>::ensure(images);
  std::vector<py::ssize_t> shape;
  if (images.ndim() == 4) shape.push_back(count);
  shape.push_back(classes);
  py::array logits;
  if (!out) {
    logits = py::array_t<std::int32_t>(shape);
  } else {
    logits = *out;
    const bool fits = py::isinstance<Array<std::int32_t>>(logits) &&
                      logits.ndim() == static_cast<py::ssize_t>(shape.size()) &&
                      std::equal(shape.begin(), shape.end(), logits.shape()) && logits.writeable();
    if (!fits) {
      throw option_error(
          "out", shape_text(logits) + " of " + std::string(py::str(logits.dtype())),
          fmt::format("must be writeable, contiguous int32 of {} x {}", count, classes));
    }
  }
  packed.run(
      {rows.data(), static_cast<std::size_t>(rows.size())},
      {static_cast<std::int32_t*>(logits.mutable_data()), static_cast<std::size_t>(logits.size())});
  return logits;
}

py::array column_table(const std::vector<Column>& columns) {
  std::vector<std::int32_t> table;
  for (const Column& column : columns) {
    table.push_back(column.channel);
    table.push_back(column.dy);
    table.push_back(column.dx);
  }
  return array_of(std::move(table), {static_cast<py::ssize_t>(columns.size()), 3});
}

/// What both kinds of networks say of a layer.
py::dict description_of(const NetworkDescription& network, std::size_t index) {
  const LayerDescription& layer = network.layer(index);
  py::dict result;
  result["name"] = layer.name;
  result["kind"] = kind_name(network, index);
  result["columns"] = column_table(layer.columns);
  result["alpha"] = layer.alpha;
  result["stride"] = layer.stride;
  result["conv_groups"] = layer.conv_groups;
  result["fixed"] = layer.fixed;
  result["in_shape"] = py::make_tuple(layer.in_channels, layer.in_height, layer.in_width);
  result["out_shape"] = py::make_tuple(layer.out_channels, layer.out_height(), layer.out_width());
  return result;
}

py::list packed_layers(const py::object& self) {
  const QuantizedNetwork& network = self.cast<PackedNetwork&>().network();
  py::list layers;
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    const QuantizedLayer& layer = network.layer(i);
    py::dict result = description_of(network.description, i);
    result["values"] = view_of(layer.weights.values, self);
    result["selects"] = view_of(layer.weights.selects, self);
    result["groups"] = layer.weights.groups.groups;
    result["bias"] =
        view_of<std::int32_t>(layer.bias, {static_cast<py::ssize_t>(layer.bias.size())}, self);
    result["padding"] = view_of<std::uint8_t>(
        layer.padding, {static_cast<py::ssize_t>(layer.padding.size())}, self);
    result["fraction_bits"] = layer.fraction_bits;
    result["weight_code"] = name_of(layer.weight_code);
    result["row_exponents"] = view_of<std::uint8_t>(
        layer.row_exponents, {static_cast<py::ssize_t>(layer.row_exponents.size())}, self);
    layers.append(result);
  }
  return layers;
}

py::list float_layers(const py::object& self) {
  const FloatNetwork& network = self.cast<Checkpoint&>().network;
  py::list layers;
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    const FloatLayer& layer = network.layer(i);
    py::dict result = description_of(network.description, i);
    result["weights"] = view_of(layer.weights, self);
    result["mask"] = py::none();
    if (!layer.mask.empty()) result["mask"] = view_of(layer.mask, self);
    result["groups"] = py::none();
    if (layer.groups) result["groups"] = layer.groups->groups;
    result["bias"] =
        view_of<float>(layer.bias, {static_cast<py::ssize_t>(layer.bias.size())}, self);
    layers.append(result);
  }
  return layers;
}

py::tuple input_shape(const NetworkDescription& network) {
  return py::make_tuple(network.input.channels, network.input.height, network.input.width);
}

py::array float_logits(const Checkpoint& checkpoint, const py::array& images,
                       const std::optional<py::function>& progress) {
  const std::vector<std::uint8_t> bytes =
      image_bytes(images, checkpoint.network.description.input, "images");
  Matrix<float> logits;
  {
    const py::gil_scoped_release release;
    logits = evaluation::float_logits(checkpoint.network, bytes, progress_of(progress));
  }
  return array_of(logits);
}

/// What `pack` does to a checkpoint: (checkpoint, report, gaps by layer, allocation or None).
py::tuple pack_network(const Checkpoint& given, const std::string& origin,
                       std::optional<std::size_t> alpha, double gamma, const std::string& policy,
                       double prune, std::optional<double> prune_rate, double prune_rate_alpha1,
                       bool fill_empty_cells, std::uint64_t seed, const std::string& objective,
                       std::size_t groups_target, std::size_t tiles_target,
                       const std::string& array, bool fit, const std::optional<std::string>& budget,
                       const std::string& technology, std::size_t threads) {
  auto packed = std::make_shared<Checkpoint>();
  std::optional<AllocationReport> allocation;
  CombiningReport report;
  std::vector<std::optional<double>> gaps;
  {
    const py::gil_scoped_release release;
    packed->network = given.network;
    packed->origin = origin;
    const ArrayConfig config = describe_array(array, alpha.value_or(1));
    combining::NetworkCombineOptions options;
    options.grouping.alpha = alpha.value_or(options.grouping.alpha);
    options.grouping.gamma = gamma;
    options.grouping.policy = combining::parse_policy(policy);
    options.grouping.seed = seed;
    options.grouping.groups_target = groups_target;
    if (objective != "magnitude" && objective != "square")
      throw option_error("objective", objective, "must be magnitude or square");
    if (objective == "square") options.grouping.objective = combining::Objective::kSquare;
    combining::check(options.grouping);
    options.bound = true;
    options.threads = threads > 0 ? threads : available_threads();
    combining::NetworkCombined combined;
    if (fit || budget) {
      allocation::CombineForArrayOptions for_array;
      for_array.alpha = alpha;
      if (budget) for_array.budget = allocation::parse_budget(*budget, technology);
      for_array.policy = options.grouping.policy;
      for_array.objective = options.grouping.objective;
      for_array.seed = seed;
      for_array.bound = true;
      for_array.threads = options.threads;
      auto result = allocation::combine_for_array(packed->network, config, for_array);
      allocation = std::move(result.allocation);
      combined = std::move(result.combined);
    } else {
      options.pruning.rate = prune_rate.value_or(prune);
      options.pruning.less_for_small_alpha = prune_rate.has_value();
      options.pruning.rate_alpha_one = prune_rate_alpha1;
      options.alpha = alpha;
      options.fill_empty_cells = fill_empty_cells;
      options.tiles_target = tiles_target;
      options.array_rows = config.rows;
      options.array_cols = config.columns;
      combined = combining::combine_network(packed->network, options);
    }
    packed->training.allocation = allocation;
    report = combining::report_network(packed->network, config.rows, config.columns);
    gaps.resize(report.layers.size());
    for (const combining::LayerCombined& layer : combined.layers)
      gaps[layer.layer] = layer.gap_to_bound;
  }
  py::object allocated = py::none();
  if (allocation) {
    allocated = py::cast(
        Report(report::to_json(*allocation).dump(), report::allocation_table(*allocation)));
  }
  return py::make_tuple(packed,
                        Report(report::to_json(report).dump(), report::combining_table(report)),
                        gaps, allocated);
}

WeightCode weight_code(const std::string& name) {
  for (const WeightCode code : {WeightCode::kInt8, WeightCode::kPowerOfTwo}) {
    if (name == name_of(code)) return code;
  }
  throw option_error("weights", name, "must be int8 or pow2");
}

WeightScales weight_scales(const std::string& name) {
  for (const WeightScales scales : {WeightScales::kLayer, WeightScales::kChannel}) {
    if (name == name_of(scales)) return scales;
  }
  throw option_error("weight_scales", name, "must be layer or channel");
}

/// (packed network, check or None, routing per layer).
py::tuple quantize_network(const Checkpoint& checkpoint, const std::string& origin,
                           const std::string& weights, const std::string& scales,
                           std::optional<std::uint32_t> pooling_fraction_bits,
                           const std::optional<py::array>& images,
                           const std::optional<std::vector<std::int32_t>>& labels,
                           const std::string& dataset, const std::filesystem::path& root,
                           const std::filesystem::path& folder, std::size_t calibration_images,
                           bool permute_rows, std::size_t check_images, std::size_t threads,
                           const std::optional<py::function>& progress) {
  stages::QuantizeOptions options;
  options.weights = weight_code(weights);
  options.scales = weight_scales(scales);
  options.pooling_fraction_bits = pooling_fraction_bits;
  if (pooling_fraction_bits && *pooling_fraction_bits > kMaxPoolingFractionBits) {
    throw option_error("quantization.pooling_fraction_bits", fmt::to_string(*pooling_fraction_bits),
                       "must be 0 to 8");
  }
  options.data.name = dataset;
  options.data.root = root;
  options.calibration_folder = folder;
  if (images) {
    options.raw_images.pixels =
        image_bytes(*images, checkpoint.network.description.input, "calibration.images");
  }
  if (labels) options.raw_images.labels = *labels;
  options.calibration_images = calibration_images;
  options.permute_rows = permute_rows;
  options.check_images = check_images;
  options.progress = progress_of(progress);
  stages::Quantized quantized;
  {
    const py::gil_scoped_release release;
    quantized = stages::quantize(checkpoint.network, options, origin);
  }
  py::object check = py::none();
  if (quantized.check) {
    check = py::cast(Report(report::to_json(*quantized.check).dump(),
                            report::quantization_table(*quantized.check)));
  }
  py::list routing;
  for (std::size_t i = 0; i < quantized.routing.size(); ++i) {
    const combining::LayerRouting& layer = quantized.routing[i];
    routing.append(py::make_tuple(quantized.network.description.layer(i).name,
                                  layer.contiguous_groups, layer.groups, layer.needs_switchbox()));
  }
  inference::EngineOptions engine;
  engine.threads = threads;
  return py::make_tuple(
      std::make_shared<PackedNetwork>(std::move(quantized.network), std::move(engine)), check,
      routing);
}

std::shared_ptr<PackedNetwork> load_packed(const std::filesystem::path& path, std::size_t threads,
                                           const std::string& kernel) {
  inference::EngineOptions options;
  options.threads = threads;
  options.kernel = kernel;
  const auto names = inference::kernel_names();
  if (!kernel.empty() && std::ranges::find(names, kernel) == names.end()) {
    std::string known;
    for (const std::string& name : names) known += (known.empty() ? "" : ", ") + name;
    throw option_error("kernel", kernel, "must be one of " + known);
  }
  const py::gil_scoped_release release;
  return std::make_shared<PackedNetwork>(load_packed_network(path), std::move(options));
}

py::object samples(const py::object& self) {
  const QuantizedNetwork& network = self.cast<PackedNetwork&>().network();
  const InputDescription& input = network.description.input;
  const auto count = static_cast<py::ssize_t>(network.samples.count());
  return py::make_tuple(view_of<std::uint8_t>(network.samples.pixels,
                                              {count, static_cast<py::ssize_t>(input.channels),
                                               static_cast<py::ssize_t>(input.height),
                                               static_cast<py::ssize_t>(input.width)},
                                              self),
                        view_of<std::int32_t>(network.samples.labels, {count}, self));
}

}  // namespace

std::vector<std::uint8_t> image_bytes(const py::array& images, const InputDescription& input,
                                      const char* field) {
  count_images(images, input, field);
  const auto rows = Array<std::uint8_t>::ensure(images);
  return {rows.data(), rows.data() + rows.size()};
}

void bind_networks(py::module_& module) {
  using std::filesystem::path;
  py::class_<Checkpoint, std::shared_ptr<Checkpoint>>(module, "Checkpoint")
      .def_static("load",
                  [](const path& file) {
                    const py::gil_scoped_release release;
                    return std::make_shared<Checkpoint>(load_checkpoint(file));
                  })
      .def("save",
           [](const Checkpoint& self, const path& file) {
             const py::gil_scoped_release release;
             save_checkpoint(self, file);
           })
      .def("layers", [](const py::object& self) { return float_layers(self); })
      .def("run", &float_logits)
      .def("report",
           [](const Checkpoint& self, const std::string& array) {
             const ArrayConfig config = describe_array(array, 1);
             const auto report =
                 combining::report_network(self.network, config.rows, config.columns);
             return Report(report::to_json(report).dump(), report::combining_table(report));
           })
      .def_readonly("origin", &Checkpoint::origin)
      .def_property_readonly(
          "input_shape",
          [](const Checkpoint& self) { return input_shape(self.network.description); })
      .def_property_readonly(
          "classes", [](const Checkpoint& self) { return self.network.description.classes; })
      .def_property_readonly(
          "dataset", [](const Checkpoint& self) { return self.network.description.data.name; });
  py::class_<PackedNetwork, std::shared_ptr<PackedNetwork>>(module, "PackedNetwork")
      .def_static("load", &load_packed)
      .def("save",
           [](const PackedNetwork& self, const path& file) {
             const py::gil_scoped_release release;
             save_packed_network(self.network(), file);
           })
      .def("run", &run_packed, py::arg("images"), py::arg("out"))
      .def("layers", [](const py::object& self) { return packed_layers(self); })
      .def("samples", &samples)
      .def_property_readonly("kernel", &PackedNetwork::kernel)
      .def_property_readonly(
          "pooling_fraction_bits",
          [](const PackedNetwork& self) { return self.network().pooling.fraction_bits; })
      .def_property_readonly("origin",
                             [](const PackedNetwork& self) { return self.network().origin; })
      .def_property_readonly("logit_scale",
                             [](const PackedNetwork& self) { return logit_scale(self.network()); })
      .def_property_readonly(
          "input_shape",
          [](const PackedNetwork& self) { return input_shape(self.network().description); })
      .def_property_readonly(
          "classes", [](const PackedNetwork& self) { return self.network().description.classes; })
      .def_property_readonly(
          "class_names",
          [](const PackedNetwork& self) { return self.network().description.data.class_names; })
      .def_property_readonly("dataset", [](const PackedNetwork& self) {
        return self.network().description.data.name;
      });
  module.def("pack_network", &pack_network, py::arg("network"), py::kw_only(), py::arg("origin"),
             py::arg("alpha"), py::arg("gamma"), py::arg("policy"), py::arg("prune"),
             py::arg("prune_rate"), py::arg("prune_rate_alpha1"), py::arg("fill_empty_cells"),
             py::arg("seed"), py::arg("objective"), py::arg("groups_target"),
             py::arg("tiles_target"), py::arg("array"), py::arg("fit"), py::arg("budget"),
             py::arg("technology"), py::arg("threads"));
  module.def("quantize", &quantize_network, py::arg("network"), py::kw_only(), py::arg("origin"),
             py::arg("weights"), py::arg("weight_scales"), py::arg("pooling_fraction_bits"),
             py::arg("images"), py::arg("labels"), py::arg("dataset"), py::arg("dataset_root"),
             py::arg("folder"), py::arg("calibration_images"), py::arg("permute_rows"),
             py::arg("check_images"), py::arg("threads"), py::arg("progress"));
  module.def("kernel_names", [] { return inference::kernel_names(); });
}

}  // namespace colcomb::python
