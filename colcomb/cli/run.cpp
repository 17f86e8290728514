#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/progress.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/cli/array_flags.hpp"
#include "colcomb/cli/calibration.hpp"
#include "colcomb/cli/command.hpp"
#include "colcomb/cli/epoch_bar.hpp"
#include "colcomb/cli/epoch_line.hpp"
#include "colcomb/cli/evaluation.hpp"
#include "colcomb/cli/network_report.hpp"
#include "colcomb/cli/recipes.hpp"
#include "colcomb/cli/training_flags.hpp"
#include "colcomb/cli/worker_flags.hpp"
#include "colcomb/quantization/quantize.hpp"
#include "colcomb/report/combining_table.hpp"
#include "colcomb/report/json.hpp"
#include "colcomb/training/trainer.hpp"

namespace colcomb::cli {
namespace {

namespace fs = std::filesystem;

struct Flags {
  TrainingDataFlags data;
  NetworkFlags network;
  TrainingFlags training;
  ArrayFlags array;
  fs::path out = "colcomb-run";
  bool dense_baseline = false;
  bool json = false;
};

/// The files of a run, all in one folder.
struct Files {
  fs::path checkpoint, dense, packed, csv, report;

  explicit Files(const fs::path& out)
      : checkpoint(out / "network.ckpt"),
        dense(out / "dense.ckpt"),
        packed(out / "network.packed"),
        csv(out / "layers.csv"),
        report(out / "report.json") {}
};

class Job {
 public:
  explicit Job(const Flags& flags)
      : flags_(flags),
        files_(flags.out),
        options_(flags.training.parsed()),
        run_(flags.training.run),
        data_(open_data(flags.data, options_.seed)),
        network_(flags.network.describe(data_, options_.seed)) {
    require_writable(files_.report, "--out");
    run_.resume = !run_.force;
  }

  void run() {
    say("{} training, {} validation and {} test images from {}", data_.train.size(),
        data_.validation.size(), data_.test.size(), data_.train_set->source().string());
    const Checkpoint trained = train(options_, files_.checkpoint, "pruning and combining");
    RunReport report;
    report.dataset = flags_.data.dataset;
    for (const EpochRecord& record : trained.training.history)
      report.train_seconds += record.seconds;
    report.combining = report_network(trained.network, flags_.array.rows(), flags_.array.cols());
    if (flags_.dense_baseline) report.dense_accuracy = dense_accuracy();
    const QuantizedNetwork packed = quantize(trained.network);
    evaluate(trained.network, packed, report);
    write(report);
    print(report);
  }

 private:
  template <class... Args>
  void say(fmt::format_string<Args...> format, Args&&... args) const {
    fmt::print(flags_.json ? stderr : stdout, format, std::forward<Args>(args)...);
    fmt::print(flags_.json ? stderr : stdout, "\n");
    std::fflush(stdout);
  }

  Checkpoint train(training::TrainOptions options, const fs::path& save_path, const char* what) {
    run_.save_path = save_path;
    say("training ({}) into {}", what, save_path.string());
    return training::train(options, run_, network_, training_data(data_),
                           {[this](const EpochRecord& record, std::size_t epochs) {
                              say("{}", epoch_line(record, epochs));
                            },
                            epoch_bar()});
  }

  [[nodiscard]] EvaluationData test_data() const {
    return open_for_evaluation(flags_.data, dataset::Split::kTest, network_);
  }

  Accuracy dense_accuracy() {
    training::TrainOptions options = options_;
    options.pruning.schedule = training::Schedule::kNone;
    options.quantization_aware.epochs = 0;
    const Checkpoint dense = train(options, files_.dense, "dense baseline");
    return evaluate_float(dense.network, test_data(), 0);
  }

  QuantizedNetwork quantize(const FloatNetwork& network) {
    CalibrationFlags calibration;
    calibration.data = flags_.data;
    const WeightCode weights = options_.quantization_aware.weights;
    const std::uint32_t pool_bits = calibrate_pool_bits(network, calibration, weights);
    QuantizedNetwork packed = quantization::quantize(network, {pool_bits, weights});
    save_packed_network(packed, files_.packed);
    return packed;
  }

