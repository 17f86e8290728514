#include <algorithm>
#include <optional>

#include "colcomb/allocation/suggest.hpp"
#include "colcomb/artifacts/sealed_file.hpp"
#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/report/cost_json.hpp"
#include "colcomb/report/cost_table.hpp"
#include "colcomb/report/json.hpp"
#include "colcomb/report/program_json.hpp"
#include "colcomb/report/program_listing.hpp"
#include "colcomb/report/simulation_json.hpp"
#include "colcomb/report/simulation_table.hpp"
#include "colcomb/report/suggestions.hpp"
#include "colcomb/report/timeline_json.hpp"
#include "colcomb/stages/cost.hpp"
#include "colcomb/stages/simulate.hpp"
#include "colcomb/tiling/compile.hpp"
#include "python/src/core.hpp"

namespace colcomb::python {
namespace {

namespace fs = std::filesystem;

Report suggest(const NetworkDescription& network, const std::vector<std::size_t>& groups,
               const std::string& array) {
  const py::gil_scoped_release release;
  const SuggestionReport report =
      allocation::suggest(network, groups, describe_array(array, stages::largest_alpha(network)));
  return {report::to_json(report).dump(), report::suggestion_table(report)};
}

Report suggest_packed(const PackedNetwork& packed, const std::string& array) {
  std::vector<std::size_t> groups;
  for (const QuantizedLayer& layer : packed.network().all())
    groups.push_back(layer.weights.groups.size());
  return suggest(packed.network().description, groups, array);
}

Report suggest_float(const Checkpoint& checkpoint, const std::string& array) {
  std::vector<std::size_t> groups;
  for (const FloatLayer& layer : checkpoint.network.all())
    groups.push_back(layer.groups ? layer.groups->size() : layer.weights.cols());
  return suggest(checkpoint.network.description, groups, array);
}

stages::Engine engine_of(const std::string& name) {
  if (name == "fast") return stages::Engine::kFast;
  if (name == "exact") return stages::Engine::kExact;
  if (name == "both") return stages::Engine::kBoth;
  throw option_error("engine", name, "must be fast, exact or both");
}

Report report_of(const stages::CostRun& run) {
  nlohmann::ordered_json json = report::to_json(run.cost);
  json["comparison"] = nullptr;
  std::string text = report::cost_table(run.cost);
  if (run.comparison) {
    json["comparison"] = report::to_json(*run.comparison);
    text += '\n' + report::cost_comparison_table(*run.comparison);
  }
  return {json.dump(), text};
}

struct SimulateArguments {
  std::string engine;
  std::size_t threads;
  bool baselines;
  std::string technology;
  std::optional<fs::path> timeline;
  std::optional<py::function> progress;

