#pragma once

#include <cstdint>
#include <span>

#include "colcomb/backprop/kernels/bf16_packing.hpp"
#include "colcomb/backprop/kernels/map_kernels.hpp"
#include "colcomb/backprop/kernels/product.hpp"

namespace colcomb::backprop {

/// All kernels compiled for one instruction set. Every pointer to vectors is 64-byte aligned. No
/// kernel allocates or throws.
struct Kernels {
  const char* name = "";
  /// Whether this processor has the instruction set.
  bool (*supported)() = nullptr;

  /// Rows that a dense product computes together, R. Dense weights, N x K, come as ceil(N / R)
  /// blocks one after the other: block b is a (K, R)-shaped array whose element [k, r] is
  /// w(b * R + r, k), zero where b * R + r >= N.
  std::size_t block_rows = 0;
  /// `weights`: dense, as for block_rows.
  void (*product)(const Product&, const float* weights) = nullptr;
  /// Row n has the nonzero entries first[n] to first[n + 1] - 1 of `entries`; Product::columns and
  /// column_in are not read.
  void (*sparse_product)(const Product&, const std::uint32_t* first,
                         const Entry* entries) = nullptr;

  /// Adds the gradient of w(n, k) to out[k * P + n], where P is `rows` rounded up to a multiple of
  /// block_rows; what is added for n >= rows is of no use.
  void (*weight_gradient)(const WeightGradient&, float* out) = nullptr;
  /// For each entry i adds its gradient per image to vector i of `sums`; their sum over the lanes
  /// is the entry's gradient. `first` and `entries` as for sparse_product, the offset of an entry
  /// being column_in of its column; WeightGradient::columns and column_in are not read.
  void (*sparse_weight_gradient)(const WeightGradient&, const std::uint32_t* first,
                                 const Entry* entries, float* sums) = nullptr;
  /// For i < count adds the sum of the lanes of vector i to out[i] and clears the vector.
  void (*sum_lanes)(float* vectors, std::size_t count, float* out) = nullptr;

  void (*activate)(const Activation&) = nullptr;
  void (*activation_gradient)(const ActivationGradient&) = nullptr;
  void (*norm_gradient)(const NormGradient&) = nullptr;

  // Products in bfloat16, summed in float. Their operands are bf16-packed, so that a "column" (or,
  // for the weight gradient, a "pixel") of the job is two of the layer's.
  void (*bf16_pack_rows)(const Bf16Packing&) = nullptr;
  void (*bf16_pack_pixels)(const Bf16Packing&) = nullptr;
  void (*bf16_repack_pixels)(const Bf16Packing&) = nullptr;
  /// As product(), but inputs and weights are packed pairs of columns.
  void (*bf16_product)(const Product&, const float* weights) = nullptr;
  /// As weight_gradient(), but both operands are packed pairs of pixels.
  void (*bf16_weight_gradient)(const WeightGradient&, float* out) = nullptr;
};

#define COLCOMB_KERNELS(name) [[nodiscard]] const Kernels& name##_kernels();
#include "colcomb/backprop/kernels/kernels.def"
#undef COLCOMB_KERNELS

/// Those that this processor can run, fastest first. Never empty.
[[nodiscard]] std::span<const Kernels* const> supported_kernels();

}  // namespace colcomb::backprop
