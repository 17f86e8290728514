#include "colcomb/training/train_step.hpp"

#include "colcomb/base/random.hpp"
#include "colcomb/training/batch_targets.hpp"

namespace colcomb::training {
namespace {

constexpr std::uint64_t kDropoutPurpose = 0x44524F50;  // "DROP"
constexpr std::uint64_t kMixupPurpose = 0x4D495855;    // "MIXU"

}  // namespace

TrainStep::TrainStep(network::Cnn network, const TrainOptions& options, Workers& workers)
    : options_(options),
      workers_(workers),
      network_(std::move(network)),
      sgd_(network_, {options.momentum, options.weight_decay, options.recipe.nesterov}),
      gradients_(network_, workers) {
  const allocation::Importance importance = options.allocation.importance;
  if (options.allocation.array && allocation::needs_gradients(importance))
    statistics_ = std::make_unique<GradientStatistics>(network_, importance);
}

void TrainStep::begin(std::unique_ptr<Teacher> teacher, torch::Device device,
                      std::vector<NamedTensor> state) {
  teacher_ = std::move(teacher);
  device_ = device;
  const bool goes_on = !state.empty();
  if (options_.recipe.average_decay > 0) {
    average_ = std::make_unique<Average>(network_, options_.recipe.average_decay);
    if (goes_on) {
      average_->take_state(state);
      average_->exchange();  // a checkpoint's network is the average
    }
  }
  if (goes_on && statistics_) statistics_->take_state(state);
  if (goes_on) sgd_.set_state(std::move(state));
}

torch::Tensor TrainStep::take(Runner& runner, dataset::Batch& batch, const Conditions& conditions) {
  // Every batch draws from streams of its own, so a resumed epoch repeats the first try's.
  const Random mixup = Random::stream(options_.seed, kMixupPurpose, conditions.number);
  const Targets targets =
      batch_targets(batch, options_.recipe, mixup, teacher_.get(), workers_, device_);
  auto loss = torch::zeros({}, torch::kDouble);
  if (batch.count > 0 || conditions.runs_empty_batches)
    loss = find_gradients(runner, batch, targets, conditions.number);
  if (workers_.size() > 1)
    loss = torch::tensor(gradients_.add_up(loss.item<double>()), torch::kDouble);
  if (statistics_ && conditions.gathers_statistics) statistics_->update();
  sgd_.step(conditions.learning_rate, conditions.l1_penalty);
  if (average_) average_->update();
  return loss;
}

/// Leaves the gradients of this worker's part of the whole batch's mean loss, and returns it.
torch::Tensor TrainStep::find_gradients(Runner& runner, const dataset::Batch& batch,
                                        const Targets& targets, std::uint64_t number) {
  const auto logits = runner.forward(batch, Random::stream(options_.seed, kDropoutPurpose, number));
  auto loss = batch.count > 0 ? loss_of(logits, targets, options_.recipe) : 0 * logits.sum();
  if (workers_.size() > 1)
    loss = loss * (static_cast<double>(batch.count) / static_cast<double>(batch.whole_count()));
  runner.backward(loss);
  return loss.detach();
}

std::vector<NamedTensor> TrainStep::state() const {
  std::vector<NamedTensor> state = sgd_.state();
  const auto append = [&state](std::vector<NamedTensor> tensors) {
    for (NamedTensor& tensor : tensors) state.push_back(std::move(tensor));
  };
  if (average_) append(average_->state());
  if (statistics_) append(statistics_->state());
  return state;
}

}  // namespace colcomb::training
