#include "colcomb/training/loss_sum.hpp"

#include <fmt/format.h>

#include <cmath>

#include "colcomb/base/error.hpp"

namespace colcomb::training {

LossSum::LossSum(torch::Device device, bool waits) {
  if (!waits) sum_ = torch::zeros({}, torch::TensorOptions(device).dtype(torch::kDouble));
}

void LossSum::add(const torch::Tensor& loss, std::size_t images) {
  images_ += images;
  if (at_hand()) {
    host_sum_ += loss.item<double>() * static_cast<double>(images);
  } else {
    const torch::NoGradGuard no_grad;
    sum_.add_(loss.detach().to(sum_.device(), torch::kDouble), static_cast<double>(images));
  }
}

double LossSum::mean() const {
  const double sum = at_hand() ? host_sum_ : sum_.item<double>();
  return sum / static_cast<double>(images_);
}

void LossSum::require_finite(std::size_t epoch, std::size_t batches) const {
  if (std::isfinite(mean())) return;
  throw failure("training",
                fmt::format("the loss is no longer finite in epoch {}, {} {}: try a smaller "
                            "learning rate; the last checkpoint is intact",
                            epoch, at_hand() ? "batch" : "by batch", batches));
}

}  // namespace colcomb::training