  [[nodiscard]] stages::SimulateOptions options() const {
    stages::SimulateOptions result;
    result.engine = engine_of(engine);
    result.threads = threads;
    result.baselines = baselines;
    result.timeline = timeline.has_value();
    result.progress = progress_of(progress);
    return result;
  }
};

/// (report, logits N x classes, images equal to the integer network's or None, cost or None).
/// Errors: UserError where the machine's outputs are not the network's.
py::tuple result_of(const stages::SimulationRun& run, const SimulateArguments& given,
                    std::size_t classes) {
  if (!run.first_difference.empty()) {
    throw failure("simulate", "the machine's outputs differ from the integer network's, first at " +
                                  run.first_difference);
  }
  const SimulationResult& result = run.simulation.result;
  auto json = report::to_json(result, true);
  if (!run.baselines.empty()) json["comparison"] = report::to_json(run.baselines);
  std::string text = report::simulation_table(result);
  if (!run.baselines.empty()) text += '\n' + report::comparison_table(run.baselines);
  py::object cost = py::none();
  if (!given.technology.empty()) {
    stages::CostStageOptions options;
    options.technology = given.technology;
    cost = py::cast(report_of(stages::cost_of_run(result, run.baselines, options)));
  }
  if (run.timeline) write_file_atomically(*given.timeline, report::timeline_json(*run.timeline));
  std::vector<std::int32_t> logits;
  for (const semantics::ImageValues& image : run.simulation.values)
    logits.insert(logits.end(), image.logits.begin(), image.logits.end());
  const auto count = static_cast<py::ssize_t>(logits.size() / classes);
  return py::make_tuple(Report(json.dump(), text),
                        array_of(std::move(logits), {count, static_cast<py::ssize_t>(classes)}),
                        run.equal_images, cost);
}

py::tuple simulate_network(const PackedNetwork& packed, const std::string& array,
                           const py::array& images, bool ideal, const SimulateArguments& given) {
  const QuantizedNetwork& network = packed.network();
  const std::vector<std::uint8_t> bytes = image_bytes(images, network.description.input, "images");
  stages::SimulationRun run;
  {
    const py::gil_scoped_release release;
    if (given.timeline) require_writable(*given.timeline, "timeline");
    ArrayConfig config = describe_array(array, stages::largest_alpha(network.description));
    if (ideal) config.bank_ports = std::max(config.alpha, config.rows);
    const std::size_t count = bytes.size() / network.description.input.size();
    if (count == 0 || count % config.batch != 0) {
      throw option_error(
          "images", std::to_string(count),
          "must be a multiple of the array's batch, " + std::to_string(config.batch));
    }
    run = stages::simulate(network, config, bytes, given.options());
  }
  return result_of(run, given, network.description.classes);
}

InputDescription input_of(const TileProgram& program) {
  InputDescription input;
  input.channels = program.channels;
  input.height = program.height;
  input.width = program.width;
  input.reshape_stride = program.reshape_stride;
  return input;
}

py::tuple simulate_program(const TileProgram& program, const PackedNetwork* network,
                           const py::array& images, const SimulateArguments& given) {
  const InputDescription input = input_of(program);
  const std::vector<std::uint8_t> bytes = image_bytes(images, input, "images");
  stages::SimulationRun run;
  {
    const py::gil_scoped_release release;
    const std::size_t count = bytes.size() / input.size();
    if (count == 0 || count % program.array.batch != 0) {
      throw option_error(
          "images", std::to_string(count),
          "must be a multiple of the array's batch, " + std::to_string(program.array.batch));
    }
    if (network && tiling::compile(network->network(), program.array) != program) {
      throw option_error("network", "",
                         "is not the packed network that the program was compiled from");
    }
    run = stages::simulate_program(program, network ? &network->network() : nullptr, bytes,
                                   given.options());
  }
  return result_of(run, given, program.layers.back().filters);
}

Report cost_network(const PackedNetwork& packed, const std::string& array,
                    const std::string& technology, std::optional<std::uint64_t> images, bool gated,
                    std::optional<double> scale_nm, double scale_volt, bool compare) {
  const py::gil_scoped_release release;
  stages::CostStageOptions options;
  options.technology = technology;
  options.images = images;
  options.gated = gated;
  options.scale_nm = scale_nm;
  options.scale_volt = scale_volt;
  options.compare = compare;
  const NetworkDescription& description = packed.network().description;
  return report_of(stages::cost_of_network(
      packed.network(), describe_array(array, stages::largest_alpha(description)), options));
}

std::shared_ptr<TileProgram> compile_network(const PackedNetwork& packed,
                                             const std::string& array) {
  const py::gil_scoped_release release;
  const ArrayConfig config =
      describe_array(array, stages::largest_alpha(packed.network().description));
  if (config.cross_layer) {
    throw option_error("array", array,
                       "must not set cross_layer: with it every layer has an array of its own, and "
                       "there is no program");
  }
  return std::make_shared<TileProgram>(tiling::compile(packed.network(), config));
}

}  // namespace

void bind_machines(py::module_& module) {
  py::class_<TileProgram, std::shared_ptr<TileProgram>>(module, "TileProgram")
      .def_static("load",
                  [](const fs::path& file) {
                    const py::gil_scoped_release release;
                    return std::make_shared<TileProgram>(load_tile_program(file));
                  })
      .def("save",
           [](const TileProgram& self, const fs::path& file) {
             const py::gil_scoped_release release;
             save_tile_program(self, file);
           })
      .def("summary",
           [](const TileProgram& self) {
             return Report(report::program_sizes(self).dump(), report::program_summary(self));
           })
      .def("listing", [](const TileProgram& self) { return report::program_listing(self); })
      .def_property_readonly("array", [](const TileProgram& self) { return self.array.name; })
      .def_property_readonly("batch", [](const TileProgram& self) { return self.array.batch; })
      .def_property_readonly("input_shape", [](const TileProgram& self) {
        return py::make_tuple(self.channels, self.height, self.width);
      });
  module.def("suggest_packed", &suggest_packed);
  module.def("suggest_float", &suggest_float);
  module.def("compile", &compile_network);
  module.def("batch_of", [](const PackedNetwork& packed, const std::string& array) {
    return describe_array(array, stages::largest_alpha(packed.network().description)).batch;
  });
  module.def("array_size", [](const std::string& array) {
    const ArrayConfig config = describe_array(array, 1);
    return py::make_tuple(config.rows, config.columns, config.alpha);
  });
  module.def(
      "simulate",
      [](const PackedNetwork& packed, const std::string& array, const py::array& images, bool ideal,
         const std::string& engine, std::size_t threads, bool baselines,
         const std::string& technology, const std::optional<fs::path>& timeline,
         const std::optional<py::function>& progress) {
        return simulate_network(packed, array, images, ideal,
                                {engine, threads, baselines, technology, timeline, progress});
      },
      py::arg("network"), py::arg("array"), py::arg("images"), py::kw_only(), py::arg("ideal"),
      py::arg("engine"), py::arg("threads"), py::arg("baselines"), py::arg("technology"),
      py::arg("timeline"), py::arg("progress"));
  module.def(
      "simulate_program",
      [](const TileProgram& program, const PackedNetwork* network, const py::array& images,
         const std::string& engine, std::size_t threads, bool baselines,
         const std::string& technology, const std::optional<fs::path>& timeline,
         const std::optional<py::function>& progress) {
        return simulate_program(program, network, images,
                                {engine, threads, baselines, technology, timeline, progress});
      },
      py::arg("program"), py::arg("network"), py::arg("images"), py::kw_only(), py::arg("engine"),
      py::arg("threads"), py::arg("baselines"), py::arg("technology"), py::arg("timeline"),
      py::arg("progress"));
  module.def("cost", &cost_network, py::arg("network"), py::arg("array"), py::kw_only(),
             py::arg("technology"), py::arg("images"), py::arg("gated"), py::arg("scale_nm"),
             py::arg("scale_volt"), py::arg("compare"));
  module.def("kind_of_file", [](const fs::path& file) {
    switch (kind_of_file(file)) {
      case FileKind::kPackedNetwork:
        return "packed network";
      case FileKind::kTileProgram:
        return "tile program";
      default:
        return "checkpoint";
    }
  });
}

}  // namespace colcomb::python
