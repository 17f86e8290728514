#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "colcomb/backprop/geometry.hpp"
#include "colcomb/backprop/kernels.hpp"

namespace colcomb::backprop {

/// One layer's filter matrix as its products read it: all weights while it is dense, only the
/// surviving ones once enough are pruned for that to be faster.
class Filter {
 public:
  Filter(const LayerGeometry& geometry, const Kernels& kernels);

  /// Which weights count: N x M of 0 and 1; empty: all. Dense or sparse is decided here.
  void set_mask(std::span<const float> mask);
  /// Takes the values of the weights, N x M, for the products that follow.
  void set_weights(const float* weights);

  [[nodiscard]] bool sparse() const { return sparse_; }

  // Of one strip. `job` needs the maps, the number of pixels and the sums.
  /// y = W a, y dense.
  void forward(Product job) const;
  /// The gradient of `a` from that of y, a dense strip, written to or, where several columns read
  /// one channel, added to the map job.out.
  void backward(Product job) const;

  /// Vectors of scratch that gradient() needs, zero at the first call; it leaves them zero.
  [[nodiscard]] std::size_t gradient_scratch() const { return sparse_ ? forward_.taps.size() : 0; }
  /// Number of values that gradient() adds to: all weights, some more, or the surviving ones.
  [[nodiscard]] std::size_t gradient_size() const;
  /// Adds the weights' gradient from y's, a dense strip, and the strip's input.
  void gradient(WeightGradient job, float* scratch, float* out) const;
  /// Writes the N x M gradient, 0 for pruned weights, from the values gradient() summed.
  void scatter_gradient(std::span<const float> values, float* out) const;

 private:
  struct SparseRows {
    std::vector<std::uint32_t> first;   // rows + 1
    std::vector<std::uint32_t> weight;  // per tap: its place in the N x M weights
    std::vector<Tap> taps;
  };
  [[nodiscard]] std::size_t padded_rows() const;  // to a multiple of the kernels' block_rows
  void list_taps(std::span<const float> mask);

  const LayerGeometry& geometry_;
  const Kernels& kernels_;
  bool sparse_ = false;
  std::vector<float> mask_;
  std::vector<float> dense_forward_;   // blocks of rows: see Kernels::block_rows
  std::vector<float> dense_backward_;  // the same of the transpose
  SparseRows forward_, backward_;
};

}  // namespace colcomb::backprop
