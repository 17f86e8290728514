#include "colcomb/training/named_tensors.hpp"

#include <algorithm>
#include <utility>

#include "colcomb/base/check.hpp"
#include "colcomb/network/tensor_view.hpp"

namespace colcomb::training {

NamedTensor named_tensor(const std::string& name, const torch::Tensor& tensor) {
  const auto flat = tensor.detach().to(torch::kCPU).contiguous().flatten();
  const float* const data = flat.data_ptr<float>();
  return {name, tensor.sizes().vec(), {data, data + flat.numel()}};
}

NamedTensor take_named(std::vector<NamedTensor>& state, const std::string& name) {
  const auto found =
      std::find_if(state.begin(), state.end(), [&](const auto& t) { return t.name == name; });
  COLCOMB_CHECK(found != state.end(), "the training state lacks " + name);
  NamedTensor result = std::move(*found);
  state.erase(found);
  return result;
}

void copy_named(const NamedTensor& from, torch::Tensor& to) {
  COLCOMB_CHECK(to.sizes().vec() == from.shape, "the training state does not fit " + from.name);
  const torch::NoGradGuard no_grad;
  to.copy_(network::tensor_view(std::span(from.values), to.sizes()));
}

}  // namespace colcomb::training
