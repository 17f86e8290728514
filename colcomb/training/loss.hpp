#pragma once

#include <torch/torch.h>

#include "colcomb/training/recipe.hpp"

namespace colcomb::training {

/// What a batch of B images is trained towards.
struct Targets {
  torch::Tensor labels;    // int64, B
  torch::Tensor partners;  // int64, B: labels of the images mixed in; undefined without mixup
  double share = 1;        // of `labels` where there are partners
  torch::Tensor teacher;   // logits, B x classes; undefined without a teacher
};

/// Mean over the batch of (1 - s) * cross entropy with smoothed labels + s * T^2 * KL(teacher's
/// softmax(logits / T) || softmax(logits / T)), s being the teacher's share and T the temperature;
/// without a teacher s is 0. T^2 keeps the gradient's size independent of T.
[[nodiscard]] torch::Tensor loss_of(const torch::Tensor& logits, const Targets& targets,
                                    const RecipeOptions& recipe);

}  // namespace colcomb::training
