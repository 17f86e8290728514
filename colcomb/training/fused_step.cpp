#include "colcomb/training/fused_step.hpp"

namespace colcomb::training {
namespace {

float sign(float value) {
  return static_cast<float>(static_cast<int>(value > 0) - static_cast<int>(value < 0));
}

template <bool kMasked, bool kPenalized, bool kNesterov>
void step(const StepNumbers& n, const StepRates& rates) {
  // Copied, since what the loop stores could change them as far as the compiler knows.
  const StepRates r = rates;
  const float* const gradient = n.gradient;
  const float* const mask = n.mask;
  float* const value = n.value;
  float* const momentum = n.momentum;
#pragma GCC ivdep
  for (std::size_t i = 0; i < n.size; ++i) {
    float direction = gradient[i] + r.weight_decay * value[i];
    if constexpr (kPenalized) direction += r.l1_penalty * sign(value[i]);
    float m = r.momentum * momentum[i] + direction;
    if constexpr (kMasked) m *= mask[i];
    momentum[i] = m;
    if constexpr (kNesterov) {
      m = direction + r.momentum * m;
      if constexpr (kMasked) m *= mask[i];
    }
    value[i] -= r.learning_rate * m;
  }
}

template <bool kMasked, bool kPenalized>
void step(const StepNumbers& numbers, const StepRates& rates) {
  rates.nesterov ? step<kMasked, kPenalized, true>(numbers, rates)
                 : step<kMasked, kPenalized, false>(numbers, rates);
}

template <bool kMasked>
void step(const StepNumbers& numbers, const StepRates& rates) {
  rates.l1_penalty != 0 ? step<kMasked, true>(numbers, rates)
                        : step<kMasked, false>(numbers, rates);
}

}  // namespace

void step_fused(const StepNumbers& numbers, const StepRates& rates) {
  numbers.mask != nullptr ? step<true>(numbers, rates) : step<false>(numbers, rates);
}

}  // namespace colcomb::training
