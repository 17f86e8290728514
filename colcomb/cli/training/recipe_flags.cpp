#include "colcomb/cli/training/recipe_flags.hpp"

namespace colcomb::cli {

void RecipeFlags::add_to(CLI::App& command) {
  training::RecipeOptions& o = options;
  command
      .add_option("--label-smoothing", o.label_smoothing,
                  "Part of each target that is spread over all classes, 0 to 1")
      ->capture_default_str();
  command
      .add_option("--warm-up", o.warm_up_epochs,
                  "Epochs over which the learning rate first grows from 0")
      ->capture_default_str();
  command.add_option("--nesterov", nesterov, "Look ahead along the momentum: + or -")
      ->check(CLI::IsMember({"+", "-"}))
      ->capture_default_str();
  command
      .add_option("--mixup", o.mixup,
                  "Mix images in pairs, in a proportion drawn from Beta(A, A), A from 0 (off) to 1")
      ->capture_default_str();
  command
      .add_option("--average-decay", o.average_decay,
                  "Decay per step of an average of the weights, which is evaluated and saved in "
                  "their place; 0: off")
      ->capture_default_str();
  command.add_option("--teacher", o.teacher,
                     "Checkpoint of a trained network, dense for instance, whose logits are learnt "
                     "too (distillation)");
  command.add_option("--teacher-share", o.teacher_share, "The teacher's part of the loss, 0 to 1")
      ->capture_default_str();
  command.add_option("--temperature", o.temperature, "Softens the logits that are compared")
      ->capture_default_str();
  command
      .add_option("--patience", o.patience,
                  "Stop when the validation loss has not fallen for so many epochs after the last "
                  "pruning; 0: never")
      ->capture_default_str();
}

training::RecipeOptions RecipeFlags::parsed() const {
  training::RecipeOptions result = options;
  result.nesterov = nesterov == "+";
  return result;
}

}  // namespace colcomb::cli
