#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "colcomb/backprop/geometry.hpp"
#include "colcomb/backprop/kernels.hpp"
#include "colcomb/backprop/pass.hpp"

namespace colcomb::backprop {

/// One layer's filter matrix as its products read it: all weights while it is dense, only the
/// surviving ones once enough are pruned for that to be faster.
class Filter {
 public:
  Filter(const LayerGeometry& geometry, const Kernels& kernels);

  /// Which weights count: N x M of 0 and 1; empty: all. Dense or sparse is decided here.
  void set_mask(std::span<const float> mask);
  /// Takes the values of the weights, N x M, for the products that follow. Dense products of many
  /// columns and rows are computed as `precision` says, all others in float.
  void set_weights(const float* weights, Precision precision);

  [[nodiscard]] bool sparse() const { return sparse_; }
  /// The weights last set are dense and in bfloat16.
  [[nodiscard]] bool paired() const { return paired_; }

  // Of one strip: `job` needs the maps, the number of pixels and, forward, the sums. `pairs` is
  // scratch of pair_scratch() vectors.
  /// y = W a, y dense, perhaps narrow.
  void forward(Product job, float* pairs) const;
  /// The gradient of `a` from that of y, a dense strip, written to or, where several columns read
  /// one channel, added to the map job.out. `narrow`: y's gradient is, which takes a paired filter.
  void backward(Product job, bool narrow, float* pairs) const;
  /// Vectors that the three products need with the weights last set.
  [[nodiscard]] std::size_t pair_scratch() const;

  /// Vectors of scratch that gradient() needs, zero at the first call; it leaves them zero.
  [[nodiscard]] std::size_t gradient_scratch() const { return sparse_ ? forward_.taps.size() : 0; }
  /// Number of values that gradient() adds to: all weights, some more, or the surviving ones.
  [[nodiscard]] std::size_t gradient_size() const;
  /// Adds the weights' gradient from y's, a dense strip, and the strip's input.
  void gradient(WeightGradient job, bool narrow, float* scratch, float* pairs, float* out) const;
  /// Writes part `part` of the N x M gradient, 0 for pruned weights: the sum, in their order, of
  /// the values that gradient() added up for each share of the blocks. Overwrites the first's.
  void write_gradient(std::span<float* const> shares, std::size_t part, float* out) const;
  [[nodiscard]] std::size_t gradient_parts() const;

 private:
  struct SparseRows {
    std::vector<std::uint32_t> first;   // rows + 1
    std::vector<std::uint32_t> weight;  // per tap: its place in the N x M weights
    std::vector<Tap> taps;
  };
  /// A side of the matrix whose numbers a product reads in pairs, the last alone if it is odd.
  struct PairedSide {
    std::vector<std::int32_t> low, high;  // addresses of a pair's numbers
    std::vector<std::int32_t> in_pairs;   // address of each pair
    std::vector<std::int32_t> alone;      // address of each number's pixel pairs
    std::vector<std::int32_t> narrow;     // address of each pair in a narrow map; rows alone
  };
  void list_taps(std::span<const float> mask);
  void pack(const float* weights);
  void pack_pairs(const float* weights);
  /// number(r, k) for the columns of a block of rows, then for the next block's.
  template <class Number>
  void pack_blocks(std::size_t rows, std::size_t columns, Number number,
                   std::vector<float>& to) const;
  [[nodiscard]] PairedSide paired_side(const std::vector<std::int32_t>& offsets) const;
  /// Brings what the job reads together in pairs, and makes it the job's.
  void pair_up(Product& job, const PairedSide& side, float* pairs) const;
  void pair_up(WeightGradient& job, bool narrow, float* pairs) const;
  [[nodiscard]] std::size_t padded(std::size_t rows) const;  // to a multiple of block_rows
  /// 0 for pruned weights.
  [[nodiscard]] float value(const float* weights, std::size_t row, std::size_t column) const {
    const std::size_t at = row * geometry_.columns + column;
    return mask_.empty() ? weights[at] : weights[at] * mask_[at];
  }

  const LayerGeometry& geometry_;
  const Kernels& kernels_;
  bool sparse_ = false;
  bool paired_ = false;
  std::vector<float> mask_;
  std::vector<float> dense_forward_;   // blocks of rows: see Kernels::block_rows; perhaps pairs
  std::vector<float> dense_backward_;  // the same of the transpose
  PairedSide columns_, rows_;
  std::vector<std::int32_t> pixels_in_pairs_;  // address of each pixel among pairs
  SparseRows forward_, backward_;
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
