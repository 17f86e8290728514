#include "colcomb/page/run_document.hpp"

#include "colcomb/base/error.hpp"
#include "colcomb/page/documents.hpp"
#include "colcomb/page/matrices.hpp"
#include "colcomb/page/sections.hpp"

namespace colcomb::page {

namespace fs = std::filesystem;

std::string name_of_folder(const fs::path& folder) {
  const fs::path whole = fs::weakly_canonical(folder);
  return whole.has_filename() ? whole.filename().string() : whole.parent_path().filename().string();
}

Document begin_document(const std::string& kind, const std::string& title,
                        const std::string& version) {
  Document document;
  document.json = {{"schema", kSchema}, {"kind", kind}, {"title", title}, {"version", version}};
  return document;
}

Document run_document(const RunFolder& run, const std::string& version) {
  Document document = begin_document("run", name_of_folder(run.path), version);
  document.json["dataset"] = run.read()["dataset"].text();
  document.json["headline"] = headline(run);
  document.json["summary"] = summary(run);
  add_epochs(run, document);
  add_comparison(run, document);
  add_clocks(run, document);
  add_bytes(run, document);
  add_energy(run, document);
  add_machine(run, document);
  add_layers(run, document);
  add_tiles(run, document);
  add_matrices(run.network, kMatrixBytes, document);
  add_clip(run, document);
  add_provenance(run, document);
  return document;
}

Document document_of(const fs::path& folder, const std::string& version) {
  if (!fs::is_directory(folder))
    throw file_error(folder.string(), "", "",
                     "is not a folder of a run, exploration or experiment");
  if (fs::exists(folder / "spec.json")) return exploration_document(folder, version);
  if (fs::exists(folder / "experiment.json")) return experiment_document(folder, version);
  if (!fs::exists(folder / "report.json") && holds_paper_experiments(folder))
    return paper_document(folder, version);
  return run_document(read_run_folder(folder), version);
}

}  // namespace colcomb::page
