#include "colcomb/cli/svg_to_png.hpp"

#include <spawn.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>
#include <vector>

#include "colcomb/base/error.hpp"

namespace colcomb::cli {
namespace {

namespace fs = std::filesystem;

void convert(const std::string& svg, const std::string& png) {
  std::array<std::string, 6> words = {"rsvg-convert", "--zoom", "2", svg, "--output", png};
  std::array<char*, 7> pointers{};
  std::ranges::transform(words, pointers.begin(), [](std::string& word) { return word.data(); });
  pid_t child = 0;
  const int error =
      ::posix_spawnp(&child, words[0].c_str(), nullptr, nullptr, pointers.data(), environ);
  if (error == ENOENT) {
    throw failure("--png",
                  "needs the program rsvg-convert (Debian: librsvg2-bin); the page saves "
                  "PNG files too");
  }
  if (error != 0) throw failure("rsvg-convert", std::generic_category().message(error));
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
  // Where there is no program a spawned process may say so by its status alone.
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
    throw failure("rsvg-convert", "failed on " + svg);
}

}  // namespace

void add_png_files(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ".svg") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  for (const fs::path& svg : files) {
    fs::path png = svg;
    png.replace_extension(".png");
    if (!fs::exists(png)) convert(svg.string(), png.string());
  }
}

}  // namespace colcomb::cli
