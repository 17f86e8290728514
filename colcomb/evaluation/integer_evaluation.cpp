#include "colcomb/evaluation/integer_evaluation.hpp"

#include <chrono>

#include "colcomb/inference/engine.hpp"

namespace colcomb::evaluation {

IntegerEvaluation evaluate_integers(const QuantizedNetwork& network, const EvaluationData& data,
                                    std::size_t limit, const ProgressObserver& progress) {
  const auto begin = std::chrono::steady_clock::now();
  const auto indices = first_indices(data, limit);
  IntegerEvaluation result;
  result.logits = Matrix<std::int32_t>(indices.size(), network.description.classes);
  inference::Engine engine(network);
  result.saturated.resize(engine.hidden_layers());
  dataset::BatchLoader loader = load(data, indices);
  while (const auto batch = loader.next()) {
    const auto logits = result.logits.values().subspan(result.labels.size() * engine.classes(),
                                                       batch->count * engine.classes());
    engine.run(batch->pixels, logits, result.saturated);
    result.labels.insert(result.labels.end(), batch->labels.begin(), batch->labels.end());
    if (progress) progress(result.labels.size(), indices.size());
  }
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return result;
}

}  // namespace colcomb::evaluation
