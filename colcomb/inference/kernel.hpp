#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "colcomb/inference/plan.hpp"

namespace colcomb::inference {

/// A rectangle of one layer's outputs.
struct Part {
  const std::uint8_t* input = nullptr;     // pixel (0, 0) of the input map
  const std::uint8_t* residual = nullptr;  // pixel (0, 0) of the source's map, if there is one
  void* output = nullptr;  // pixel (0, 0) of the output map; linear layer: 32-bit accumulations,
                           // with room for whole chunks
  std::size_t pixel_begin = 0, pixel_end = 0;
  std::size_t chunk_begin = 0, chunk_end = 0;  // of Geometry::chunk rows
  std::uint8_t* scratch = nullptr;             // scratch_bytes() of the caller's own, 64-aligned
  std::uint64_t* saturated = nullptr;          // if given: outputs above 255 before the clamp are
                                               // added to it
};

/// One layer's weights, packed for one instruction set.
class LayerKernel {
 public:
  LayerKernel() = default;
  LayerKernel(const LayerKernel&) = delete;
  LayerKernel& operator=(const LayerKernel&) = delete;
  virtual ~LayerKernel() = default;

  [[nodiscard]] virtual std::size_t scratch_bytes() const = 0;
  /// Safe to call from several threads. Writes positions beyond the layer's rows, up to a multiple
  /// of 16 rows (of 64 from row 32 on).
  virtual void run(const Part& part) const noexcept = 0;
};

/// One instruction set.
struct Kernel {
  const char* name = "";
  Geometry geometry;
  bool (*supported)() = nullptr;  // by this processor
  std::unique_ptr<LayerKernel> (*make)(const LayerPlan&) = nullptr;
};

#define COLCOMB_KERNEL(name) [[nodiscard]] const Kernel& name##_kernel();
#include "colcomb/inference/kernels.def"
#undef COLCOMB_KERNEL

/// Those that this processor can run, fastest first. Never empty.
[[nodiscard]] std::span<const Kernel* const> supported_kernels();

}  // namespace colcomb::inference
