#pragma once

// A device of its own without any hardware: one of LibTorch's slots for devices from outside, with
// memory that it takes for another device's, so that an operation refuses to mix its tensors with
// the CPU's, and every operation carried out by the CPU's kernels. What holds here of where tensors
// lie holds on CUDA, as far as both ask for the same. Registers with LibTorch: include it in one
// source of a program.

#include <ATen/EmptyTensor.h>
#include <ATen/native/CPUFallback.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <torch/library.h>
#include <torch/torch.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <tuple>

// LibTorch 1 lets a module's parameters move to some slots alone.
#if TORCH_VERSION_MAJOR < 2
#define COLCOMB_OTHER_DEVICE XPU
#else
#define COLCOMB_OTHER_DEVICE PrivateUse1
#endif

namespace colcomb::tests {

inline const torch::Device kOtherDevice(c10::DeviceType::COLCOMB_OTHER_DEVICE, 0);

namespace other_device {

inline c10::DataPtr memory_of(std::size_t bytes) {
  void* const memory = bytes > 0 ? std::malloc(bytes) : nullptr;
  return {memory, memory, &std::free, kOtherDevice};
}

struct Allocator final : c10::Allocator {
#if TORCH_VERSION_MAJOR < 2
  [[nodiscard]] c10::DataPtr allocate(std::size_t bytes) const override {
    return memory_of(bytes);
  }
#else
  [[nodiscard]] c10::DataPtr allocate(std::size_t bytes) override {
    return memory_of(bytes);
  }
  void copy_data(void* to, const void* from, std::size_t bytes) const override {
    std::memcpy(to, from, bytes);
  }
#endif
};

inline c10::Allocator* allocator() {
  static Allocator allocator;
  return &allocator;
}

constexpr c10::DispatchKeySet kKeys(c10::DispatchKey::COLCOMB_OTHER_DEVICE);

inline torch::Tensor empty(at::IntArrayRef size, c10::optional<at::ScalarType> type,
                           c10::optional<at::Layout> /*layout*/,
                           c10::optional<at::Device> /*device*/, c10::optional<bool> /*pinned*/,
                           c10::optional<at::MemoryFormat> format) {
  return at::detail::empty_generic(size, allocator(), kKeys, type.value_or(torch::kFloat), format);
}

inline torch::Tensor empty_strided(at::IntArrayRef size, at::IntArrayRef stride,
                                   c10::optional<at::ScalarType> type,
                                   c10::optional<at::Layout> /*layout*/,
                                   c10::optional<at::Device> /*device*/,
                                   c10::optional<bool> /*pinned*/) {
  return at::detail::empty_strided_generic(size, stride, allocator(), kKeys,
                                           type.value_or(torch::kFloat));
}

/// The same memory as the CPU sees it.
inline torch::Tensor seen_by_cpu(const torch::Tensor& tensor) {
  if (tensor.is_cpu()) return tensor;
  return torch::from_blob(tensor.data_ptr(), tensor.sizes(), tensor.strides(),
                          torch::TensorOptions(tensor.dtype()));
}

inline torch::Tensor copy_from(const torch::Tensor& from, const torch::Tensor& to, bool) {
  seen_by_cpu(to).copy_(seen_by_cpu(from));
  return to;
}

inline torch::Tensor copy_from_and_resize(const torch::Tensor& from, const torch::Tensor& to) {
  if (to.sizes() != from.sizes()) to.resize_(from.sizes());
  return copy_from(from, to, false);
}

/// Of as many numbers as there is room for, or more.
inline const torch::Tensor& resize(const torch::Tensor& tensor, at::IntArrayRef size,
                                   c10::optional<at::MemoryFormat> format) {
  auto* const self = tensor.unsafeGetTensorImpl();
  self->set_sizes_contiguous(size);
  if (format) self->empty_tensor_restride(*format);
  const std::size_t bytes = self->numel() * self->dtype().itemsize();
  const c10::Storage& storage = self->storage();
  if (storage.nbytes() < bytes) {
    storage.set_data_ptr_noswap(allocator()->allocate(bytes));
    storage.unsafeGetStorageImpl()->set_nbytes(bytes);
  }
  return tensor;
}

inline torch::Tensor strided(const torch::Tensor& self, at::IntArrayRef size,
                             at::IntArrayRef stride, c10::optional<std::int64_t> offset) {
  auto result = at::detail::make_tensor<c10::TensorImpl>(
      c10::TensorImpl::VIEW, c10::Storage(self.storage()), self.key_set(), self.dtype());
  result.unsafeGetTensorImpl()->set_storage_offset(offset.value_or(self.storage_offset()));
  result.unsafeGetTensorImpl()->set_sizes_and_strides(size, stride);
  return result;
}

/// A view by way of the CPU, which knows which strides it has.
inline torch::Tensor reshaped(const torch::Tensor& self, at::IntArrayRef size) {
  const auto seen = seen_by_cpu(self).view(size);
  return strided(self, seen.sizes(), seen.strides(), self.storage_offset());
}

inline torch::Tensor reshape_alias(const torch::Tensor& self, at::IntArrayRef size,
                                   at::IntArrayRef stride) {
  return strided(self, size, stride, self.storage_offset());
}

inline at::Scalar local_scalar(const torch::Tensor& self) {
  return seen_by_cpu(self).item();
}

inline torch::Tensor convolution(const torch::Tensor& input, const torch::Tensor& weight,
                                 const c10::optional<torch::Tensor>& bias, at::IntArrayRef stride,
                                 at::IntArrayRef padding, at::IntArrayRef dilation, bool transposed,
                                 at::IntArrayRef output_padding, std::int64_t groups) {
  const auto host_bias = bias && bias->defined() ? c10::make_optional(seen_by_cpu(*bias))
                                                 : c10::optional<torch::Tensor>();
  return at::convolution(seen_by_cpu(input), seen_by_cpu(weight), host_bias, stride, padding,
                         dilation, transposed, output_padding, groups)
      .to(kOtherDevice);
}

inline std::tuple<torch::Tensor, torch::Tensor, torch::Tensor> convolution_backward(
    const torch::Tensor& gradient, const torch::Tensor& input, const torch::Tensor& weight,
    at::IntArrayRef stride, at::IntArrayRef padding, at::IntArrayRef dilation, bool transposed,
    at::IntArrayRef output_padding, std::int64_t groups, std::array<bool, 3> wanted) {
  auto [by_input, by_weight, by_bias] = at::convolution_backward(
      seen_by_cpu(gradient), seen_by_cpu(input), seen_by_cpu(weight), at::OptionalIntArrayRef(),
      stride, padding, dilation, transposed, output_padding, groups, wanted);
  const auto there = [](const torch::Tensor& t) { return t.defined() ? t.to(kOtherDevice) : t; };
  return {there(by_input), there(by_weight), there(by_bias)};
}

/// Changes the running statistics, which its signature does not say.
inline std::tuple<torch::Tensor, torch::Tensor, torch::Tensor> batch_norm(
    const torch::Tensor& input, const c10::optional<torch::Tensor>& weight,
    const c10::optional<torch::Tensor>& bias, const c10::optional<torch::Tensor>& mean,
    const c10::optional<torch::Tensor>& variance, bool training, double momentum, double epsilon) {
  const auto here = [](const c10::optional<torch::Tensor>& t) {
    return t && t->defined() ? c10::make_optional(seen_by_cpu(*t)) : c10::optional<torch::Tensor>();
  };
  const auto [output, saved_mean, saved_inverse] =
      at::native_batch_norm(seen_by_cpu(input), here(weight), here(bias), here(mean),
                            here(variance), training, momentum, epsilon);
  return {output.to(kOtherDevice), saved_mean.to(kOtherDevice), saved_inverse.to(kOtherDevice)};
}

// The fallback would not bring back what happens to lists of tensors.
inline void add_lists(at::TensorList to, at::TensorList numbers, const at::Scalar& factor) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i].add_(numbers[i], factor);
}
inline void scale_list(at::TensorList list, const at::Scalar& factor) {
  for (const torch::Tensor& tensor : list) tensor.mul_(factor);
}
inline void multiply_lists(at::TensorList to, at::TensorList factors) {
  for (std::size_t i = 0; i < to.size(); ++i) to[i].mul_(factors[i]);
}

