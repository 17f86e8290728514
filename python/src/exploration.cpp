#include "colcomb/exploration/explore.hpp"
#include "colcomb/exploration/front.hpp"
#include "colcomb/exploration/table.hpp"
#include "python/src/core.hpp"

namespace colcomb::python {
namespace {

using exploration::Settings;

/// (points, mine, before, failed). `trainer` gets the arguments of the program and a folder.
py::tuple explore(const std::filesystem::path& file, const std::filesystem::path& out,
                  const std::filesystem::path& runs, const std::string& shard, std::size_t threads,
                  bool again, const std::optional<py::function>& trainer,
                  const std::optional<py::function>& progress) {
  exploration::ExploreOptions options;
  exploration::ExploreOutcome outcome;
  if (trainer) {
    options.trainer = [&trainer](const Settings& settings, const std::filesystem::path& folder) {
      const auto arguments = exploration::training_arguments(settings, folder);
      const py::gil_scoped_acquire acquire;
      (*trainer)(arguments, folder);
    };
  }
  options.progress = progress_of(progress);
  {
    const py::gil_scoped_release release;
    const exploration::Spec spec = exploration::load_spec(file);
    options.out = out.empty() ? std::filesystem::path(spec.name) : out;
    options.runs = runs;
    options.shard = exploration::parse_shard(shard);
    options.threads = threads;
    options.again = again;
    options.version = COLCOMB_VERSION;
    outcome = exploration::explore(spec, options);
  }
  return py::make_tuple(options.out, outcome.points, outcome.mine, outcome.before, outcome.failed);
}

/// Each point that is known: (index, id, settings, results as JSON, error).
py::list read_points(const std::filesystem::path& folder) {
  exploration::Table table;
  {
    const py::gil_scoped_release release;
    table = exploration::read_table(folder);
  }
  py::list rows;
  for (const exploration::Row& row : table.rows) {
    py::dict settings;
    for (const auto& [name, value] : row.settings)
      settings[py::str(name)] = exploration::shown(value);
    rows.append(py::make_tuple(row.index, row.id, settings, row.results.dump(), row.error));
  }
  return rows;
}

/// Indices of the points of the Pareto front.
std::vector<std::size_t> front(const std::filesystem::path& folder,
                               const std::vector<std::string>& minimize,
                               const std::vector<std::string>& maximize) {
  const py::gil_scoped_release release;
  std::vector<exploration::Objective> objectives;
  for (const std::string& result : minimize) objectives.push_back({result, false});
  for (const std::string& result : maximize) objectives.push_back({result, true});
  const exploration::Table table = exploration::read_table(folder);
  std::vector<std::size_t> indices;
  for (const std::size_t row : exploration::front_of(table, objectives))
    indices.push_back(table.rows[row].index);
  return indices;
}

}  // namespace

void bind_exploration(py::module_& module) {
  module.def("explore", &explore, py::arg("spec"), py::kw_only(), py::arg("out"), py::arg("runs"),
             py::arg("shard"), py::arg("threads"), py::arg("again"), py::arg("trainer"),
             py::arg("progress"));
  module.def("read_points", &read_points);
  module.def("front", &front);
}

}  // namespace colcomb::python
