#include <fmt/format.h>

#include "colcomb/base/digest.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/page/sections.hpp"

namespace colcomb::page {

void add_provenance(const RunFolder& run, Document& document) {
  const JsonReader report = run.read();
  Json files = Json::array();
  for (const char* name : {"report.json", "network.packed", "network.history.jsonl"}) {
    if (!std::filesystem::exists(run.path / name)) continue;
    const Bytes content = read_file(run.path / name);
    Digest digest;
    digest.add(content);
    files.push_back({{"name", name},
                     {"bytes", content.size()},
                     {"digest", fmt::format("{:016x}", digest.value())}});
  }
  Json provenance = {{"origin", run.network.origin}, {"files", files}};
  if (report.has("made_by")) provenance["made_by"] = report["made_by"].object();
  if (report.has("train_seconds")) provenance["train_seconds"] = report["train_seconds"].json();
  if (report.has("identity")) {
    Json identity = Json::array();
    for (const auto& [name, value] : report["identity"].object().items())
      identity.push_back({name, value.is_string() ? value : Json(value.dump())});
    provenance["identity"] = identity;
  }
  if (report.has("cost")) {
    provenance["sources"] = report["cost"]["sources"].json();
    provenance["assumptions"] = report["cost"]["assumptions"].json();
  }
  if (run.timeline) provenance["timeline"] = "timeline.json";
  document.json["provenance"] = provenance;
}

}  // namespace colcomb::page
