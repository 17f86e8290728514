// Writes the manual pages and the shells' completions of a command line, for installation.
// usage: colcomb_manual VERSION FOLDER DESCRIPTION.json [TRAINING_DESCRIPTION.json]
#include <filesystem>
#include <fstream>
#include <iostream>

#include "colcomb/cli/manual/pages.hpp"

namespace {

using colcomb::cli::Json;

Json read(const char* path) {
  std::ifstream file(path);
  return Json::parse(file);
}

void write(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
}

}  // namespace

int main(int argc, char** argv) {
  using namespace colcomb::cli;
  if (argc < 4) return 2;
  try {
    Json app = read(argv[3]);
    // `colcomb` knows no more of the training program's commands than their names.
    if (argc > 4) {
      const Json programs = read(argv[4]);
      for (const Json& training : programs["commands"]) {
        for (Json& command : app["commands"])
          if (command["name"] == training["name"]) command = training;
      }
    }
    const std::filesystem::path folder = argv[2];
    for (const auto& [name, page] : manual_pages(app, argv[1])) write(folder / "man1" / name, page);
    write(folder / "bash" / "colcomb", bash_completion(app));
    write(folder / "zsh" / "_colcomb", zsh_completion(app));
    write(folder / "fish" / "colcomb.fish", fish_completion(app));
  } catch (const std::exception& error) {
    std::cerr << "colcomb_manual: " << error.what() << '\n';
    return 1;
  }
  return 0;
}
