#include "colcomb/dataset/catalogue.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "colcomb/base/error.hpp"

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
    throw option_error("data.name", name,
                       fmt::format("must be one of {}", fmt::join(dataset_names(), ", ")));
  }
  return *found;
}

std::unique_ptr<Dataset> open_dataset(const std::string& name, const std::filesystem::path& root,
                                      Split split) {
  return catalogue_entry(name).open(root, split);
}

Normalization normalization_of(const std::string& name) {
  return catalogue_entry(name).normalization;
}

std::vector<std::int32_t> labels_of(const Dataset& dataset) {
  std::vector<std::int32_t> labels(dataset.size());
  for (std::size_t i = 0; i < labels.size(); ++i) labels[i] = dataset.label(i);
  return labels;
}

}  // namespace colcomb::dataset
