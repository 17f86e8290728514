#include "colcomb/exploration/point.hpp"

#include <fmt/format.h>

#include <map>

#include "colcomb/base/digest.hpp"
#include "colcomb/base/files.hpp"

namespace colcomb::exploration {
namespace {

/// To be raised when the results of a point change their meaning.
constexpr int kResultsVersion = 2;

bool names_file(const std::string& setting, const std::filesystem::path& path) {
  return setting == "network" || (setting == "array" && std::filesystem::is_regular_file(path)) ||
         (setting == "technology" && std::filesystem::is_regular_file(path));
}

class FileDigests {
 public:
  std::uint64_t of(const std::filesystem::path& path) {
    const auto [entry, added] = known_.try_emplace(path.string(), 0);
    if (added) {
      Digest digest;
      digest.add(read_file(path));
      entry->second = digest.value();
    }
    return entry->second;
  }

 private:
  std::map<std::string, std::uint64_t> known_;
};

}  // namespace

std::filesystem::path resolve(const Spec& spec, const std::string& file) {
  return spec.file.parent_path() / file;  // an absolute one stays
}

std::vector<Point> points_of(const Spec& spec) {
  FileDigests files;
  std::vector<Point> points(spec.points());
  for (std::size_t i = 0; i < points.size(); ++i) {
    Point& point = points[i];
    point.index = i;
    point.settings = spec.point(i);
    Digest digest;
    digest.add_number(kResultsVersion);
    for (const auto& [name, value] : point.settings) {
      digest.add_list(name);
      const bool text = name == "network" || name == "array" || name == "technology";
      const std::filesystem::path path =
          text ? resolve(spec, text_of(name, value, spec.file.string())) : std::filesystem::path();
      if (text && names_file(name, path)) {
        digest.add_number(files.of(path));
      } else {
        digest.add_list(value);
      }
    }
    point.id = fmt::format("{:016x}", digest.value());
  }
  return points;
}

std::string part_of(const Settings& settings, std::string_view before) {
  std::string part;
  for (const auto& [name, value] : settings) {
    if (name.starts_with(before)) part += name + " = " + value + '\n';
  }
  return part;
}

}  // namespace colcomb::exploration
