// What a pretrained model is worth where training images are few (paper, section 6).
#include "colcomb/report/limited_data.hpp"

#include <fmt/format.h>

#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

#include "colcomb/artifacts/limited_data_report.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/cli/command.hpp"
#include "colcomb/cli/epoch_bar.hpp"
#include "colcomb/cli/epoch_line.hpp"
#include "colcomb/cli/experiment_record.hpp"
#include "colcomb/cli/recipes.hpp"
#include "colcomb/cli/training_flags.hpp"
#include "colcomb/cli/worker_flags.hpp"
#include "colcomb/dataset/sampling.hpp"
#include "colcomb/training/trainer.hpp"

namespace colcomb::cli {
namespace {

namespace fs = std::filesystem;

struct Flags {
  TrainingDataFlags data;
  NetworkFlags network;
  TrainingFlags training;
  std::vector<double> fractions = {2.5, 5, 10, 15, 25, 35, 50, 100};  // percent
  std::size_t pretrain_epochs = 0;                                    // 0: as many as --epochs
  fs::path out;
  bool json = false;
  std::string recorded;  // the options that decide the numbers, as JSON
};

void check(const Flags& flags) {
  std::set<double> seen;
  for (const double percent : flags.fractions) {
    const std::string value = fmt::to_string(percent);
    if (!(percent > 0 && percent <= 100)) {
      throw usage_error("--fractions", value, "must be above 0, at most 100 percent");
    }
    if (!seen.insert(percent).second) throw usage_error("--fractions", value, "is named twice");
  }
}

/// Indices of the first `ratio` of each class among the training images. The validation split was
/// held out before, once for all fractions: no run, the pretrained network's included, trains on
/// it.
std::vector<std::size_t> first_of_each_class(const OpenedData& data, double ratio) {
  const std::vector<std::int32_t> all = dataset::labels_of(*data.train_set);
  std::vector<std::int32_t> labels;
  for (const std::size_t image : data.train) labels.push_back(all[image]);
  std::vector<std::size_t> chosen = dataset::stratified_first(labels, data.classes, ratio);
  for (std::size_t& position : chosen) position = data.train[position];
  return chosen;
}

class Job {
 public:
  explicit Job(const Flags& flags)
      : flags_(flags), options_(flags.training.parsed()), run_(flags.training.run) {
    check(flags);
    if (options_.keep_combined) {
      throw usage_error("--keep-combined", "",
                        "is for one run: the experiment combines every network anew");
    }
    TrainingDataFlags data_flags = flags.data;
    auto loaded = loaded_network(options_, flags.network, data_flags);
    data_ = open_data(data_flags, options_.seed);
    network_ = loaded ? std::move(*loaded) : flags.network.describe(data_, options_.seed);
    report_.dataset = flags.data.dataset;
    report_.options = flags.recorded;
    report_.planned = 2 * flags.fractions.size() + (options_.load_path ? 0 : 1);
  }

  void run() {
    begin();
    const fs::path pretrained = options_.load_path.value_or(runs() / "dense.ckpt");
    if (!options_.load_path) pretrain(pretrained);
    for (const double percent : flags_.fractions) {
      training::TrainOptions options = options_;
      options.load_path = pretrained;
      train("pretrained", percent, options, runs() / fmt::format("pretrained-{}.ckpt", percent));
      options.load_path.reset();
      train("scratch", percent, options, runs() / fmt::format("scratch-{}.ckpt", percent));
    }
    write();
    print();
  }

 private:
  template <class... Args>
  void say(fmt::format_string<Args...> format, Args&&... args) const {
    std::FILE* const stream = flags_.json ? stderr : stdout;
    fmt::print(stream, format, std::forward<Args>(args)...);
    fmt::print(stream, "\n");
    std::fflush(stream);
  }

  [[nodiscard]] fs::path runs() const { return flags_.out / "runs"; }
  [[nodiscard]] fs::path csv() const { return flags_.out / "results.csv"; }
  [[nodiscard]] fs::path json() const { return flags_.out / "results.json"; }

