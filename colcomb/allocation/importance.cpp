#include "colcomb/allocation/importance.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <numeric>

#include "colcomb/base/check.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/suggestion.hpp"

namespace colcomb::allocation {
namespace {

struct MeasureEntry {
  const char* name;
  bool needs_gradients;
  const char* summary;
};

constexpr std::array kMeasures = {
#define COLCOMB_IMPORTANCE(enumerator, name, needs_gradients, summary) \
  MeasureEntry{name, needs_gradients, summary},
#include "colcomb/allocation/importances.def"
};

const MeasureEntry& measure_entry(Importance importance) {
  return kMeasures.at(static_cast<std::size_t>(importance));
}

double value_of(Importance importance, double weight, double gradient) {
  switch (importance) {
    case Importance::kMagnitude:
      return std::fabs(weight);
    case Importance::kSquare:
      return weight * weight;
    case Importance::kTaylor:
      return std::fabs(weight) * gradient;
    case Importance::kFisher:
      return weight * weight * gradient;
  }
  return 0;
}

double sum_of(const Matrix<double>& values) {
  return std::accumulate(values.values().begin(), values.values().end(), 0.0);
}

Matrix<float> scaled(const Matrix<double>& values, double factor) {
  Matrix<float> result(values.rows(), values.cols());
  for (std::size_t k = 0; k < result.size(); ++k)
    result.values()[k] = static_cast<float>(values.values()[k] * factor);
  return result;
}

}  // namespace

Importance parse_importance(const std::string& name) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < kMeasures.size(); ++i) {
    if (name == kMeasures.at(i).name) return static_cast<Importance>(i);
    names.emplace_back(kMeasures.at(i).name);
  }
  throw option_error("allocation.importance", name, must_be_one_of(name, names));
}

const char* name_of(Importance importance) {
  return measure_entry(importance).name;
}

bool needs_gradients(Importance importance) {
  return measure_entry(importance).needs_gradients;
}

std::vector<std::string> describe_importances() {
  std::vector<std::string> lines;
  for (const MeasureEntry& entry : kMeasures)
    lines.push_back(fmt::format("{}: {}", entry.name, entry.summary));
  return lines;
}

std::vector<Matrix<float>> importance_of(const FloatNetwork& network, Importance importance,
                                         const std::vector<Matrix<float>>& gradients) {
  COLCOMB_CHECK(gradients.size() == (needs_gradients(importance) ? network.layer_count() : 0),
                "gradients are given exactly where they are needed");
  std::vector<Matrix<double>> values;
  double all = 0;
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    const Matrix<float>& weights = network.layer(i).weights;
    auto& layer = values.emplace_back(weights.rows(), weights.cols());
    for (std::size_t k = 0; k < layer.size(); ++k) {
      const double gradient =
          gradients.empty() ? 0.0 : static_cast<double>(gradients[i].values()[k]);
      layer.values()[k] = value_of(importance, static_cast<double>(weights.values()[k]), gradient);
    }
    all += sum_of(layer);
  }
  std::vector<Matrix<float>> result;
  for (const Matrix<double>& layer : values) {
    const double sum = gradients.empty() ? sum_of(layer) : all / static_cast<double>(values.size());
    result.push_back(scaled(layer, sum > 0 ? 1 / sum : 0));
  }
  return result;
}

}  // namespace colcomb::allocation
