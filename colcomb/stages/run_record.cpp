#include "colcomb/stages/run_record.hpp"

#include <nlohmann/json.hpp>

#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/report/json.hpp"

namespace colcomb::stages {

void write_run_record(const RunIdentity& identity, const std::filesystem::path& file) {
  write_file_atomically(file, std::string_view(report::to_json(identity).dump(2) + '\n'));
}

void require_recorded_run(const RunIdentity& now, const std::filesystem::path& file) {
  const auto json = nlohmann::ordered_json::parse(read_text_file(file), nullptr, false);
  if (!json.is_object()) throw file_error(file.string(), "", "", "is not the record of a run");
  RunIdentity before;
  for (const auto& [name, value] : json.items())
    before.add(name, value.is_string() ? value.get<std::string>() : value.dump());
  require_same_run(before, now, file.string());
}

}  // namespace colcomb::stages
