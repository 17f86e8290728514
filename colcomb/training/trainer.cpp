#include "colcomb/training/trainer.hpp"

#include <fmt/format.h>

#include <chrono>
#include <optional>
#include <utility>

#include "colcomb/base/error.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/dataset/batch_loader.hpp"
#include "colcomb/training/cached_images.hpp"
#include "colcomb/training/history.hpp"
#include "colcomb/training/joint_optimizer.hpp"
#include "colcomb/training/libtorch_threads.hpp"
#include "colcomb/training/loss_sum.hpp"
#include "colcomb/training/pruning_phase.hpp"
#include "colcomb/training/quantization_phase.hpp"
#include "colcomb/training/run_identity.hpp"
#include "colcomb/training/runner.hpp"
#include "colcomb/training/split_evaluation.hpp"
#include "colcomb/training/starting_point.hpp"
#include "colcomb/training/train_step.hpp"
#include "colcomb/training/workers/agreement.hpp"
#include "colcomb/training/workers/shared_checkpoint.hpp"

namespace colcomb::training {
namespace {

/// One run of training: everything that lives from the first batch to the last.
class Run {
 public:
  Run(const TrainOptions& options, const RunOptions& run, const NetworkDescription& description,
      const TrainData& data, Workers& workers, const TrainingObserver& observer)
      : options_(options),
        run_(run),
        data_(data),
        workers_(workers),
        observer_(observer),
        device_(device_of(resolve_device(run.device), workers.place())),
        threads_(run.threads > 0 ? run.threads : available_threads()),
        backend_(resolve_backend(options.backend, device_, description)),
        libtorch_threads_(backend_ == "native" ? 1 : threads_),
        network_(description, options.seed),
        step_(network_, options, workers) {
    clock_.batches_per_epoch = (data.train.size() + options.batch_size - 1) / options.batch_size;
  }

  void start() {
    TrainOptions numbers = options_;
    numbers.sync_batch_norm |= workers_.size() == 1;  // one process has the whole batch
    state_.identity = identity_of(numbers, {backend_, c10::DeviceTypeName(device_.type(), true)},
                                  network_->description(), data_);
    if (workers_.size() > 1)
      require_agreement(workers_, digest_of(data_), "every worker must be given the same images");
    const auto saved = run_.resume ? shared_checkpoint(run_.save_path, workers_) : std::nullopt;
    if (saved) {
      require_resumable(*saved, state_.identity, network_->description(), options_, run_);
      network_->from_artifact(saved->network);
      state_ = saved->training;
    } else if (options_.load_path) {
      network_->from_artifact(starting_network(load_checkpoint(*options_.load_path),
                                               network_->description(), options_));
    }
    network_->move_to(device_);
    image_cache_ = cached_images(data_, options_, backend_, device_);
    step_.begin(teacher(), device_, std::exchange(state_.optimizer, {}));
    if (workers_.size() > 1)
      require_agreement(workers_, digest_of(checkpoint()),
                        "every worker must be started with the same options and network");
    reduces_norms_ = workers_.size() > 1 && options_.sync_batch_norm;
    network::AllReduce all_reduce;
    if (reduces_norms_) all_reduce = [this](std::span<double> values) { workers_.sum(values); };
    runner_ = make_runner(backend_, network_, device_, threads_, std::move(all_reduce),
                          {parse_precision(options_.precision), image_cache_});
    clock_.batches_done = state_.epochs_done * clock_.batches_per_epoch;
    pruning_.emplace(network_, options_, state_, threads_, step_.gradient_statistics());
  }

  [[nodiscard]] bool done() const {
    return state_.epochs_done >= options_.epochs ||
           out_of_patience(options_, state_, pruning_->finished());
  }

  /// One epoch, its evaluation and its checkpoint.
  void epoch() {
    const auto begin = std::chrono::steady_clock::now();
    EpochRecord record;
    record.epoch = state_.epochs_done + 1;
    record.retained_magnitude =
        state_.history.empty() ? 1.0 : state_.history.back().retained_magnitude;
    if (is_quantization_aware(options_, record.epoch)) quantize();
    train_batches(record);
    agree_after_batches();
    const AverageInPlace average(step_.average());
    evaluate_splits(*runner_, data_, workers_, {loader_threads(), image_cache_ != nullptr}, record);
    const CombiningState size = combining_state(network_);
    record.nonzeros = size.nonzeros;
    record.packed_macs = size.packed_macs;
    record.utilization = size.utilization;
    record.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    state_.epochs_done = record.epoch;
    state_.history.push_back(record);
    save();
    if (workers_.leads() && observer_.epoch) observer_.epoch(record, options_.epochs);
  }

  /// The network is the average of its weights if there is one.
  [[nodiscard]] Checkpoint checkpoint() {
    const AverageInPlace average(step_.average());
    return current_checkpoint();
  }

 private:
  /// Requires: the average is in its place.
  [[nodiscard]] Checkpoint current_checkpoint() const {
    Checkpoint result{network_->to_artifact(), state_, "trained"};
    result.training.optimizer = step_.state();
    return result;
  }

