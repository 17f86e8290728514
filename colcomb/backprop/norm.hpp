#pragma once

#include <cstddef>
#include <vector>

namespace colcomb::backprop {

/// Per row, over all pixels and images of a batch: the sum of a value, and that of its product with
/// another.
struct NormSums {
  std::vector<double> first, second;
};

/// One layer's batch norm, with factors per row: y * scale + shift forward, dz * a + y * b + c
/// backward (see NormGradient).
struct Norm {
  std::vector<double> mean, inverse_deviation;  // of the batch
  std::vector<float> centre;                    // the mean, rounded to float
  std::vector<float> scale, shift;
  std::vector<float> a, b, c;

  /// From sums of (y - pivot) and its square over `count` values per row.
  void from_batch(const NormSums& sums, double count, const float* pivot, const float* weight,
                  const float* bias);
  /// From running statistics.
  void from_running(std::size_t rows, const float* mean, const float* variance, const float* weight,
                    const float* bias);
  /// For a layer with a bias in place of batch norm: (y + bias) * factor.
  void from_bias(std::size_t rows, const float* bias, float factor);
  /// From sums of dz and dz * (y - mean) over the whole batch.
  void from_gradients(const NormSums& sums, double count, const float* weight);
  /// The gradients of weight and bias from the same sums; from one process's sums, its part of
  /// them.
  void parameter_gradients(const NormSums& sums, float* weight_gradient,
                           float* bias_gradient) const;
  /// For a layer with a bias: its gradient is the first sum. `bias_gradient` may be null.
  void from_bias_gradients(const NormSums& sums, float* bias_gradient);
  /// Moves the running statistics towards the batch's.
  void update(double momentum, double count, float* running_mean, float* running_variance) const;
};

}  // namespace colcomb::backprop