inline void fallback(const c10::OperatorHandle& operation, torch::jit::Stack* stack) {
  at::native::cpu_fallback(operation, stack);
}

using Guard = c10::impl::NoOpDeviceGuardImpl<c10::DeviceType::COLCOMB_OTHER_DEVICE>;
C10_REGISTER_GUARD_IMPL(COLCOMB_OTHER_DEVICE, Guard);

TORCH_LIBRARY_IMPL(_, COLCOMB_OTHER_DEVICE, library) {
  library.fallback(torch::CppFunction::makeFromBoxedFunction<&fallback>());
}

TORCH_LIBRARY_IMPL(aten, COLCOMB_OTHER_DEVICE, library) {
  c10::SetAllocator(c10::DeviceType::COLCOMB_OTHER_DEVICE, allocator());
  library.impl("empty.memory_format", empty);
  library.impl("empty_strided", empty_strided);
  library.impl("_copy_from", copy_from);
  library.impl("_copy_from_and_resize", copy_from_and_resize);
  library.impl("resize_", resize);
  library.impl("as_strided", strided);
  library.impl("view", reshaped);
  library.impl("_reshape_alias", reshape_alias);
  library.impl("_local_scalar_dense", local_scalar);
  library.impl("native_batch_norm", batch_norm);
  library.impl("_foreach_add_.List", add_lists);
  library.impl("_foreach_mul_.Scalar", scale_list);
  library.impl("_foreach_mul_.List", multiply_lists);
  library.impl("convolution_overrideable", convolution);
  library.impl("convolution_backward_overrideable", convolution_backward);
}

}  // namespace other_device
}  // namespace colcomb::tests
