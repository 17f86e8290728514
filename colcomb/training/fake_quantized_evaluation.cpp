#include "colcomb/training/fake_quantized_evaluation.hpp"

#include <algorithm>

#include "colcomb/base/error.hpp"
#include "colcomb/network/fake_quantized.hpp"
#include "colcomb/training/meter.hpp"

namespace colcomb::training {
namespace {

/// The code of all layers but those of fixed weights, which the classifier is not.
WeightCode weight_code_of(const QuantizedNetwork& packed) {
  const WeightCode code = packed.classifier.weight_code;
  for (std::size_t i = 0; i < packed.hidden.size(); ++i) {
    const bool fixed = packed.description.hidden[i].fixed;
    if (packed.hidden[i].weight_code == (fixed ? WeightCode::kInt8 : code)) continue;
    throw failure("packed network",
                  "its layers have different weight codes: it was not made by colcomb quantize and "
                  "cannot be compared");
  }
  return code;
}

}  // namespace

Matrix<std::int32_t> fake_quantized_logits(const FloatNetwork& network,
                                           const QuantizedNetwork& packed,
                                           dataset::BatchLoader& loader) {
  if (packed.hidden.size() != network.hidden.size())
    throw failure("packed network", "has another number of layers than the checkpoint's network");
  const torch::NoGradGuard no_grad;
  const network::FakeQuantized fake(
      network, {packed.pooling.fraction_bits, weight_code_of(packed),
                has_row_exponents(packed) ? WeightScales::kChannel : WeightScales::kLayer});
  Matrix<std::int32_t> logits(loader.images(), network.description.classes);
  std::size_t done = 0;
  while (const auto batch = loader.next()) {
    const auto result = fake.forward(images_of(*batch, torch::kCPU)).contiguous();
    const double* const values = result.data_ptr<double>();
    // Integers below 2^31 in magnitude, so the conversion is exact.
    std::transform(values, values + result.numel(), logits.row(done).data(),
                   [](double v) { return static_cast<std::int32_t>(v); });
    done += batch->count;
  }
  return logits;
}

}  // namespace colcomb::training
