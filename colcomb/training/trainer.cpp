#include "colcomb/training/trainer.hpp"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <limits>

#include "colcomb/base/error.hpp"
#include "colcomb/base/progress.hpp"
#include "colcomb/base/random.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/dataset/batch_loader.hpp"
#include "colcomb/quantization/pooling.hpp"
#include "colcomb/training/agreement.hpp"
#include "colcomb/training/average.hpp"
#include "colcomb/training/gradient_sum.hpp"
#include "colcomb/training/history.hpp"
#include "colcomb/training/joint_optimizer.hpp"
#include "colcomb/training/libtorch_threads.hpp"
#include "colcomb/training/loss.hpp"
#include "colcomb/training/loss_sum.hpp"
#include "colcomb/training/meter.hpp"
#include "colcomb/training/mixup.hpp"
#include "colcomb/training/run_identity.hpp"
#include "colcomb/training/runner.hpp"
#include "colcomb/training/schedule.hpp"
#include "colcomb/training/sgd.hpp"
#include "colcomb/training/shared_checkpoint.hpp"
#include "colcomb/training/teacher.hpp"

namespace colcomb::training {
namespace {

constexpr std::uint64_t kDropoutPurpose = 0x44524F50;  // "DROP"
constexpr std::uint64_t kMixupPurpose = 0x4D495855;    // "MIXU"
constexpr std::size_t kCalibrationImages = 250;
constexpr std::size_t kEvaluationBatch = 256;
constexpr std::size_t kPrefetchBatches = 4;

std::string shape_of(const LayerDescription& layer) {
  return fmt::format(
      "{} x {} {}{}", layer.out_channels, layer.in_channels, name_of(layer.kind),
      layer.conv_groups > 1 ? fmt::format(" in {} conv_groups", layer.conv_groups) : std::string());
}

/// What two networks of one shape may still differ in.
struct MayDiffer {
  bool alpha = false;
  bool columns = false;  // drawn shifts
};

/// Names the first layer in which two networks differ.
void require_same_shape(const NetworkDescription& loaded, const NetworkDescription& wanted,
                        const std::string& file, MayDiffer may_differ) {
  if (loaded.input != wanted.input) {
    throw file_error(
        file, "input", "",
        "its input shape, normalization or reshape stride differs from the one asked for");
  }
  if (loaded.layer_count() != wanted.layer_count()) {
    throw file_error(file, "layers", fmt::to_string(loaded.layer_count()),
                     fmt::format("the network asked for has {}", wanted.layer_count()));
  }
  for (std::size_t i = 0; i < wanted.layer_count(); ++i) {
    LayerDescription a = loaded.layer(i);
    const LayerDescription& b = wanted.layer(i);
    if (may_differ.columns) a.columns = b.columns;
    if (may_differ.alpha) a.alpha = b.alpha;
    if (!(a == b)) {
      throw file_error(
          file, "layer " + a.name, shape_of(a),
          fmt::format("the network asked for has {} with its own kernel, stride, alpha and shifts",
                      shape_of(b)));
    }
  }
}

/// A mask that prunes what no regrouping may bring back: see FloatLayer::weights. Empty if there is
/// no such weight.
Matrix<std::uint8_t> permanent_mask(const FloatLayer& layer) {
  Matrix<std::uint8_t> mask(layer.mask.rows(), layer.mask.cols(), std::uint8_t{1});
  bool any = false;
  for (std::size_t k = 0; k < mask.size(); ++k) {
    if (layer.mask.values()[k] != 0 || layer.weights.values()[k] != 0) continue;
    mask.values()[k] = 0;
    any = true;
  }
  return any ? mask : Matrix<std::uint8_t>();
}

/// Errors: UserError if the save path cannot be written or holds what must not be overwritten.
void require_free(const RunOptions& run) {
  require_writable(run.save_path, "save_path");
  if (std::filesystem::exists(run.save_path) && !run.resume && !run.force) {
    throw option_error("save_path", run.save_path.string(),
                       "exists already: `resume` goes on from it, `force` overwrites it");
  }
}

network::SumOverShares sum_over(Workers& workers) {
  return [&workers](std::span<double> numbers) { workers.sum(numbers); };
}

/// `count` of `indices`, or all if there are fewer.
std::vector<std::size_t> evenly_spaced(const std::vector<std::size_t>& indices, std::size_t count) {
  count = std::min(count, indices.size());
  std::vector<std::size_t> result;
  for (std::size_t i = 0; i < count; ++i) result.push_back(indices[i * indices.size() / count]);
  return result;
}

/// One run of training: everything that lives from the first batch to the last.
class Run {
 public:
  Run(const TrainOptions& options, const RunOptions& run, const NetworkDescription& description,
      const TrainData& data, Workers& workers)
      : options_(options),
        run_(run),
        data_(data),
        workers_(workers),
        device_(device_of(resolve_device(run.device), workers.place())),
        threads_(run.threads > 0 ? run.threads : available_threads()),
        backprop_(resolve_backprop(options.backprop, device_)),
        libtorch_threads_(backprop_ == "lanes" ? 1 : threads_),
        network_(description, options.seed),
        sgd_(network_, {options.momentum, options.weight_decay, options.recipe.nesterov}),
        gradients_(network_, workers) {
    clock_.batches_per_epoch = (data.train.size() + options.batch_size - 1) / options.batch_size;
  }

