// The evaluations that need LibTorch.
#include <algorithm>

#include "colcomb/base/error.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/cli/evaluation.hpp"
#include "colcomb/cli/evaluation_loader.hpp"
#include "colcomb/network/cnn.hpp"
#include "colcomb/network/fake_quantized.hpp"
#include "colcomb/training/meter.hpp"

namespace colcomb::cli {

Accuracy evaluate_float(const FloatNetwork& network, const EvaluationData& data,
                        std::size_t limit) {
  network::Cnn cnn(network.description, 0);
  cnn->from_artifact(network);
  dataset::BatchLoader loader(*data.set, first_indices(data, limit), data.transform,
                              evaluation_loading());
  const auto runner = training::make_runner(training::resolve_backend("auto", torch::kCPU), cnn,
                                            torch::kCPU, available_threads());
  const training::Meter meter = training::evaluate(*runner, loader);
  return {meter.images, meter.top1, meter.top5};
}

Matrix<std::int32_t> evaluate_fake_quantized(const FloatNetwork& network,
                                             const QuantizedNetwork& packed,
                                             const EvaluationData& data, std::size_t limit) {
  // `colcomb quantize` gives all layers but fixed ones, which the linear layer is not, one code.
  const WeightCode code = packed.layers.back().weight_code;
  for (std::size_t i = 0; i < packed.layers.size(); ++i) {
    const bool fixed = packed.description.layers[i].fixed;
    if (packed.layers[i].weight_code == (fixed ? WeightCode::kInt8 : code)) continue;
    throw failure("packed network",
                  "its layers have different weight codes: it was not made by colcomb quantize and "
                  "cannot be compared");
  }
  const torch::NoGradGuard no_grad;
  const network::FakeQuantized fake(network, packed.pool_bits, code);
  const auto indices = first_indices(data, limit);
  Matrix<std::int32_t> logits(indices.size(), network.description.classes);
  dataset::BatchLoader loader(*data.set, indices, data.transform, evaluation_loading());
  std::size_t done = 0;
  while (const auto batch = loader.next()) {
    const auto result = fake.forward(training::images_of(*batch, torch::kCPU)).contiguous();
    const double* const values = result.data_ptr<double>();
    // Whole numbers below 2^31 in magnitude, so the conversion is exact.
    std::transform(values, values + result.numel(), logits.row(done).data(),
                   [](double v) { return static_cast<std::int32_t>(v); });
    done += batch->count;
  }
  return logits;
}

}  // namespace colcomb::cli
