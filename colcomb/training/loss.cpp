#include "colcomb/training/loss.hpp"

namespace colcomb::training {
namespace {

torch::Tensor cross_entropy(const torch::Tensor& logits, const torch::Tensor& labels,
                            double smoothing) {
  return torch::nn::functional::cross_entropy(
      logits, labels, torch::nn::functional::CrossEntropyFuncOptions().label_smoothing(smoothing));
}

torch::Tensor divergence(const torch::Tensor& logits, const torch::Tensor& teacher,
                         double temperature) {
  const auto wanted = torch::log_softmax(teacher / temperature, 1);
  const auto actual = torch::log_softmax(logits / temperature, 1);
  const auto per_image = (wanted.exp() * (wanted - actual)).sum(1);
  return per_image.mean() * (temperature * temperature);
}

}  // namespace

torch::Tensor loss_of(const torch::Tensor& logits, const Targets& targets,
                      const RecipeOptions& recipe) {
  auto loss = cross_entropy(logits, targets.labels, recipe.label_smoothing);
  if (targets.partners.defined()) {
    loss = targets.share * loss +
           (1 - targets.share) * cross_entropy(logits, targets.partners, recipe.label_smoothing);
  }
  if (!targets.teacher.defined()) return loss;
  const double share = recipe.teacher_share;
  return (1 - share) * loss + share * divergence(logits, targets.teacher, recipe.temperature);
}

}  // namespace colcomb::training