  void start() {
    TrainOptions numbers = options_;
    numbers.sync_batch_norm |= workers_.size() == 1;  // one process has the whole batch
    state_.identity = identity_of(numbers, {backprop_, c10::DeviceTypeName(device_.type(), true)},
                                  network_->description(), data_);
    if (workers_.size() > 1)
      require_agreement(workers_, digest_of(data_), "every worker must be given the same images");
    const auto saved = run_.resume ? shared_checkpoint(run_.save_path, workers_) : std::nullopt;
    if (saved) {
      continue_from(*saved);
    } else if (options_.load_path) {
      start_from(load_checkpoint(*options_.load_path));
    }
    network_->move_to(device_);
    resident_ = hold_images();
    make_recipe();
    if (workers_.size() > 1)
      require_agreement(workers_, digest_of(checkpoint()),
                        "every worker must be started with the same options and network");
    exchanges_ = workers_.size() > 1 && options_.sync_batch_norm;
    runner_ = make_runner(backprop_, network_, device_, threads_,
                          exchanges_ ? sum_over(workers_) : nullptr,
                          {parse_precision(options_.precision), resident_});
    clock_.batches_done = state_.epochs_done * clock_.batches_per_epoch;
    pruning_finished_ = pruning_finished(options_, state_, combining_state(network_).nonzeros);
  }

  [[nodiscard]] bool done() const {
    return state_.epochs_done >= options_.epochs ||
           out_of_patience(options_, state_, pruning_finished_);
  }

  /// One epoch, its evaluation and its checkpoint.
  const EpochRecord& epoch() {
    const auto begin = std::chrono::steady_clock::now();
    EpochRecord record;
    record.epoch = state_.epochs_done + 1;
    record.retained_magnitude =
        state_.history.empty() ? 1.0 : state_.history.back().retained_magnitude;
    quantize_if_due(record.epoch);
    train_batches(record);
    agree_after_batches();
    const AverageInPlace average(average_.get());
    evaluate_splits(record);
    const CombiningState size = combining_state(network_);
    record.nonzeros = size.nonzeros;
    record.packed_macs = size.packed_macs;
    record.utilization = size.utilization;
    record.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    state_.epochs_done = record.epoch;
    state_.history.push_back(record);
    save();
    return state_.history.back();
  }

  /// The network is the average of its weights if there is one.
  [[nodiscard]] Checkpoint checkpoint() {
    const AverageInPlace average(average_.get());
    return current_checkpoint();
  }

 private:
  /// Requires: the average is in its place.
  [[nodiscard]] Checkpoint current_checkpoint() const {
    Checkpoint result{network_->to_artifact(), state_, "trained"};
    result.training.optimizer = sgd_.state();
    if (!average_) return result;
    for (NamedTensor& tensor : average_->state())
      result.training.optimizer.push_back(std::move(tensor));
    return result;
  }

