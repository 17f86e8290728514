// All kernels of one instruction set; see vector.inl for what the includer must define.
#pragma once

#include "colcomb/backprop/kernels/activation.inl"
#include "colcomb/backprop/kernels/activation_gradient.inl"
#include "colcomb/backprop/kernels/bf16_packing.inl"
#include "colcomb/backprop/kernels/norm_gradient.inl"
#include "colcomb/backprop/kernels/product.inl"
#include "colcomb/backprop/kernels/sparse_product.inl"
#include "colcomb/backprop/kernels/sparse_weight_gradient.inl"
#include "colcomb/backprop/kernels/weight_gradient.inl"

namespace colcomb::backprop {
namespace {

Kernels kernels_of_isa(const char* name, bool (*supported)()) {
  return {name,
          supported,
          Isa::kBlockRows,
          product<FloatProduct>,
          sparse_product,
          weight_gradient<FloatProduct>,
          sparse_weight_gradient,
          sum_lanes,
          activate,
          activation_gradient,
          norm_gradient,
          bf16_pack_rows,
          bf16_pack_pixels,
          bf16_repack_pixels,
          product<Bf16Product>,
          weight_gradient<Bf16Product>};
}

}  // namespace
}  // namespace colcomb::backprop
