#include "colcomb/pipeline/limited_data.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <set>

#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/dataset/sampling.hpp"
#include "colcomb/report/limited_data.hpp"
#include "colcomb/stages/experiment_folder.hpp"
#include "colcomb/training/run_identity.hpp"

namespace colcomb::pipeline {
namespace {

namespace fs = std::filesystem;

void check(const LimitedDataOptions& options) {
  std::set<double> seen;
  for (const double percent : options.percentages) {
    const std::string value = fmt::to_string(percent);
    if (!(percent > 0 && percent <= 100))
      throw option_error("percentages", value, "must be above 0, at most 100 percent");
    if (!seen.insert(percent).second) throw option_error("percentages", value, "is named twice");
  }
  if (options.training.keep_combined) {
    throw option_error("keep_combined", "",
                       "is for one run: the experiment combines every network anew");
  }
}

/// Indices of the first `ratio` of each class among the training images. The validation split was
/// held out before, once for all fractions: no run, the pretrained network's included, trains on
/// it.
std::vector<std::size_t> first_of_each_class(const dataset::Splits& data, double ratio) {
  const std::vector<std::int32_t> all = dataset::labels_of(*data.train_set);
  std::vector<std::int32_t> labels;
  for (const std::size_t image : data.train) labels.push_back(all[image]);
  std::vector<std::size_t> chosen =
      dataset::stratified_first(labels, data.train_set->class_count(), ratio);
  for (std::size_t& position : chosen) position = data.train[position];
  return chosen;
}

class Experiment {
 public:
  Experiment(const LimitedDataOptions& options, const Observer& observer)
      : options_(options), observer_(observer), folder_{options.out} {
    check(options);
    setup_ = set_up(options.data, options.network, options.training);
    report_.dataset = setup_.network.data.name;
    report_.planned = 2 * options.percentages.size() + (options.training.load_path ? 0 : 1);
  }

  LimitedDataReport run() {
    begin();
    const fs::path pretrained = options_.training.load_path.value_or(runs() / "dense.ckpt");
    if (!options_.training.load_path) pretrain(pretrained);
    for (const double percent : options_.percentages) {
      training::TrainOptions options = options_.training;
      options.load_path = pretrained;
      train("pretrained", percent, options, runs() / fmt::format("pretrained-{}.ckpt", percent));
      options.load_path.reset();
      train("scratch", percent, options, runs() / fmt::format("scratch-{}.ckpt", percent));
    }
    write();
    return report_;
  }

 private:
  template <class... Args>
  void stage(fmt::format_string<Args...> format, Args&&... args) const {
    if (observer_.stage) observer_.stage(fmt::format(format, std::forward<Args>(args)...));
  }

  [[nodiscard]] fs::path runs() const { return folder_.runs(); }

  [[nodiscard]] RunIdentity identity() const {
    RunIdentity identity =
        training::identity_of(options_.training, options_.run, setup_.network, setup_.train_data());
    identity.add("percentages", fmt::format("{}", fmt::join(options_.percentages, " ")));
    if (!options_.training.load_path)
      identity.add("pretrain_epochs", static_cast<double>(pretrain_epochs()));
    return identity;
  }

  [[nodiscard]] std::size_t pretrain_epochs() const {
    return options_.pretrain_epochs > 0 ? options_.pretrain_epochs : options_.training.epochs;
  }

  /// Makes sure that what lies in the folder was begun with the same options; `force` clears it
  /// first, so that no run of an earlier experiment can pass for one of this.
  void begin() {
    folder_.require_usable();
    if (const auto& loaded = options_.training.load_path) {
      if (fs::weakly_canonical(*loaded).parent_path() == fs::weakly_canonical(runs())) {
        throw option_error("load_path", loaded->string(),
                           "is among the experiment's own runs: copy it elsewhere first");
      }
      // Unreadable: an error before anything is cleared.
      static_cast<void>(load_checkpoint(*loaded));
    }
    report_.identity = identity();
    folder_.begin(report_.identity, options_.run.force);
    stage("{}; {} runs into {}", setup_.summary(), report_.planned, options_.out.string());
  }

  void pretrain(const fs::path& save_path) {
    training::TrainOptions options = options_.training;
    options.pruning.schedule = training::Schedule::kNone;
    options.quantization_aware.epochs = 0;
    options.epochs = pretrain_epochs();
    train("dense", 100, options, save_path);
  }

  /// One run on the first `percent` of each class, from its beginning, from the epoch it was cut
  /// short in, or not at all if it was finished before; then the results anew.
  void train(const char* start, double percent, const training::TrainOptions& options,
             const fs::path& save_path) {
    training::RunOptions run = options_.run;
    run.save_path = save_path;
    run.resume = true;
    run.force = false;
    training::TrainData data = setup_.train_data();
    data.train = first_of_each_class(setup_.data, percent / 100);
    stage("run {} of {}: {}, {}% of the data ({} images) into {}", report_.runs.size() + 1,
          report_.planned, start, percent, data.train.size(), save_path.string());
    bool trained = false;
    const Checkpoint result = training::train(options, run, setup_.network, data,
                                              {[&](const EpochRecord& record, std::size_t epochs) {
                                                 trained = true;
                                                 if (observer_.epoch)
                                                   observer_.epoch(record, epochs);
                                               },
                                               observer_.batch});
    LimitedDataRun finished;
    finished.percent = percent;
    finished.images = data.train.size();
    finished.start = start;
    finished.last = result.training.history.back();
    for (const EpochRecord& record : result.training.history) finished.seconds += record.seconds;
    report_.runs.push_back(finished);
    // The files on disk list more runs than these while one passes those that finished before.
    if (trained) {
      write();
    } else {
      stage("finished before");
    }
  }

  void write() const {
    write_file_atomically(folder_.csv(), std::string_view(report::limited_data_csv(report_)));
    write_file_atomically(folder_.json(),
                          std::string_view(report::to_json(report_).dump(2) + '\n'));
  }

  const LimitedDataOptions& options_;
  const Observer& observer_;
  stages::ExperimentFolder folder_;
  TrainingSetup setup_;
  LimitedDataReport report_;
};

}  // namespace

LimitedDataReport run_limited_data(const LimitedDataOptions& options, const Observer& observer) {
  return Experiment(options, observer).run();
}

}  // namespace colcomb::pipeline