  /// The images on autograd's device, if they fit; null: batches bring their pixels. Mixing images
  /// needs the pixels here.
  [[nodiscard]] std::shared_ptr<const ResidentImages> hold_images() const {
    if (backprop_ != "autograd" || options_.recipe.mixup > 0 ||
        !ResidentImages::takes(data_.train_set, data_.train_transform) ||
        !ResidentImages::takes(data_.test_set, data_.test_transform))
      return nullptr;
    auto images = std::make_shared<ResidentImages>(device_);
    images->hold(data_.train_set);
    images->hold(data_.test_set);
    return images;
  }

  void make_recipe() {
    const RecipeOptions& recipe = options_.recipe;
    if (recipe.teacher) {
      teacher_ = std::make_unique<Teacher>(*recipe.teacher, network_->description(), backprop_,
                                           device_, threads_, resident_);
    }
    if (recipe.average_decay > 0) {
      average_ = std::make_unique<Average>(network_, recipe.average_decay);
      if (state_.epochs_done > 0) {
        average_->take_state(state_.optimizer);
        average_->exchange();  // a checkpoint's network is the average
      }
    }
    if (state_.epochs_done > 0) sgd_.set_state(std::move(state_.optimizer));
    state_.optimizer.clear();
  }

  void continue_from(const Checkpoint& saved) {
    if (!saved.resumable()) {
      throw option_error("resume", run_.save_path.string(),
                         "holds a network but no training to go on with: start from it with "
                         "`load_path`, or overwrite it with `force`");
    }
    require_same_run(saved.training.identity, state_.identity, run_.save_path.string());
    const NetworkDescription& before = saved.network.description;
    // Those of a pretrained network are its own.
    const bool own_shifts = options_.load_path && !options_.keep_combined;
    require_same_shape(before, network_->description(), run_.save_path.string(),
                       {.alpha = false, .columns = own_shifts});
    network_->from_artifact(saved.network);
    state_ = saved.training;
  }

  /// Takes weights and shifts of a trained network; pruning starts anew, but for the weights that
  /// are 0 for good.
  void start_from(const Checkpoint& pretrained) {
    const bool anew = !options_.keep_combined;
    require_same_shape(pretrained.network.description, network_->description(),
                       options_.load_path->string(), {.alpha = anew, .columns = anew});
    if (options_.keep_combined) return network_->from_artifact(pretrained.network);
    FloatNetwork dense = pretrained.network;
    for (std::size_t i = 0; i < dense.layer_count(); ++i) {
      if (dense.description.layer(i).fixed) continue;
      dense.layer(i).mask = permanent_mask(dense.layer(i));
      dense.layer(i).groups.reset();
    }
    network_->from_artifact(dense);
  }

  void train_batches(EpochRecord& record) {
    dataset::LoaderOptions loading;
    loading.batch_size = options_.batch_size;
    loading.shuffle = true;
    loading.seed = options_.seed;
    loading.epoch = record.epoch;
    loading.threads = loader_threads();
    loading.prefetch_batches = kPrefetchBatches;
    loading.placements = resident_ != nullptr;
    if (options_.recipe.mixup == 0) {  // which mixes the whole batch before it is shared
      loading.worker = workers_.rank();
      loading.workers = workers_.size();
    }
    dataset::BatchLoader loader(data_.train_set, data_.train, data_.train_transform, loading);
    Progress::Options bar;
    bar.title = fmt::format("epoch {}/{}", record.epoch, options_.epochs);
    bar.total = data_.train.size();
    bar.terminal = workers_.leads() && on_terminal(stderr);
    Progress progress(bar);

    LossSum losses(device_, device_.is_cpu());
    std::size_t batches = 0;
    while (auto batch = loader.next()) {
      record.learning_rate = learning_rate(options_, clock_);
      losses.add(train_batch(*batch, record.learning_rate), batch->whole_count());
      ++clock_.batches_done;
      const bool looks = ++batches % run_.print_frequency == 0;
      if (losses.at_hand() || looks) require_finite(losses, record, batches);
      prune_if_due(record);
      if ((looks || (bar.terminal && losses.at_hand())) && workers_.leads())
        progress.update(losses.images(), fmt::format("loss {:.3f}", losses.mean()));
    }
    require_finite(losses, record, batches);
    record.train_loss = losses.mean();
  }

