#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>

namespace colcomb::training {

/// Ways to a better network for the same size that the reference lacks. All are off by default.
struct RecipeOptions {
  /// Part of each image's target that is spread evenly over all classes, 0 to 1.
  double label_smoothing = 0;
  /// Epochs, whole or not, over which the learning rate grows evenly from 0 before its cosine.
  double warm_up_epochs = 0;
  /// Look ahead along the momentum (Nesterov's method).
  bool nesterov = false;
  /// Mix each image with another of its batch, in a proportion drawn from Beta(mixup, mixup), 0 to
  /// 1; 0: off. For long runs of large networks.
  double mixup = 0;
  /// Decay per step of an exponential moving average of the weights, which is evaluated and saved
  /// in place of the weights themselves; 0: off. Below 1.
  double average_decay = 0;
  /// Checkpoint of a trained network of the same input and classes, whose logits are learnt too
  /// (knowledge distillation).
  std::optional<std::filesystem::path> teacher;
  double teacher_share = 0.5;  // of the loss, 0 to 1
  double temperature = 4;      // that softens both networks' logits, above 0
  /// Stop once the validation loss has not fallen for so many epochs after the last pruning; 0:
  /// train to the end.
  std::size_t patience = 0;
};

}  // namespace colcomb::training
