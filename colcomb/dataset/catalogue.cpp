#include "colcomb/dataset/catalogue.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "colcomb/base/error.hpp"
#include "colcomb/base/suggestion.hpp"

namespace colcomb::dataset {
namespace {

const Normalization kMnist{{0.1307F}, {0.3081F}};
const Normalization kFashionMnist{{0.2860F}, {0.3530F}};
const Normalization kCifar{{0.4914F, 0.4822F, 0.4465F}, {0.247F, 0.243F, 0.261F}};
const Normalization kImageNet{{0.485F, 0.456F, 0.406F}, {0.229F, 0.224F, 0.225F}};

const std::vector<CatalogueEntry>& catalogue() {
  static const std::vector<CatalogueEntry> entries = {
#define COLCOMB_DATASET(name, open, pictures, normalization) \
  {name, open, Pictures::pictures, normalization},
#include "colcomb/dataset/dataset_names.def"
#undef COLCOMB_DATASET
  };
  return entries;
}

/// Whether photographs are wanted in grey.
bool is_grey(const CatalogueEntry& entry, std::size_t channels) {
  return entry.pictures == Pictures::kLarge && channels == 1;
}

}  // namespace

std::vector<std::string> dataset_names() {
  std::vector<std::string> names;
  for (const auto& entry : catalogue()) names.push_back(entry.name);
  return names;
}

const CatalogueEntry& catalogue_entry(const std::string& name) {
  const auto& entries = catalogue();
  const auto found = std::find_if(entries.begin(), entries.end(),
                                  [&name](const auto& entry) { return entry.name == name; });
  if (found == entries.end()) {
    throw option_error("data.name", name, must_be_one_of(name, dataset_names()));
  }
  return *found;
}

std::unique_ptr<Dataset> open_dataset(const std::string& name, const std::filesystem::path& root,
                                      Split split, std::size_t channels) {
  const CatalogueEntry& entry = catalogue_entry(name);
  std::unique_ptr<Dataset> set = entry.open(root, split);
  return is_grey(entry, channels) ? in_grey(std::move(set)) : std::move(set);
}

Normalization normalization_of(const std::string& name, std::size_t channels) {
  const CatalogueEntry& entry = catalogue_entry(name);
  Normalization usual = entry.normalization;
  if (!is_grey(entry, channels)) return usual;
  for (std::vector<float>* values : {&usual.mean, &usual.deviation})
    *values = {std::accumulate(values->begin(), values->end(), 0.0F) /
               static_cast<float>(values->size())};
  return usual;
}

std::vector<std::int32_t> labels_of(const Dataset& dataset) {
  std::vector<std::int32_t> labels(dataset.size());
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = dataset.label(i);
  return labels;
}

}  // namespace colcomb::dataset