  /// `batches`: of this epoch, done so far.
  static void require_finite(const LossSum& losses, const EpochRecord& record,
                             std::size_t batches) {
    if (std::isfinite(losses.mean())) return;
    throw failure("training",
                  fmt::format("the loss is no longer finite in epoch {}, {} {}: try a smaller "
                              "learning rate; the last checkpoint is intact",
                              record.epoch, losses.at_hand() ? "batch" : "by batch", batches));
  }

  /// Gives the whole batch's mean loss, a scalar that may still be in the making on the device.
  torch::Tensor train_batch(dataset::Batch& batch, double rate) {
    const Targets targets = targets_of(batch);
    auto loss = torch::zeros({}, torch::kDouble);
    // Without batch norm's messages there is nothing to do for an empty share.
    if (batch.count > 0 || exchanges_) loss = find_gradients(batch, targets);
    if (workers_.size() > 1)
      loss = torch::tensor(gradients_.add_up(loss.item<double>()), torch::kDouble);
    sgd_.step(rate, pruning_finished_ ? 0.0 : options_.l1_penalty);
    if (average_) average_->update();
    return loss;
  }

  /// Leaves the gradients of this worker's part of the whole batch's mean loss, and returns it.
  torch::Tensor find_gradients(const dataset::Batch& batch, const Targets& targets) {
    const auto logits = runner_->forward(batch, stream(kDropoutPurpose));
    auto loss = batch.count > 0 ? loss_of(logits, targets, options_.recipe) : 0 * logits.sum();
    if (workers_.size() > 1)
      loss = loss * (static_cast<double>(batch.count) / static_cast<double>(batch.whole_count()));
    runner_->backward(loss);
    return loss.detach();
  }

  /// Before an epoch's evaluation: all workers hold the same numbers.
  void agree_after_batches() {
    if (workers_.size() == 1) return;
    if (!options_.sync_batch_norm) {
      average_running_statistics(network_, workers_);
      const AverageInPlace average(average_.get());
      if (average_) average_running_statistics(network_, workers_);
    }
    require_agreement(
        workers_, digest_of(checkpoint()),
        fmt::format("their weights have drifted apart in epoch {}; machines of different "
                    "processors may round differently",
                    state_.epochs_done + 1));
  }

  /// The pooling's extra bits are chosen anew at each epoch's start, so that a resumed run finds
  /// the same.
  void quantize_if_due(std::size_t epoch) {
    if (epoch + options_.quantization_aware.epochs <= options_.epochs) return;
    quantization::PoolingOptions pooling;
    pooling.weights = options_.quantization_aware.weights;
    pooling.threads = threads_;
    const auto images = evenly_spaced(data_.train, kCalibrationImages);
    dataset::LoaderOptions loading;
    loading.batch_size = images.size();
    dataset::BatchLoader loader(data_.train_set, images, data_.test_transform, loading);
    const std::uint32_t pool_bits =
        quantization::calibrate_pool_bits(network_->to_artifact(), loader.next()->pixels, pooling);
    runner_.reset();     // its maps' memory goes to the next one
    exchanges_ = false;  // running statistics stand still: there is nothing to add up
    runner_ = make_quantized_runner(backprop_, network_, device_, {pool_bits, pooling.weights},
                                    threads_, resident_);
  }

  /// May mix the batch's images.
  Targets targets_of(dataset::Batch& batch) {
    Targets targets;
    if (options_.recipe.mixup > 0) {
      Mixed mixed = mix(batch, options_.recipe.mixup, stream(kMixupPurpose));
      const auto part = dataset::share_of(batch.count, workers_.rank(), workers_.size());
      dataset::keep_share(batch, part);
      targets.share = mixed.share;
      const auto first = mixed.partners.begin() + static_cast<std::ptrdiff_t>(part.begin);
      targets.partners = labels_of(
          std::vector<std::int32_t>(first, first + static_cast<std::ptrdiff_t>(part.size())),
          device_);
    }
    targets.labels = labels_of(batch.labels, device_);
    if (teacher_ && batch.count > 0) targets.teacher = teacher_->logits(batch);
    return targets;
  }

  /// Every batch draws from streams of its own, so a resumed epoch repeats the first try's.
  [[nodiscard]] Random stream(std::uint64_t purpose) const {
    return Random::stream(options_.seed, purpose, clock_.batches_done);
  }

