#include "colcomb/experiments/store.hpp"

#include <fmt/format.h>

#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/exploration/explore.hpp"

namespace colcomb::experiments {

void Store::add(exploration::Row row) {
  Settings settings = row.settings;
  rows_.insert_or_assign(std::move(settings), std::move(row));
}

std::optional<double> Store::value(const Settings& point, const std::string& name) const {
  const auto found = rows_.find(point);
  return found == rows_.end() ? std::nullopt : found->second.result(name);
}

std::optional<double> Store::top1(const Settings& point) const {
  auto share = value(point, "top1");
  if (!share) share = value(point, "trained_top1");
  return share ? std::optional(100 * *share) : std::nullopt;
}

std::vector<std::string> Store::failures() const {
  std::vector<std::string> sentences;
  for (const auto& [settings, row] : rows_) {
    if (row.error.empty()) continue;
    const std::string* model = exploration::find(settings, "train.model");
    sentences.push_back(fmt::format("failed: {} (point {}): {}",
                                    model == nullptr ? "" : exploration::shown(*model), row.id,
                                    row.error));
  }
  return sentences;
}

std::optional<Checkpoint> Store::trained(const Settings& point) const {
  const auto path = exploration::run_folder(runs(), point) / "network.ckpt";
  if (!std::filesystem::exists(path)) return std::nullopt;
  return load_checkpoint(path);
}

nlohmann::json Store::results(const std::string& experiment) const {
  const auto path = folder_of(experiment) / "results.json";
  auto json = nlohmann::json::parse(read_text_file(path), nullptr, false);
  if (!json.is_object() || !json["runs"].is_array())
    throw file_error(path.string(), "runs", "", "must be a list: no results of " + experiment);
  return json;
}

}  // namespace colcomb::experiments