  /// Makes sure that what lies in the folder was begun with the same options; --force clears it
  /// first, so that no run of an earlier experiment can pass for one of this.
  void begin() {
    const fs::path record = flags_.out / "experiment.json";
    require_writable(record, "--out");
    if (fs::exists(runs()) && !fs::exists(record)) {
      throw usage_error("--out", flags_.out.string(),
                        "holds a folder runs/ that is not an experiment's: give another folder");
    }
    if (options_.load_path) {
      const fs::path loaded = fs::weakly_canonical(*options_.load_path);
      if (loaded.parent_path() == fs::weakly_canonical(runs())) {
        throw usage_error("--load-path", options_.load_path->string(),
                          "is among the experiment's own runs: copy it elsewhere first");
      }
      static_cast<void>(
          load_checkpoint(loaded));  // unreadable: an error before anything is cleared
    }
    if (run_.force) {
      fs::remove_all(runs());
      fs::remove(csv());
      fs::remove(json());
    }
    if (fs::exists(runs())) {
      require_recorded_options(flags_.recorded, record);
    } else {
      write_file_atomically(record, std::string_view(flags_.recorded + '\n'));
      fs::create_directory(runs());
    }
    run_.resume = true;
    run_.force = false;
    say("{} training, {} validation and {} test images from {}; {} runs into {}",
        data_.train.size(), data_.validation.size(), data_.test.size(),
        data_.train_set->source().string(), report_.planned, flags_.out.string());
  }

  void pretrain(const fs::path& save_path) {
    training::TrainOptions options = options_;
    options.pruning.schedule = training::Schedule::kNone;
    options.quantization_aware.epochs = 0;
    if (flags_.pretrain_epochs > 0) options.epochs = flags_.pretrain_epochs;
    train("dense", 100, options, save_path);
  }

  /// One run on the first `percent` of each class, from its beginning, from the epoch it was cut
  /// short in, or not at all if it was finished before; then the results anew.
  void train(const char* start, double percent, training::TrainOptions options,
             const fs::path& save_path) {
    run_.save_path = save_path;
    training::TrainData data = training_data(data_);
    data.train = first_of_each_class(data_, percent / 100);
    say("run {} of {}: {}, {}% of the data ({} images) into {}", report_.runs.size() + 1,
        report_.planned, start, percent, data.train.size(), save_path.string());
    bool trained = false;
    const Checkpoint result =
        training::train(options, run_, network_, data, *training::single_process(),
                        {[&](const EpochRecord& r, std::size_t epochs) {
                           trained = true;
                           say("{}", epoch_line(r, epochs));
                         },
                         epoch_bar()});
    LimitedDataRun run;
    run.percent = percent;
    run.images = data.train.size();
    run.start = start;
    run.last = result.training.history.back();
    for (const EpochRecord& record : result.training.history) run.seconds += record.seconds;
    report_.runs.push_back(run);
    // The files on disk list more runs than these while one passes those that finished before.
    if (trained) {
      write();
    } else {
      say("finished before");
    }
  }

  void write() const {
    write_file_atomically(csv(), std::string_view(report::limited_data_csv(report_)));
    write_file_atomically(json(), std::string_view(report::to_json(report_).dump(2) + '\n'));
  }

  void print() const {
    if (flags_.json) {
      fmt::print("{}\n", report::to_json(report_).dump(2));
      return;
    }
    fmt::print("\n{}\nresults are in {}: results.csv, results.json, runs/\n",
               report::limited_data_table(report_), flags_.out.string());
  }

  const Flags& flags_;
  training::TrainOptions options_;
  training::RunOptions run_;
  OpenedData data_;
  NetworkDescription network_;
  LimitedDataReport report_;
};

/// Those that say where the experiment's files are and how it is run and shown.
const std::vector<std::string> kChangeNoNumber = {"--help",    "--dataset-root", "--print-freq",
                                                  "--threads", "--device",       "--resume",
                                                  "--force",   "--out",          "--json"};

}  // namespace

void add_limited_data(CLI::App& experiment) {
  auto flags = std::make_shared<Flags>();
  flags->network.describe_reference();
  CLI::App* command = experiment.add_subcommand(
      "limited-data",
      "Combine columns with part of the training images: from a dense network pretrained on all "
      "of them, and from new weights. A killed experiment goes on when the command is repeated");
  flags->data.add_to(*command);
  flags->network.add_to(*command);
  flags->training.add_to(*command);
  add_recipe_flag(*command);
  command
      ->add_option("--fractions", flags->fractions,
                   "Parts of the training split to train on, percent of each class")
      ->capture_default_str();
  command
      ->add_option(
          "--pretrain-epochs", flags->pretrain_epochs,
          "Epochs of the dense network [as --epochs]; with --load-path, that checkpoint is "
          "the pretrained network and none is trained")
      ->check(CLI::PositiveNumber)
      ->excludes(command->get_option("--load-path"));
  command->add_option("--out", flags->out, "Folder for checkpoints, results.csv and results.json")
      ->required();
  command->add_flag("--json", flags->json, "Print the results as JSON instead of a table");
  command->callback([flags, command] {
    apply_recipe(*command);
    flags->recorded = recorded_options(*command, kChangeNoNumber);
    require_one_process("experiment");
    training::prepare_libtorch(flags->training.run.threads);
    Job(*flags).run();
  });
}

}  // namespace colcomb::cli