  [[nodiscard]] std::unique_ptr<Teacher> teacher() const {
    if (!options_.recipe.teacher) return nullptr;
    return std::make_unique<Teacher>(*options_.recipe.teacher, network_->description(), backend_,
                                     device_, threads_, image_cache_);
  }

  void train_batches(EpochRecord& record) {
    dataset::LoaderOptions loading;
    loading.batch_size = options_.batch_size;
    loading.shuffle = true;
    loading.seed = options_.seed;
    loading.epoch = record.epoch;
    loading.threads = loader_threads();
    loading.placements = image_cache_ != nullptr;
    if (options_.recipe.mixup == 0) {  // which mixes the whole batch before it is sharded
      loading.worker = workers_.rank();
      loading.workers = workers_.size();
    }
    dataset::BatchLoader loader(data_.train_set, data_.train, data_.train_transform, loading);
    LossSum losses(device_, device_.is_cpu());
    std::size_t batches = 0;
    while (auto batch = loader.next()) {
      record.learning_rate = learning_rate(options_, clock_);
      const double l1_penalty = pruning_->finished() ? 0.0 : options_.l1_penalty;
      losses.add(step_.take(*runner_, *batch,
                            {record.learning_rate, l1_penalty, clock_.batches_done,
                             !pruning_->finished(), reduces_norms_}),
                 batch->whole_count());
      ++clock_.batches_done;
      const bool note = ++batches % run_.print_frequency == 0;
      const bool last = batches == loader.batches();
      if (losses.at_hand() || note || last) {
        losses.require_finite(record.epoch, batches);
        report(losses, record, note);
      }
      if (!pruning_->after_batch(clock_, record)) continue;
      runner_->masks_changed();
      if (workers_.leads() && observer_.allocation && state_.allocation)
        observer_.allocation(*state_.allocation, state_.prunings_done);
    }
    record.train_loss = losses.mean();
  }

  void report(const LossSum& losses, const EpochRecord& record, bool note) const {
    if (!workers_.leads() || !observer_.batch) return;
    observer_.batch(
        {record.epoch, options_.epochs, losses.images(), data_.train.size(), losses.mean(), note});
  }

  /// Before an epoch's evaluation: all workers hold the same numbers.
  void agree_after_batches() {
    if (workers_.size() == 1) return;
    if (!options_.sync_batch_norm) {
      average_running_statistics(network_, workers_);
      const AverageInPlace average(step_.average());
      if (step_.average() != nullptr) average_running_statistics(network_, workers_);
    }
    require_agreement(
        workers_, digest_of(checkpoint()),
        fmt::format("their weights have drifted apart in epoch {}; machines of different "
                    "processors may round differently",
                    state_.epochs_done + 1));
  }

  /// From here on the runner computes with the integers' scales, which are chosen anew each epoch.
  void quantize() {
    const auto scales = epoch_scales(network_->to_artifact(), data_, options_, threads_);
    runner_.reset();         // its maps' memory goes to the next one
    reduces_norms_ = false;  // running statistics stand still
    runner_ = make_quantized_runner(backend_, network_, device_, scales, threads_, image_cache_);
  }

  void save() const {
    if (workers_.leads()) {
      save_checkpoint(current_checkpoint(), run_.save_path);
      write_history(state_.history, run_.save_path);
    }
    workers_.barrier();
  }

  [[nodiscard]] std::size_t loader_threads() const {
    return std::max<std::size_t>(1, threads_ / 2);
  }

  const TrainOptions& options_;
  const RunOptions& run_;
  const TrainData& data_;
  Workers& workers_;
  const TrainingObserver& observer_;
  torch::Device device_;
  std::size_t threads_;
  std::string backend_;
  LibtorchThreads libtorch_threads_;
  network::Cnn network_;
  std::shared_ptr<const DeviceImageCache> image_cache_;
  std::unique_ptr<Runner> runner_;
  TrainStep step_;
  TrainingState state_;
  Clock clock_;
  std::optional<PruningPhase> pruning_;
  bool reduces_norms_ = false;  // batch norm's sums are all-reduced, even for an empty shard
};

}  // namespace

Checkpoint train(const TrainOptions& options, const RunOptions& run_options,
                 const NetworkDescription& description, const TrainData& data, Workers& workers,
                 const TrainingObserver& observer) {
  check(options);
  check(run_options);
  if (data.train.empty()) throw failure("training", "no training images are left");
  if (workers.leads()) require_free(run_options);
  Run run(options, run_options, description, data, workers, observer);
  run.start();
  while (!run.done()) run.epoch();
  return run.checkpoint();
}

Checkpoint train(const TrainOptions& options, const RunOptions& run,
                 const NetworkDescription& description, const TrainData& data,
                 const TrainingObserver& observer) {
  return train(options, run, description, data, *single_process(), observer);
}

}  // namespace colcomb::training
