#include "colcomb/cli/evaluation.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <numeric>
#include <span>

#include "colcomb/base/progress.hpp"
#include "colcomb/cli/evaluation_loader.hpp"
#include "colcomb/inference/engine.hpp"

namespace colcomb::cli {
namespace {

/// How many logits come before the label's: larger ones, and equal ones of lower classes.
std::size_t rank_of(std::span<const std::int32_t> logits, std::size_t label) {
  std::size_t rank = 0;
  for (std::size_t k = 0; k < logits.size(); ++k) {
    rank += logits[k] > logits[label] || (logits[k] == logits[label] && k < label) ? 1 : 0;
  }
  return rank;
}

}  // namespace

std::vector<std::size_t> first_indices(const EvaluationData& data, std::size_t limit) {
  const std::size_t count = limit > 0 ? std::min(limit, data.set->size()) : data.set->size();
  std::vector<std::size_t> indices(count);
  std::iota(indices.begin(), indices.end(), std::size_t{0});
  return indices;
}

dataset::LoaderOptions evaluation_loading() {
  dataset::LoaderOptions loading;
  loading.batch_size = 250;
  return loading;
}

Accuracy accuracy_of(const Matrix<std::int32_t>& logits, const std::vector<std::int32_t>& labels) {
  Accuracy accuracy;
  accuracy.images = logits.rows();
  for (std::size_t b = 0; b < logits.rows(); ++b) {
    const std::size_t rank = rank_of(logits.row(b), static_cast<std::size_t>(labels[b]));
    accuracy.top1 += rank < 1 ? 1 : 0;
    accuracy.top5 += rank < 5 ? 1 : 0;
  }
  return accuracy;
}

IntegerEvaluation evaluate_integers(const QuantizedNetwork& network, const EvaluationData& data,
                                    std::size_t limit) {
  const auto begin = std::chrono::steady_clock::now();
  const auto indices = first_indices(data, limit);
  IntegerEvaluation result;
  result.logits = Matrix<std::int32_t>(indices.size(), network.description.classes);
  dataset::BatchLoader loader(*data.set, indices, data.transform, evaluation_loading());
  Progress::Options bar;
  bar.title = "integer network";
  bar.total = indices.size();
  bar.terminal = on_terminal(stderr);
  Progress progress(bar);
  inference::Engine engine(network);
  result.saturated.resize(engine.hidden_layers());
  while (const auto batch = loader.next()) {
    const auto logits = result.logits.values().subspan(result.labels.size() * engine.classes(),
                                                       batch->count * engine.classes());
    engine.run(batch->pixels, logits, result.saturated);
    result.labels.insert(result.labels.end(), batch->labels.begin(), batch->labels.end());
    progress.update(result.labels.size());
  }
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return result;
}

LogitComparison compare_logits(const Matrix<std::int32_t>& integer,
                               const Matrix<std::int32_t>& fake_quantized) {
  COLCOMB_CHECK(integer.rows() == fake_quantized.rows() && integer.cols() == fake_quantized.cols(),
                "logits of different images or classes");
  LogitComparison comparison;
  comparison.images = integer.rows();
  for (std::size_t b = 0; b < integer.rows(); ++b) {
    const auto a = integer.row(b);
    const auto f = fake_quantized.row(b);
    const auto at = std::mismatch(a.begin(), a.end(), f.begin());
    if (at.first == a.end()) {
      ++comparison.identical;
    } else if (comparison.first_difference.empty()) {
      comparison.first_difference = fmt::format("image {}, class {}: integer {}, fake-quantized {}",
                                                b, at.first - a.begin(), *at.first, *at.second);
    }
  }
  return comparison;
}

}  // namespace colcomb::cli
