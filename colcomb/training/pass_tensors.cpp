#include "colcomb/training/pass_tensors.hpp"

#include <algorithm>

#include "colcomb/base/check.hpp"

namespace colcomb::training {

void set_masks(backprop::Pass& pass, const network::Cnn& network) {
  for (std::size_t i = 0; i < network->layers().size(); ++i) {
    const torch::Tensor& mask = network->layers()[i]->mask;
    if (!mask.defined()) continue;
    COLCOMB_CHECK(mask.is_contiguous() && mask.scalar_type() == torch::kFloat,
                  "a mask must be a contiguous float tensor");
    pass.set_mask(i, {mask.data_ptr<float>(), static_cast<std::size_t>(mask.numel())});
  }
}

torch::Tensor tensor_of(std::span<const float> logits, std::size_t count,
                        const NetworkDescription& network) {
  auto tensor =
      torch::empty({static_cast<std::int64_t>(count), static_cast<std::int64_t>(network.classes)},
                   torch::kFloat);
  COLCOMB_CHECK(static_cast<std::size_t>(tensor.numel()) == logits.size(),
                "logits must be count x classes");
  std::copy(logits.begin(), logits.end(), tensor.data_ptr<float>());
  return tensor;
}

}  // namespace colcomb::training
