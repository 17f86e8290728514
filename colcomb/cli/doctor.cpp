#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "colcomb/base/threads.hpp"
#include "colcomb/cli/command.hpp"
#include "colcomb/cli/version.hpp"
#include "colcomb/dataset/dataset.hpp"
#include "colcomb/dataset/splits.hpp"
#include "colcomb/inference/engine.hpp"
#include "colcomb/report/table.hpp"

namespace colcomb::cli {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

struct Program {
  const char* name;
  const char* package;
  const char* use;
};

constexpr auto kPrograms = std::to_array<Program>({
#define COLCOMB_PROGRAM(program, package, use) {#program, #package, use},
#include "colcomb/cli/programs.def"
#undef COLCOMB_PROGRAM
});

/// Where a shell would find a program; absent: nowhere.
std::optional<fs::path> path_of(const std::string& program) {
  const char* folders = std::getenv("PATH");
  const std::string list = folders == nullptr ? "" : folders;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(':', begin), list.size());
    const std::string folder = list.substr(begin, end - begin);
    const fs::path path = fs::path(folder.empty() ? "." : folder) / program;
    std::error_code error;
    if (fs::is_regular_file(path, error) && ::access(path.c_str(), X_OK) == 0) return path;
    begin = end + 1;
  }
  return std::nullopt;
}

/// Why a data set cannot be opened; absent: it can.
std::optional<std::string> fault_of(const dataset::DataSource& source) {
  try {
    (void)dataset::open_dataset(source.name, source.root, dataset::Split::kTest);
  } catch (const std::exception& error) {
    return error.what();
  }
  return std::nullopt;
}

Json findings() {
  Json json = version_json();
  json["processor"] = {{"threads", available_threads()},
                       {"inference_kernels", inference::kernel_names()}};
  // What `colcomb run` trains on where nothing else is said.
  const dataset::DataSource source = {"fashion-mnist", dataset::DataSource{}.root};
  const auto fault = fault_of(source);
  json["dataset"] = {{"name", source.name}, {"fault", fault ? Json(*fault) : Json()}};
  Json programs = Json::array();
  for (const Program& program : kPrograms) {
    const auto path = path_of(program.name);
    programs.push_back({{"name", program.name},
                        {"path", path ? Json(path->string()) : Json()},
                        {"package", program.package},
                        {"use", program.use}});
  }
  json["programs"] = std::move(programs);
  return json;
}

std::string joined(const Json& names) {
  return fmt::format("{}", fmt::join(names.get<std::vector<std::string>>(), ", "));
}

std::string text_of(const Json& json) {
  std::string text =
      fmt::format("colcomb {}\n", json["version"].get<std::string>()) +
      fmt::format("processor: {} threads; inference kernels: {} (the first is used)\n",
                  json["processor"]["threads"].get<std::size_t>(),
                  joined(json["processor"]["inference_kernels"]));
  text += "built with: " + joined(json["parts"]) + '\n';
  if (!json["left_out"].empty()) {
    text += "built without: " + joined(json["left_out"]) +
            "\n  (a build has them where their packages are: ./dev deps in a checkout)\n";
  }
  const std::string name = json["dataset"]["name"].get<std::string>();
  text += json["dataset"]["fault"].is_null()
              ? fmt::format("data set {}: found\n", name)
              : fmt::format("data set {}: {}\n", name, json["dataset"]["fault"].get<std::string>());
  std::vector<std::vector<std::string>> lines = {{"program", "found", "for"}};
  std::vector<std::string> packages;
  for (const Json& program : json["programs"]) {
    const bool found = !program["path"].is_null();
    lines.push_back({program["name"].get<std::string>(), found ? "yes" : "no",
                     program["use"].get<std::string>()});
    if (!found) packages.push_back(program["package"].get<std::string>());
  }
  text += '\n' + report::format_table(lines, false, true);
  if (!packages.empty())
    text += fmt::format("\nfor those not found: apt-get install {}\n", fmt::join(packages, " "));
  return text;
}

}  // namespace

void add_doctor(CLI::App& app) {
  auto json = std::make_shared<bool>(false);
  CLI::App* command =
      app.add_subcommand("doctor", "What this build can do here, and what to install for more");
  command->add_flag("--json", *json, "Print JSON instead of text");
  command->callback([json] {
    const Json found = findings();
    fmt::print("{}", *json ? found.dump(2) + "\n" : text_of(found));
  });
}

}  // namespace colcomb::cli
