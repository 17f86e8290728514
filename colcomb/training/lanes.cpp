#include "colcomb/training/lanes.hpp"

#include "colcomb/base/check.hpp"

namespace colcomb::training {

void set_masks(backprop::Pass& pass, const network::Cnn& network) {
  for (std::size_t i = 0; i < network->layers().size(); ++i) {
    const torch::Tensor& mask = network->layers()[i]->mask;
    if (!mask.defined()) continue;
    COLCOMB_CHECK(mask.is_contiguous() && mask.scalar_type() == torch::kFloat,
                  "a mask must lie in plain order");
    pass.set_mask(i, {mask.data_ptr<float>(), static_cast<std::size_t>(mask.numel())});
  }
}

torch::Tensor tensor_of(std::span<const float> logits, std::size_t count,
                        const NetworkDescription& network) {
  return torch::from_blob(
             const_cast<float*>(logits.data()),
             {static_cast<std::int64_t>(count), static_cast<std::int64_t>(network.classes)},
             torch::kFloat)
      .clone();
}

}  // namespace colcomb::training