  void evaluate(const FloatNetwork& network, const QuantizedNetwork& packed, RunReport& report) {
    say("evaluating the float, fake-quantized and integer networks on the test split");
    const EvaluationData data = test_data();
    const IntegerEvaluation integers = evaluate_integers(packed, data, 0);
    const auto fake = evaluate_fake_quantized(network, packed, data, 0);
    report.float_accuracy = evaluate_float(network, data, 0);
    report.fake_quantized_accuracy = accuracy_of(fake, integers.labels);
    report.integer_accuracy = accuracy_of(integers.logits, integers.labels);
    report.saturated = integers.saturated;
    const LogitComparison comparison = compare_logits(integers.logits, fake);
    report.identical_logits = comparison.identical;
    if (!comparison.first_difference.empty()) {
      throw InternalError("integer and fake-quantized networks differ at " +
                          comparison.first_difference);
    }
  }

  void write(const RunReport& report) const {
    write_file_atomically(files_.csv, std::string_view(report::combining_csv(report.combining)));
    write_file_atomically(files_.report, std::string_view(report::to_json(report).dump(2) + '\n'));
  }

  void print(const RunReport& report) const {
    if (flags_.json) {
      fmt::print("{}\n", report::to_json(report).dump(2));
      return;
    }
    const auto percent = [](const Accuracy& a) {
      return fmt::format("{:.2f}%", 100 * a.top1_share());
    };
    const LayerReport& total = report.combining.total;
    fmt::print("\n{}\n", report::combining_table(report.combining));
    fmt::print(
        "test top-1 accuracy: float {}, fake-quantized {}, integer {}{}\n",
        percent(report.float_accuracy), percent(report.fake_quantized_accuracy),
        percent(report.integer_accuracy),
        report.dense_accuracy ? ", dense float baseline " + percent(*report.dense_accuracy) : "");
    fmt::print("integer and fake-quantized logits identical for {} of {} images\n",
               report.identical_logits, report.integer_accuracy.images);
    fmt::print("multiply-accumulates per image: {} dense, {} packed, {:.2f}x fewer\n",
               total.macs_before, total.macs,
               static_cast<double>(total.macs_before) / static_cast<double>(total.macs));
    fmt::print("tiles of a {} x {} array: {} before, {} after; utilization efficiency {:.1f}%\n",
               report.combining.array_rows, report.combining.array_cols, total.tiles_before,
               total.tiles, 100 * total.utilization);
    fmt::print("training took {}; files are in {}:\n  {} (weights), {} (integers), {}, {}\n",
               format_duration(report.train_seconds), flags_.out.string(),
               files_.checkpoint.filename().string(), files_.packed.filename().string(),
               files_.csv.filename().string(), files_.report.filename().string());
  }

  const Flags& flags_;
  Files files_;
  training::TrainOptions options_;
  training::RunOptions run_;
  OpenedData data_;
  NetworkDescription network_;
};

}  // namespace

void add_run(CLI::App& app) {
  auto flags = std::make_shared<Flags>();
  flags->data.dataset = "fashion-mnist";
  flags->data.augment = "-";  // the clothes are centred; a short run does better without
  flags->network.options.filters = {24, 96, 192};
  flags->network.options.layers = {2, 3, 3};
  flags->network.options.strides = {1, 2, 2};
  flags->network.options.groups = {8, 8, 8};
  flags->network.options.input.reshape_stride = 2;
  flags->training.options.batch_size = 128;
  flags->training.options.epochs = 7;
  flags->training.options.l1_penalty = 1e-7;
  CLI::App* command = app.add_subcommand(
      "run", "The whole way in one command: train, combine, quantize, evaluate, report");
  flags->data.add_to(*command);
  flags->network.add_to(*command);
  flags->training.add_to(*command);
  add_recipe_flag(*command);
  flags->array.add_to(*command);
  command->add_option("--out", flags->out, "Folder for all files; a run cut short goes on from it")
      ->capture_default_str();
  command->add_flag("--dense-baseline", flags->dense_baseline,
                    "Also train the same network without pruning, to compare");
  command->add_flag("--json", flags->json, "Print the report as JSON instead of text");
  command->callback([flags, command] {
    apply_recipe(*command);
    require_one_process("run");
    training::prepare_libtorch(flags->training.run.threads);
    Job(*flags).run();
  });
}

}  // namespace colcomb::cli
