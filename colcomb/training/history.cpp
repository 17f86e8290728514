#include "colcomb/training/history.hpp"

#include <fmt/format.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "colcomb/base/csv.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/training/event_file.hpp"

namespace colcomb::training {
namespace {

struct Field {
  const char* name;
  double (*value)(const EpochRecord&);
};

constexpr Field kFields[] = {
    {"epoch", [](const EpochRecord& r) { return static_cast<double>(r.epoch); }},
    {"learning_rate", [](const EpochRecord& r) { return r.learning_rate; }},
    {"train_loss", [](const EpochRecord& r) { return r.train_loss; }},
    {"validation_loss", [](const EpochRecord& r) { return r.validation_loss; }},
    {"validation_top1", [](const EpochRecord& r) { return r.validation_top1; }},
    {"test_loss", [](const EpochRecord& r) { return r.test_loss; }},
    {"test_top1", [](const EpochRecord& r) { return r.test_top1; }},
    {"test_top5", [](const EpochRecord& r) { return r.test_top5; }},
    {"nonzeros", [](const EpochRecord& r) { return static_cast<double>(r.nonzeros); }},
    {"packed_macs", [](const EpochRecord& r) { return static_cast<double>(r.packed_macs); }},
    {"utilization", [](const EpochRecord& r) { return r.utilization; }},
    {"retained_magnitude", [](const EpochRecord& r) { return r.retained_magnitude; }},
    {"regrouped_columns",
     [](const EpochRecord& r) { return static_cast<double>(r.regrouped_columns); }},
    {"seconds", [](const EpochRecord& r) { return r.seconds; }},
};

}  // namespace

std::string to_json_line(const EpochRecord& record) {
  nlohmann::ordered_json json;
  for (const Field& field : kFields) {
    const double value = field.value(record);
    if (!std::isfinite(value)) {
      json[field.name] = nullptr;
    } else if (value == std::floor(value) && std::abs(value) < 1e15) {
      json[field.name] = static_cast<std::int64_t>(value);
    } else {
      json[field.name] = value;
    }
  }
  return json.dump();
}

std::string to_csv(const std::vector<EpochRecord>& history) {
  CsvRow header;
  for (const Field& field : kFields) header.add(field.name);
  std::string text = header.line();
  for (const EpochRecord& record : history) {
    CsvRow row;
    for (const Field& field : kFields) {
      const double value = field.value(record);
      row.add(std::isfinite(value) ? fmt::to_string(value) : "");
    }
    text += row.line();
  }
  return text;
}

std::string to_events(const std::vector<EpochRecord>& history) {
  std::vector<ScalarEvent> events;
  double time = 0;
  for (const EpochRecord& record : history) {
    time += record.seconds;
    ScalarEvent event{time, record.epoch, {}};
    for (const Field& field : kFields) {
      if (std::string_view(field.name) == "epoch") continue;
      const double value = field.value(record);
      if (std::isfinite(value)) event.scalars.push_back({field.name, value});
    }
    events.push_back(std::move(event));
  }
  return event_file(events);
}

void write_history(const std::vector<EpochRecord>& history,
                   const std::filesystem::path& checkpoint) {
  std::string lines;
  for (const EpochRecord& record : history) lines += to_json_line(record) + '\n';
  auto path = checkpoint;
  write_file_atomically(path.replace_extension(".history.jsonl"), std::string_view(lines));
  path = checkpoint;
  write_file_atomically(path.replace_extension(".history.csv"), std::string_view(to_csv(history)));
  path = checkpoint;
  path.replace_extension(".tensorboard");
  std::error_code error;
  std::filesystem::create_directory(path, error);
  if (error) throw file_error(path.string(), "", "", "cannot be made: " + error.message());
  write_file_atomically(path / "events.out.tfevents.colcomb", std::string_view(to_events(history)));
}

}  // namespace colcomb::training
