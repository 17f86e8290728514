#include "colcomb/exploration/explore.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <vector>

#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/exploration/evaluate_point.hpp"
#include "colcomb/exploration/journal.hpp"

namespace colcomb::exploration {
namespace {

namespace fs = std::filesystem;

fs::path copy_of_spec(const fs::path& folder) {
  return folder / "spec.json";
}

/// Leaves a copy in the folder, or makes sure that the one there is the same.
void begin(const Spec& spec, const fs::path& folder) {
  const nlohmann::ordered_json copy = {
      {"file", fs::absolute(spec.file).lexically_normal().string()}, {"text", spec.text}};
  const fs::path path = copy_of_spec(folder);
  if (!fs::exists(path)) {
    require_writable(path, "out");
    write_file_atomically(path, std::string_view(copy.dump(2) + '\n'));
    return;
  }
  if (spec_of(folder).text != spec.text) {
    throw option_error("out", folder.string(),
                       "holds an exploration of another specification: use another folder");
  }
}

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

nlohmann::ordered_json settings_json(const Settings& settings) {
  nlohmann::ordered_json json = nlohmann::ordered_json::object();
  for (const auto& [name, value] : settings) json[name] = shown(value);
  return json;
}

/// The points of a shard. Those that share a training or a combining are dealt together.
std::vector<Point> of_shard(const Spec& spec, const Shard& shard) {
  std::map<std::string, std::size_t> dealt;
  std::vector<Point> mine;
  for (Point& point : points_of(spec)) {
    std::string shared = part_of(point.settings, kTraining);
    if (shared.empty()) shared = part_of(point.settings, "combine.");
    const std::size_t order =
        shared.empty() ? point.index
                       : dealt.emplace(part_of(point.settings, "network") + shared, dealt.size())
                             .first->second;
    if (order % shard.of == shard.number - 1) mine.push_back(std::move(point));
  }
  return mine;
}

class Worker {
 public:
  Worker(const Spec& spec, const ExploreOptions& options)
      : options_(options),
        evaluator_(spec, options.runs.empty() ? options.out / "runs" : options.runs,
                   options.trainer),
        journal_(journal_path(options.out, options.shard.number, options.shard.of)),
        host_(host_name()) {}

  void run(const std::vector<Point>& points, std::size_t before, ExploreOutcome& outcome) {
    done_ = before;
    total_ = before + points.size();
    tell();
    // A training takes all processors, so one comes after the other.
    for (const Point& point : points) {
      try {
        evaluator_.train(point);
      } catch (const UserError&) {
        // Told where the point asks for it.
      }
    }
    const std::size_t threads = options_.threads > 0 ? options_.threads : available_threads();
    parallel_for(points.size(), threads, [&](std::size_t i) { compute(points[i], outcome); });
  }

 private:
  void compute(const Point& point, ExploreOutcome& outcome) {
    const auto begin = std::chrono::steady_clock::now();
    nlohmann::ordered_json line = {
        {"point", point.id}, {"index", point.index}, {"settings", settings_json(point.settings)}};
    bool failed = false;
    try {
      line["results"] = evaluator_.results(point);
    } catch (const UserError& error) {
      line["error"] = error.what();
      failed = true;
    }
    const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - begin;
    line["version"] = options_.version;
    line["host"] = host_;
    line["seconds"] = seconds.count();
    const std::scoped_lock lock(mutex_);
    journal_.append(line);
    ++done_;
    outcome.failed += failed ? 1 : 0;
    tell();
  }

  void tell() const {
    if (options_.progress) options_.progress(done_, total_);
  }

  const ExploreOptions& options_;
  Evaluator evaluator_;
  Journal journal_;
  std::string host_;
  std::mutex mutex_;
  std::size_t done_ = 0;
  std::size_t total_ = 0;
};

/// Names of the points that need no work any more.
std::set<std::string> known_points(const ExploreOptions& options) {
  std::set<std::string> known;
  for (const auto& line : read_journals(options.out)) {
    const std::string id = line["point"].get<std::string>();
    if (line.contains("error") && options.again) {
      known.erase(id);
    } else {
      known.insert(id);
    }
  }
  return known;
}

}  // namespace

Shard parse_shard(const std::string& text) {
  Shard shard;
  const char* const end = text.data() + text.size();
  const auto first = std::from_chars(text.data(), end, shard.number);
  if (first.ec == std::errc() && first.ptr != end && *first.ptr == '/') {
    const auto second = std::from_chars(first.ptr + 1, end, shard.of);
    if (second.ec == std::errc() && second.ptr == end && shard.number >= 1 &&
        shard.number <= shard.of)
      return shard;
  }
  throw option_error("shard", text, "must be I/N, with I from 1 to N");
}

ExploreOutcome explore(const Spec& spec, const ExploreOptions& options) {
  std::error_code ignored;  // told below, where something is written
  fs::create_directories(options.out, ignored);
  begin(spec, options.out);
  const std::set<std::string> known = known_points(options);
  ExploreOutcome outcome;
  outcome.points = spec.points();
  std::vector<Point> left;
  for (Point& point : of_shard(spec, options.shard)) {
    ++outcome.mine;
    if (known.contains(point.id)) {
      ++outcome.before;
    } else {
      left.push_back(std::move(point));
    }
  }
  Worker(spec, options).run(left, outcome.before, outcome);
  return outcome;
}

Spec spec_of(const fs::path& folder) {
  const fs::path path = copy_of_spec(folder);
  if (!fs::exists(path))
    throw file_error(path.string(), "", "", "does not exist: the folder holds no exploration");
  const auto copy = nlohmann::json::parse(read_text_file(path), nullptr, false);
  if (!copy.is_object() || !copy["text"].is_string() || !copy["file"].is_string())
    throw file_error(path.string(), "", "", "is no copy of a specification");
  return parse_spec(copy["text"].get<std::string>(), copy["file"].get<std::string>());
}

}  // namespace colcomb::exploration
