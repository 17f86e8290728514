#pragma once

#include <cstddef>

namespace colcomb::training {

struct StepRates {
  float learning_rate = 0;
  float momentum = 0;
  float weight_decay = 0;
  float l1_penalty = 0;
  bool nesterov = false;
};

/// One parameter's numbers on the processor, `size` of each.
struct StepNumbers {
  std::size_t size = 0;
  float* value = nullptr;
  const float* gradient = nullptr;
  float* momentum = nullptr;
  const float* mask = nullptr;  // of 0 and 1; null: none is pruned
};

/// A step of Sgd in one pass over memory: these few operations per number wait for nothing else.
void step_fused(const StepNumbers& numbers, const StepRates& rates);

}  // namespace colcomb::training
