#include "colcomb/page/sections.hpp"

namespace colcomb::page {
namespace {

/// Weights of the layers that training prunes, before it.
std::uint64_t weights_before(const RunFolder& run) {
  std::uint64_t weights = 0;
  const auto layers = run.read()["combining"]["layers"].elements();
  for (std::size_t i = 0; i + 1 < layers.size(); ++i)
    weights += layers[i]["nonzeros_before"].count();
  return weights;
}

}  // namespace

void add_epochs(const RunFolder& run, Document& document) {
  if (run.epochs.empty()) return;
  Json rows = Json::array();
  std::uint64_t before = weights_before(run);
  for (const Json& epoch : run.epochs) {
    Json row = Json::object();
    for (const char* name : {"epoch", "test_top1", "validation_top1", "train_loss", "nonzeros",
                             "utilization", "retained_magnitude", "seconds"}) {
      if (epoch.contains(name)) row[name] = epoch[name];
    }
    const auto nonzeros = epoch["nonzeros"].get<std::uint64_t>();
    row["pruned"] = nonzeros < before;
    before = nonzeros;
    rows.push_back(std::move(row));
  }
  document.json["epochs"] = {{"weights", weights_before(run)}, {"rows", rows}};
}

}  // namespace colcomb::page
