#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "colcomb/backprop/geometry.hpp"
#include "colcomb/backprop/kernels/kernels.hpp"
#include "colcomb/backprop/pass.hpp"

namespace colcomb::backprop {

/// One layer's N x M filter matrix in the form its products read: dense, bf16-packed, or, once
/// enough weights are pruned for that to be faster, the nonzero entries alone.
class Filter {
 public:
  /// Requires: both references outlive this.
  Filter(const LayerGeometry& geometry, const Kernels& kernels);

  /// `mask`: N x M of 0 and 1; empty: nothing is pruned. Decides between dense and sparse.
  void set_mask(std::span<const float> mask);
  /// `weights`: N x M, for the products that follow. With Precision::kBfloat16 a dense matrix of
  /// enough rows and columns is packed; all others stay float.
  void set_weights(const float* weights, Precision precision);

  [[nodiscard]] bool sparse() const { return sparse_; }
  /// Whether the weights last set are bf16-packed.
  [[nodiscard]] bool bf16() const { return bf16_; }

  // The products of one row tile. The caller sets the job's maps, `pixels` and, for forward(),
  // `sums`, `non_temporal` and `out_bf16`. `packed` is scratch of bf16_scratch() vectors.
  /// Outputs y = W a.
  void forward(Product job, float* packed) const;
  /// Gradient by the inputs a, from that by y. Overwrites job.out, or adds to it where several
  /// columns read one channel. `grad_bf16`: the gradient by y is bf16-packed; requires bf16().
  void backward(Product job, bool grad_bf16, float* packed) const;
  /// Vectors of scratch that the products need with the weights last set.
  [[nodiscard]] std::size_t bf16_scratch() const;

  /// Adds the weights' gradient, from that by y and the inputs, to `out`, gradient_size() floats in
  /// an order of this class's own (see write_gradient). `scratch`: gradient_scratch() vectors, zero
  /// before and after.
  void gradient(WeightGradient job, bool grad_bf16, float* scratch, float* packed,
                float* out) const;
  [[nodiscard]] std::size_t gradient_scratch() const {
    return sparse_ ? forward_.entries.size() : 0;
  }
  [[nodiscard]] std::size_t gradient_size() const;
  /// Sums the partial results of gradient(), in their order, into the N x M gradient `out`, which
  /// is 0 for pruned weights. Writes chunk `chunk` of gradient_chunks(), so that threads can share
  /// the work; overwrites partial[0].
  void write_gradient(std::span<float* const> partial, std::size_t chunk, float* out) const;
  [[nodiscard]] std::size_t gradient_chunks() const;

 private:
  /// A sparse matrix by rows.
  struct SparseRows {
    std::vector<std::uint32_t> first;   // rows + 1: row r has entries first[r] to first[r + 1] - 1
    std::vector<std::uint32_t> weight;  // per entry: its index in the N x M weights
    std::vector<Entry> entries;
  };
  /// Offsets of the rows or the columns where a product reads them packed in pairs.
  struct PackedOperand {
    std::vector<std::int32_t> low, high;     // of the two members of each pair before packing
    std::vector<std::int32_t> row_packed;    // of each pair in bf16_pack_rows' output
    std::vector<std::int32_t> pixel_packed;  // of each row in bf16_pack_pixels' output
    std::vector<std::int32_t> stored_bf16;   // of each pair in a stored bf16 map; rows only
  };
  void list_entries(std::span<const float> mask);
  void pack(const float* weights);
  void pack_bf16(const float* weights);
  /// number(r, k) in the layout of Kernels::block_rows.
  template <class Number>
  void pack_blocks(std::size_t rows, std::size_t columns, Number number,
                   std::vector<float>& to) const;
  [[nodiscard]] PackedOperand packed_operand(const std::vector<std::int32_t>& offsets) const;
  /// Packs what the job reads into `packed` and points the job there.
  void pack_operands(Product& job, const PackedOperand& operand, float* packed) const;
  void pack_operands(WeightGradient& job, bool grad_bf16, float* packed) const;
  /// `rows` rounded up to a multiple of block_rows.
  [[nodiscard]] std::size_t padded(std::size_t rows) const;
  /// The weight, or 0 if it is pruned.
  [[nodiscard]] float value(const float* weights, std::size_t row, std::size_t column) const {
    const std::size_t at = row * geometry_.columns + column;
    return mask_.empty() ? weights[at] : weights[at] * mask_[at];
  }

  const LayerGeometry& geometry_;
  const Kernels& kernels_;
  bool sparse_ = false;
  bool bf16_ = false;
  std::vector<float> mask_;
  std::vector<float> dense_forward_;   // in blocks of rows: see Kernels::block_rows
  std::vector<float> dense_backward_;  // the same of the transpose
  PackedOperand columns_, rows_;
  std::vector<std::int32_t> packed_pixels_;  // offset of each vector of a packed row
  SparseRows forward_, backward_;            // of the matrix and of its transpose
};

template <class Number>
void Filter::pack_blocks(std::size_t rows, std::size_t columns, Number number,
                         std::vector<float>& to) const {
  const std::size_t block = kernels_.block_rows;
  to.assign(padded(rows) * columns, 0);
  float* next = to.data();
  for (std::size_t first = 0; first < rows; first += block) {
    const std::size_t in_block = std::min(block, rows - first);
    for (std::size_t k = 0; k < columns; ++k, next += block) {
      for (std::size_t r = 0; r < in_block; ++r) next[r] = number(first + r, k);
    }
  }
}

}  // namespace colcomb::backprop
