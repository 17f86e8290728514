#include "colcomb/exploration/explore.hpp"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/base/progress.hpp"
#include "colcomb/cli/command.hpp"
#include "colcomb/cli/run_training.hpp"
#include "colcomb/cli/version.hpp"
#include "colcomb/exploration/front.hpp"
#include "colcomb/exploration/point.hpp"
#include "colcomb/exploration/table.hpp"

namespace colcomb::cli {
namespace {

namespace fs = std::filesystem;

struct ExploreFlags {
  std::optional<fs::path> spec;
  std::string shard = "1/1";
  exploration::ExploreOptions options;
  bool list = false;
};

void list_points(const exploration::Spec& spec) {
  for (const exploration::Point& point : exploration::points_of(spec)) {
    std::string line = fmt::format("{} {}", point.index, point.id);
    for (const auto& [name, value] : point.settings)
      line += fmt::format("  {} = {}", name, exploration::shown(value));
    fmt::print("{}\n", line);
  }
}

void run(ExploreFlags& flags) {
  const exploration::Spec spec = exploration::load_spec(*flags.spec);
  if (flags.list) return list_points(spec);
  exploration::ExploreOptions options = flags.options;
  options.shard = exploration::parse_shard(flags.shard);
  options.version = version_number();
  options.trainer = [](const exploration::Settings& settings, const fs::path& folder) {
    run_training(settings, folder);
  };
  if (options.out.empty()) options.out = spec.name;
  std::unique_ptr<Progress> bar;
  options.progress = [&bar, &spec](std::size_t done, std::size_t total) {
    if (!bar) {
      Progress::Options line;
      line.title = spec.name;
      line.total = total;
      line.unit = "points";
      line.terminal = on_terminal(stderr);
      bar = std::make_unique<Progress>(line);
    }
    bar->update(done);
    if (done == total) bar.reset();
  };
  const exploration::ExploreOutcome outcome = exploration::explore(spec, options);
  fmt::print("{}: {} points, {} of them in shard {}: {} computed now, {} before", spec.name,
             outcome.points, outcome.mine, flags.shard, outcome.mine - outcome.before,
             outcome.before);
  if (outcome.failed > 0) fmt::print("; {} of those now failed", outcome.failed);
  fmt::print("\ncolcomb explore merge {} writes them as one table\n", options.out.string());
}

void merge(const fs::path& folder) {
  const exploration::Table table = exploration::read_table(folder);
  std::size_t failed = 0;
  for (const exploration::Row& row : table.rows) failed += row.error.empty() ? 0 : 1;
  write_file_atomically(folder / "points.csv", std::string_view(exploration::to_csv(table)));
  exploration::write_sqlite(table, folder / "points.sqlite");
  fmt::print("{} of {} points, {} of them failed: {}, {}\n", table.rows.size(), table.spec.points(),
             failed, (folder / "points.csv").string(), (folder / "points.sqlite").string());
}

struct FrontFlags {
  fs::path folder;
  std::vector<std::string> minimize;
  std::vector<std::string> maximize;
  bool json = false;
};

void print_front(const FrontFlags& flags) {
  std::vector<exploration::Objective> objectives;
  for (const std::string& result : flags.minimize) objectives.push_back({result, false});
  for (const std::string& result : flags.maximize) objectives.push_back({result, true});
  const exploration::Table table = exploration::read_table(flags.folder);
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  std::string text;
  const auto front = exploration::front_of(table, objectives);
  for (const std::size_t r : front) {
    const exploration::Row& row = table.rows[r];
    nlohmann::ordered_json settings = nlohmann::ordered_json::object();
    text += fmt::format("{:>6}", row.index);
    for (const auto& objective : objectives)
      text += fmt::format("  {} {}", objective.result, row.results[objective.result].dump());
    for (const exploration::Axis& axis : table.spec.axes) {
      if (axis.choices.size() < 2) continue;  // the same for all
      for (const std::string& name : axis.names)
        text += fmt::format("  {} = {}", name,
                            exploration::shown(*exploration::find(row.settings, name)));
    }
    text += '\n';
    for (const auto& [name, value] : row.settings) settings[name] = exploration::shown(value);
    json.push_back({{"index", row.index},
                    {"point", row.id},
                    {"settings", settings},
                    {"results", row.results}});
  }
  if (flags.json) {
    fmt::print("{}\n", json.dump(2));
  } else {
    fmt::print("{}{} of {} points are on the front\n", text, front.size(), table.rows.size());
  }
}

void add_merge(CLI::App& explore) {
  auto folder = std::make_shared<fs::path>();
  CLI::App* command = explore.add_subcommand(
      "merge", "Write what all workers have computed so far as points.csv and points.sqlite");
  command->add_option("folder", *folder, "The exploration's folder")->required();
  command->callback([folder] { merge(*folder); });
}

void add_front(CLI::App& explore) {
  auto flags = std::make_shared<FrontFlags>();
  CLI::App* command = explore.add_subcommand(
      "front", "Print the points than which no other is better in everything asked for");
  command->add_option("folder", flags->folder, "The exploration's folder")->required();
  command->add_option("--minimize", flags->minimize, "Results of which less is better")
      ->delimiter(',')
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_option("--maximize", flags->maximize, "Results of which more is better")
      ->delimiter(',')
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  command->add_flag("--json", flags->json, "Print JSON instead of text");
  command->callback([flags] { print_front(*flags); });
}

}  // namespace

void add_explore(CLI::App& app) {
  auto flags = std::make_shared<ExploreFlags>();
  CLI::App* command = app.add_subcommand(
      "explore",
      "Compute every combination of settings that a file lists: arrays, networks, combinings, "
      "trainings. A killed worker goes on when the command is repeated");
  command->add_option("--spec", flags->spec, "What is varied (docs/reference/exploration.md)");
  command->add_option("--out", flags->options.out,
                      "Folder of the workers' journals [the specification's name]");
  command
      ->add_option("--shard", flags->shard,
                   "I/N: compute the I-th of N parts, for N workers on one folder")
      ->capture_default_str();
  command->add_option("--threads", flags->options.threads, "Processor threads [all available]");
  command->add_flag("--again", flags->options.again, "Compute points again that failed before");
  command->add_flag("--list", flags->list, "Print the points and compute none");
  add_merge(*command);
  add_front(*command);
  command->require_subcommand(0, 1);
  command->callback([flags, command] {
    if (!command->get_subcommands().empty()) return;
    if (!flags->spec) throw usage_error("--spec", "", "is required");
    run(*flags);
  });
}

}  // namespace colcomb::cli
