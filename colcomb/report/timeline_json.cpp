#include "colcomb/report/timeline_json.hpp"

#include <nlohmann/json.hpp>

namespace colcomb::report {

using Json = nlohmann::ordered_json;

std::string timeline_json(const Timeline& timeline) {
  Json events = Json::array();
  for (std::size_t track = 0; track < timeline.tracks.size(); ++track) {
    events.push_back({{"ph", "M"},
                      {"pid", 1},
                      {"tid", track + 1},
                      {"name", "thread_name"},
                      {"args", {{"name", timeline.tracks[track]}}}});
    events.push_back({{"ph", "M"},
                      {"pid", 1},
                      {"tid", track + 1},
                      {"name", "thread_sort_index"},
                      {"args", {{"sort_index", track}}}});
  }
  const auto microseconds = [&](std::uint64_t clocks) {
    return static_cast<double>(clocks) / timeline.clock_mhz;
  };
  for (const TimelineSlice& slice : timeline.slices) {
    Json details = {{"first clock", slice.begin}, {"last clock", slice.end - 1}};
    for (const auto& [name, value] : slice.details) details[name] = value;
    events.push_back({{"ph", "X"},
                      {"pid", 1},
                      {"tid", slice.track + 1},
                      {"name", slice.name},
                      {"ts", microseconds(slice.begin)},
                      {"dur", microseconds(slice.end - slice.begin)},
                      {"args", details}});
  }
  return Json{{"displayTimeUnit", "ns"}, {"traceEvents", events}}.dump(1) + "\n";
}

}  // namespace colcomb::report
