#include "colcomb/experiments/run_experiments.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <map>
#include <set>

#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/experiments/work.hpp"

namespace colcomb::experiments {
namespace {

namespace fs = std::filesystem;

/// Points by the names of their settings, each once: what one specification can hold.
std::vector<std::vector<Settings>> alike(const std::vector<Settings>& points) {
  std::map<std::vector<std::string>, std::vector<Settings>> by_names;
  std::set<Settings> seen;
  for (const Settings& point : points) {
    if (!seen.insert(point).second) continue;
    std::vector<std::string> names;
    for (const auto& [name, value] : point) names.push_back(name);
    by_names[names].push_back(point);
  }
  std::vector<std::vector<Settings>> result;
  for (auto& [names, group] : by_names) result.push_back(std::move(group));
  return result;
}

class Run {
 public:
  Run(const std::vector<std::string>& names, const RunExperimentsOptions& options)
      : options_(options), store_(options.out), work_(options.stage) {
    check(options.plan);
    for (const std::string& name : names) experiments_.push_back(&find_experiment(name));
    for (const Experiment* experiment : experiments_) {
      require_writable(file_of(*experiment, "json"), "out");
      plan_work(*experiment);
    }
  }

  std::vector<Result> run() {
    std::vector<Result> results;
    for (const Experiment* experiment : experiments_) {
      Store store(options_.out);
      if (experiment->arguments) {
        run_program(*experiment);
      } else {
        explore(*experiment, store);
      }
      results.push_back(result_of(*experiment, options_.plan, store));
      write(*experiment, results.back());
      if (options_.finished) options_.finished(results.back());
    }
    return results;
  }

 private:
  [[nodiscard]] fs::path file_of(const Experiment& experiment, const char* extension) const {
    return options_.out / fmt::format("{}.{}", experiment.name, extension);
  }

  /// Counts the trainings that are still to be done, each once.
  void plan_work(const Experiment& experiment) {
    if (experiment.arguments) {
      work_.add(program_work(experiment), kProgramTrainings);
      return;
    }
    for (const Settings& point : experiment.points(options_.plan)) {
      const fs::path folder = exploration::run_folder(store_.runs(), point);
      if (!fs::exists(folder / "report.json")) work_.add(folder.string(), 1);
    }
  }

  [[nodiscard]] static std::string program_work(const Experiment& experiment) {
    return "experiment " + experiment.name;
  }

  void run_program(const Experiment& experiment) {
    work_.begin(program_work(experiment));
    options_.program(experiment.name, experiment.arguments(options_.plan),
                     store_.folder_of(experiment.name));
    work_.end(program_work(experiment));
  }

  void train(const Settings& settings, const fs::path& folder) {
    const auto value = [&](const char* name) {
      const std::string* found = exploration::find(settings, name);
      return found == nullptr ? std::string("-") : exploration::shown(*found);
    };
    const bool left = work_.has(folder.string());
    if (left) {
      work_.begin(fmt::format("training {}, alpha {}, gamma {}", value("model"), value("alpha"),
                              value("gamma")));
    }
    options_.trainer(settings, folder);
    if (left) work_.end(folder.string());
  }

  void explore(const Experiment& experiment, Store& store) {
    const auto groups = alike(experiment.points(options_.plan));
    for (std::size_t g = 0; g < groups.size(); ++g) {
      const std::string name =
          groups.size() == 1 ? experiment.name : fmt::format("{}-{}", experiment.name, g + 1);
      exploration::ExploreOptions options;
      options.out = options_.out / "points" / name;
      options.runs = store_.runs();
      options.threads = options_.threads;
      options.again = true;
      options.version = options_.version;
      options.trainer = [this](const Settings& settings, const fs::path& folder) {
        train(settings, folder);
      };
      const exploration::Spec spec =
          exploration::parse_spec(specification(name, groups[g]), options.out / "points.toml");
      static_cast<void>(exploration::explore(spec, options));
      for (exploration::Row& row : exploration::read_table(options.out).rows)
        store.add(std::move(row));
    }
  }

  void write(const Experiment& experiment, const Result& result) const {
    write_file_atomically(file_of(experiment, "txt"), std::string_view(to_text(result)));
    write_file_atomically(file_of(experiment, "csv"), std::string_view(to_csv(result)));
    write_file_atomically(file_of(experiment, "json"),
                          std::string_view(to_json(result).dump(2) + '\n'));
    write_file_atomically(file_of(experiment, "svg"),
                          std::string_view(report::chart_svg(result.chart)));
  }

  const RunExperimentsOptions& options_;
  Store store_;
  Work work_;
  std::vector<const Experiment*> experiments_;
};

}  // namespace

std::string specification(const std::string& name, const std::vector<Settings>& points) {
  std::string text = fmt::format("schema = 1\nname = {}\n[[together]]\n", quoted(name));
  for (std::size_t s = 0; s < points.front().size(); ++s) {
    std::vector<std::string> values;
    for (const Settings& point : points) values.push_back(point[s].second);
    text += fmt::format("{} = [{}]\n", quoted(points.front()[s].first), fmt::join(values, ", "));
  }
  return text;
}

std::vector<Result> run_experiments(const std::vector<std::string>& names,
                                    const RunExperimentsOptions& options) {
  return Run(names, options).run();
}

}  // namespace colcomb::experiments
