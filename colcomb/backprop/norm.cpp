#include "colcomb/backprop/norm.hpp"

#include <algorithm>
#include <cmath>

#include "colcomb/artifacts/float_network.hpp"

namespace colcomb::backprop {

void Norm::from_batch(const NormSums& sums, double count, const float* pivot, const float* weight,
                      const float* bias) {
  const std::size_t rows = sums.first.size();
  mean.resize(rows);
  centre.resize(rows);
  inverse_deviation.resize(rows);
  scale.resize(rows);
  shift.resize(rows);
  for (std::size_t n = 0; n < rows; ++n) {
    const double difference = sums.first[n] / count;
    const double variance = std::max(0.0, sums.second[n] / count - difference * difference);
    mean[n] = pivot[n] + difference;
    centre[n] = static_cast<float>(mean[n]);
    inverse_deviation[n] = 1.0 / std::sqrt(variance + kBatchNormEpsilon);
    const double s = weight[n] * inverse_deviation[n];
    scale[n] = static_cast<float>(s);
    shift[n] = static_cast<float>(bias[n] - mean[n] * s);
  }
}

void Norm::from_running(std::size_t rows, const float* running_mean, const float* variance,
                        const float* weight, const float* bias) {
  scale.resize(rows);
  shift.resize(rows);
  for (std::size_t n = 0; n < rows; ++n) {
    const double s = weight[n] / std::sqrt(variance[n] + kBatchNormEpsilon);
    scale[n] = static_cast<float>(s);
    shift[n] = static_cast<float>(bias[n] - running_mean[n] * s);
  }
}

void Norm::from_bias(std::size_t rows, const float* bias, float factor) {
  mean.assign(rows, 0);
  centre.assign(rows, 0);
  scale.assign(rows, factor);
  shift.resize(rows);
  for (std::size_t n = 0; n < rows; ++n) shift[n] = bias[n] * factor;
}

void Norm::from_bias_gradients(const NormSums& sums, float* bias_gradient) {
  const std::size_t rows = sums.first.size();
  a = scale;
  b.assign(rows, 0);
  c.assign(rows, 0);
  if (bias_gradient == nullptr) return;
  for (std::size_t n = 0; n < rows; ++n)
    bias_gradient[n] = static_cast<float>(sums.first[n] * scale[n]);
}

void Norm::parameter_gradients(const NormSums& sums, float* weight_gradient,
                               float* bias_gradient) const {
  for (std::size_t n = 0; n < sums.first.size(); ++n) {
    weight_gradient[n] = static_cast<float>(sums.second[n] * inverse_deviation[n]);
    bias_gradient[n] = static_cast<float>(sums.first[n]);
  }
}

void Norm::from_gradients(const NormSums& sums, double count, const float* weight) {
  const std::size_t rows = sums.first.size();
  a.resize(rows);
  b.resize(rows);
  c.resize(rows);
  for (std::size_t n = 0; n < rows; ++n) {
    const double r = inverse_deviation[n];
    const double along = -weight[n] * r * r * r * sums.second[n] / count;
    a[n] = static_cast<float>(weight[n] * r);
    b[n] = static_cast<float>(along);
    c[n] = static_cast<float>(-weight[n] * r * sums.first[n] / count - along * mean[n]);
  }
}

void Norm::update(double momentum, double count, float* running_mean,
                  float* running_variance) const {
  // The running variance is the unbiased one, as LibTorch keeps it.
  const double unbiased = count > 1 ? count / (count - 1) : 1;
  for (std::size_t n = 0; n < mean.size(); ++n) {
    const double variance = 1.0 / (inverse_deviation[n] * inverse_deviation[n]) - kBatchNormEpsilon;
    running_mean[n] = static_cast<float>((1 - momentum) * running_mean[n] + momentum * mean[n]);
    running_variance[n] = static_cast<float>((1 - momentum) * running_variance[n] +
                                             momentum * std::max(0.0, variance) * unbiased);
  }
}

}  // namespace colcomb::backprop
