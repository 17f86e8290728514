#pragma once

#include <torch/torch.h>

#include <span>

#include "colcomb/base/check.hpp"

namespace colcomb::network {

/// A tensor on the CPU, of this shape, whose memory is the caller's: it must outlive the tensor,
/// and nothing may write through the tensor. (LibTorch has no tensors of constants; this is the one
/// place that takes constness away for it.) Requires: values.size() is the shape's product.
template <class T>
[[nodiscard]] torch::Tensor tensor_view(std::span<const T> values, at::IntArrayRef shape) {
  std::int64_t count = 1;
  for (const std::int64_t n : shape) count *= n;
  COLCOMB_CHECK(count == static_cast<std::int64_t>(values.size()), "a view must have all values");
  return torch::from_blob(const_cast<T*>(values.data()), shape, c10::CppTypeToScalarType<T>::value);
}

}  // namespace colcomb::network