  void prune_if_due(EpochRecord& record) {
    if (pruning_finished_) return;
    std::uint64_t nonzeros = combining_state_if_needed();
    while (const auto due = due_pruning(options_, state_, clock_, nonzeros)) {
      combine(due->pruning, record);
      state_.prunings_done = due->prunings_done;
      state_.prune_fraction = due->next_beta;
      nonzeros = combining_state(network_).nonzeros;
    }
    pruning_finished_ = pruning_finished(options_, state_, nonzeros);
    if (pruning_finished_) return;
    if (const auto again = due_regrouping(options_, state_, clock_)) combine(*again, record);
  }

  void combine(const Pruning& pruning, EpochRecord& record) {
    const CombiningOutcome outcome =
        prune_and_combine(network_, pruning, options_.combining, options_.seed, threads_);
    runner_->masks_changed();
    record.retained_magnitude = outcome.retained_magnitude;
    record.regrouped_columns = outcome.regrouped_columns;
  }

  /// Counting is only needed by the iterative schedule, whose rounds end with an epoch.
  [[nodiscard]] std::uint64_t combining_state_if_needed() const {
    const bool counts = options_.pruning.schedule == Schedule::kIterative &&
                        clock_.batches_done % clock_.batches_per_epoch == 0;
    return counts ? combining_state(network_).nonzeros : std::numeric_limits<std::uint64_t>::max();
  }

  void evaluate_splits(EpochRecord& record) {
    const Meter test = evaluate_on(data_.test_set, data_.test);
    record.test_loss = test.loss();
    record.test_top1 = test.top1_share();
    record.test_top5 = test.top5_share();
    record.validation_loss = record.validation_top1 = std::numeric_limits<double>::quiet_NaN();
    if (data_.validation.empty()) return;
    const Meter validation = evaluate_on(data_.train_set, data_.validation);
    record.validation_loss = validation.loss();
    record.validation_top1 = validation.top1_share();
  }

  [[nodiscard]] Meter evaluate_on(const dataset::Dataset& images,
                                  const std::vector<std::size_t>& whole) {
    const dataset::PlaceRange share =
        dataset::share_of(whole.size(), workers_.rank(), workers_.size());
    const std::vector<std::size_t> indices(whole.begin() + static_cast<std::ptrdiff_t>(share.begin),
                                           whole.begin() + static_cast<std::ptrdiff_t>(share.end));
    dataset::LoaderOptions loading;
    loading.batch_size = kEvaluationBatch;
    loading.threads = loader_threads();
    loading.prefetch_batches = kPrefetchBatches;
    loading.placements = resident_ != nullptr;
    dataset::BatchLoader loader(images, indices, data_.test_transform, loading);
    return summed(evaluate(*runner_, loader), workers_);
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
  torch::Device device_;
  std::size_t threads_;
  std::string backprop_;
  // Beside lanes, LibTorch has only small things to do, after each of which its threads would spin
  // for a while on the processors that the lanes' threads need.
  LibtorchThreads libtorch_threads_;
  network::Cnn network_;
  std::shared_ptr<const ResidentImages> resident_;
  std::unique_ptr<Runner> runner_;
  std::unique_ptr<Teacher> teacher_;
  std::unique_ptr<Average> average_;
  Sgd sgd_;
  GradientSum gradients_;
  TrainingState state_;
  Clock clock_;
  bool pruning_finished_ = false;
  bool exchanges_ = false;  // the runner sends messages within a batch, even for an empty share
};

}  // namespace

Checkpoint train(const TrainOptions& options, const RunOptions& run_options,
                 const NetworkDescription& description, const TrainData& data, Workers& workers,
                 const EpochObserver& observer) {
  check(options);
  check(run_options);
  if (data.train.empty()) throw failure("training", "no training images are left");
  if (workers.leads()) require_free(run_options);
  Run run(options, run_options, description, data, workers);
  run.start();
  while (!run.done()) {
    const EpochRecord& record = run.epoch();
    if (workers.leads()) observer(record, options.epochs);
  }
  return run.checkpoint();
}

Checkpoint train(const TrainOptions& options, const RunOptions& run,
                 const NetworkDescription& description, const TrainData& data,
                 const EpochObserver& observer) {
  return train(options, run, description, data, *lone_worker(), observer);
}

}  // namespace colcomb::training
