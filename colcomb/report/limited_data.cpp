#include "colcomb/report/limited_data.hpp"

#include <fmt/format.h>

#include <cmath>
#include <vector>

#include "colcomb/base/csv.hpp"
#include "colcomb/base/progress.hpp"
#include "colcomb/report/json.hpp"
#include "colcomb/report/table.hpp"

namespace colcomb::report {

using Json = nlohmann::ordered_json;

std::string limited_data_table(const LimitedDataReport& report) {
  const auto percent = [](double share) {
    return std::isfinite(share) ? fmt::format("{:.2f}%", 100 * share) : std::string("-");
  };
  std::vector<std::vector<std::string>> lines = {{"start", "data", "images", "epochs", "test top-1",
                                                  "top-5", "validation", "nonzeros", "packed MACs",
                                                  "utilization", "time"}};
  for (const LimitedDataRun& run : report.runs) {
    const EpochRecord& last = run.last;
    lines.push_back({run.start, fmt::format("{}%", run.percent), fmt::to_string(run.images),
                     fmt::to_string(last.epoch), percent(last.test_top1), percent(last.test_top5),
                     percent(last.validation_top1), fmt::to_string(last.nonzeros),
                     fmt::to_string(last.packed_macs),
                     fmt::format("{:.1f}%", 100 * last.utilization), format_duration(run.seconds)});
  }
  return format_table(lines, false);
}

std::string limited_data_csv(const LimitedDataReport& report) {
  std::string text = CsvRow("start", "percent", "images", "epochs", "test_top1", "test_top5",
                            "validation_top1", "nonzeros", "packed_macs", "utilization", "seconds")
                         .line();
  for (const LimitedDataRun& run : report.runs) {
    const EpochRecord& last = run.last;
    const bool validated = std::isfinite(last.validation_top1);
    text += CsvRow(run.start, run.percent, run.images, last.epoch, last.test_top1, last.test_top5,
                   validated ? fmt::to_string(last.validation_top1) : "", last.nonzeros,
                   last.packed_macs, last.utilization, run.seconds)
                .line();
  }
  return text;
}

Json to_json(const LimitedDataReport& report) {
  Json runs = Json::array();
  for (const LimitedDataRun& run : report.runs) {
    const EpochRecord& last = run.last;
    const bool validated = std::isfinite(last.validation_top1);
    runs.push_back({{"start", run.start},
                    {"percent", run.percent},
                    {"images", run.images},
                    {"epochs", last.epoch},
                    {"test_top1", last.test_top1},
                    {"test_top5", last.test_top5},
                    {"validation_top1", validated ? Json(last.validation_top1) : Json()},
                    {"nonzeros", last.nonzeros},
                    {"packed_macs", last.packed_macs},
                    {"utilization", last.utilization},
                    {"seconds", run.seconds}});
  }
  return {{"dataset", report.dataset},
          {"complete", report.runs.size() == report.planned},
          {"identity", to_json(report.identity)},
          {"runs", runs}};
}

}  // namespace colcomb::report
