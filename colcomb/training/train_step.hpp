#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "colcomb/training/average.hpp"
#include "colcomb/training/gradient_statistics.hpp"
#include "colcomb/training/options.hpp"
#include "colcomb/training/runner.hpp"
#include "colcomb/training/sgd.hpp"
#include "colcomb/training/teacher.hpp"
#include "colcomb/training/workers/gradient_sum.hpp"

namespace colcomb::training {

/// One step of gradient descent after another: targets, loss, gradients, their sum over the
/// workers, the optimizer, the average of the weights.
class TrainStep {
 public:
  /// Requires: `options` and `workers` outlive this.
  TrainStep(network::Cnn network, const TrainOptions& options, Workers& workers);

  /// To be called once, with the network on its device. `teacher`: null if the recipe has none.
  /// `state`: what state() gave after the last step, for a run that goes on, or empty.
  void begin(std::unique_ptr<Teacher> teacher, torch::Device device,
             std::vector<NamedTensor> state);

  /// What differs from step to step.
  struct Conditions {
    double learning_rate = 0;
    double l1_penalty = 0;
    std::uint64_t number = 0;         // of the step in the run; random streams follow from it
    bool gathers_statistics = false;  // pruning is still to come that may need them
    bool runs_empty_batches = false;  // the runner takes part in all-reduces without images, too
  };
  /// `batch`: this worker's shard, or with mixup the whole batch, of which the shard is left.
  /// Returns the whole batch's mean loss, a scalar that the device may still be computing.
  torch::Tensor take(Runner& runner, dataset::Batch& batch, const Conditions& conditions);

  /// The optimizer's momenta, the average and the gradients' statistics if there are some.
  /// Requires: no AverageInPlace is the wrong way round for what the caller saves (see Average).
  [[nodiscard]] std::vector<NamedTensor> state() const;
  /// Of the last steps' gradients; null where no importance needs them.
  [[nodiscard]] const GradientStatistics* gradient_statistics() const { return statistics_.get(); }
  /// Null without one.
  [[nodiscard]] Average* average() const { return average_.get(); }

 private:
  [[nodiscard]] torch::Tensor find_gradients(Runner& runner, const dataset::Batch& batch,
                                             const Targets& targets, std::uint64_t number);

  const TrainOptions& options_;
  Workers& workers_;
  network::Cnn network_;
  torch::Device device_ = torch::kCPU;
  std::unique_ptr<Teacher> teacher_;
  std::unique_ptr<Average> average_;
  std::unique_ptr<GradientStatistics> statistics_;
  Sgd sgd_;
  GradientSum gradients_;
};

}  // namespace colcomb::training
