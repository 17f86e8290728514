#include "colcomb/pipeline/run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "colcomb/artifacts/array_config.hpp"
#include "colcomb/base/check.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/combining/combine_network.hpp"
#include "colcomb/cost/technology.hpp"
#include "colcomb/evaluation/accuracy.hpp"
#include "colcomb/evaluation/float_evaluation.hpp"
#include "colcomb/evaluation/integer_evaluation.hpp"
#include "colcomb/page/html.hpp"
#include "colcomb/page/write_page.hpp"
#include "colcomb/report/combining_table.hpp"
#include "colcomb/report/json.hpp"
#include "colcomb/report/timeline_json.hpp"
#include "colcomb/stages/cost.hpp"
#include "colcomb/stages/quantize.hpp"
#include "colcomb/stages/simulate.hpp"
#include "colcomb/training/fake_quantized_evaluation.hpp"

namespace colcomb::pipeline {
namespace {

/// Logits and labels of the first `count` images alone.
evaluation::IntegerEvaluation first_images(const evaluation::IntegerEvaluation& all,
                                           std::size_t count) {
  evaluation::IntegerEvaluation first;
  first.logits = Matrix<std::int32_t>(count, all.logits.cols());
  for (std::size_t image = 0; image < count; ++image)
    std::ranges::copy(all.logits.row(image), first.logits.row(image).begin());
  first.labels.assign(all.labels.begin(), all.labels.begin() + static_cast<std::ptrdiff_t>(count));
  return first;
}

class WholeRun {
 public:
  WholeRun(const WholeRunOptions& options, const Observer& observer)
      : options_(for_array(options)),
        observer_(observer),
        files_(files_of(options.out)),
        setup_(set_up(options_.data, options_.network, options_.training)),
        array_(options.fit ? *options_.training.allocation.array
                           : describe_array(options.array, stages::largest_alpha(setup_.network))) {
    const std::size_t alpha = stages::largest_alpha(setup_.network);
    if (alpha > array_.alpha) {
      throw option_error("array", options.array,
                         fmt::format("has {} data lines a column; groups of {} need as many",
                                     array_.alpha, alpha));
    }
    (void)cost::find_technology(options.technology);  // before training
    require_writable(files_.report, "out");
  }

  RunReport run() {
    stage("{}", setup_.summary());
    const Checkpoint trained = train(options_.training, files_.checkpoint, "pruning and combining");
    RunReport report;
    report.identity = trained.training.identity;
    report.made_by = options_.made_by;
    report.dataset = setup_.network.data.name;
    for (const EpochRecord& record : trained.training.history)
      report.train_seconds += record.seconds;
    report.allocation = trained.training.allocation;
    report.combining = combining::report_network(trained.network, array_.rows, array_.columns);
    if (options_.dense_baseline) report.dense_accuracy = dense_accuracy();
    const QuantizedNetwork packed = quantize(trained.network);
    evaluate(trained.network, packed, report);
    simulate(packed, report);
    add_cost(packed, report);
    write(report);
    write_page(report);
    return report;
  }

 private:
  template <class... Args>
  void stage(fmt::format_string<Args...> format, Args&&... args) const {
    if (observer_.stage) observer_.stage(fmt::format(format, std::forward<Args>(args)...));
  }

  Checkpoint train(const training::TrainOptions& options, const std::filesystem::path& save_path,
                   const char* what) {
    training::RunOptions run = options_.run;
    run.save_path = save_path;
    run.resume = !run.force;
    stage("training ({}) into {}", what, save_path.string());
    return training::train(options, run, setup_.network, setup_.train_data(),
                           {observer_.epoch, observer_.batch, observer_.allocation});
  }

  [[nodiscard]] evaluation::EvaluationData test_data() const {
    return evaluation::open_for_evaluation(options_.data, dataset::Split::kTest, setup_.network);
  }

  [[nodiscard]] evaluation::ProgressObserver progress(const char* title) const {
    return [this, title](std::size_t done, std::size_t total) {
      if (observer_.progress) observer_.progress(title, done, total);
    };
  }

  [[nodiscard]] Accuracy float_accuracy(const FloatNetwork& network) const {
    const auto result =
        evaluation::evaluate_float(network, test_data(), 0, progress("float network"));
    return evaluation::accuracy_of(result.logits, result.labels);
  }

  Accuracy dense_accuracy() {
    training::TrainOptions options = options_.training;
    options.pruning.schedule = training::Schedule::kNone;
    options.quantization_aware.epochs = 0;
    options.allocation = {};
    return float_accuracy(train(options, files_.dense, "dense baseline").network);
  }

  [[nodiscard]] QuantizedNetwork quantize(const FloatNetwork& network) const {
    stages::QuantizeOptions options;
    options.data = options_.data;
    options.weights = options_.training.quantization_aware.weights;
    options.scales = options_.training.quantization_aware.scales;
    stages::Quantized quantized =
        stages::quantize(network, options, "quantized from " + files_.checkpoint.string());
    save_packed_network(quantized.network, files_.packed);
    return std::move(quantized.network);
  }

  void evaluate(const FloatNetwork& network, const QuantizedNetwork& packed,
                RunReport& report) const {
    stage("evaluating the float, fake-quantized and integer networks on the test split");
    const evaluation::EvaluationData data = test_data();
    const auto integers =
        evaluation::evaluate_integers(packed, data, 0, progress("integer network"));
    dataset::BatchLoader loader =
        evaluation::load(data, evaluation::first_indices(data, options_.check_images));
    const auto fake = training::fake_quantized_logits(network, packed, loader);
    const auto checked = first_images(integers, fake.rows());
    report.float_accuracy = float_accuracy(network);
    report.fake_quantized_accuracy = evaluation::accuracy_of(fake, checked.labels);
    report.integer_accuracy = evaluation::accuracy_of(integers.logits, integers.labels);
    report.saturated = integers.saturated;
    const auto comparison =
        evaluation::compare_logits(checked.logits, fake, "integer", "fake-quantized");
    report.identical_logits = comparison.identical;
    if (!comparison.first_difference.empty()) {
      throw InternalError("integer and fake-quantized networks differ at " +
                          comparison.first_difference);
    }
  }

  /// Clocks do not depend on pixels, so one black batch does.
  void simulate(const QuantizedNetwork& packed, RunReport& report) const {
    const std::vector<std::uint8_t> images(array_.batch * packed.description.input.size());
    stages::SimulateOptions options;
    options.baselines = true;
    options.timeline = true;
    const stages::SimulationRun result = stages::simulate(packed, array_, images, options);
    report.simulation = result.simulation.result;
    const auto& planned = report.allocation;
    if (planned && planned->interval > 0 && planned->interval != report.simulation->interval) {
      stage("the packed network takes {} clocks a batch; its groups were chosen for {}",
            report.simulation->interval, planned->interval);
    }
    report.baselines = result.baselines;
    const std::string timeline = report::timeline_json(result.timeline.value());
    write_file_atomically(files_.timeline, std::string_view(timeline));
  }

  void add_cost(const QuantizedNetwork& packed, RunReport& report) const {
    stages::CostStageOptions options;
    options.technology = options_.technology;
    options.compare = true;
    stages::CostRun result = stages::cost_of_network(packed, array_, options);
    report.cost = std::move(result.cost);
    report.cost_comparison = std::move(result.comparison);
  }

  void write(const RunReport& report) const {
    write_file_atomically(files_.csv, std::string_view(report::combining_csv(report.combining)));
    write_file_atomically(files_.report, std::string_view(report::to_json(report).dump(2) + '\n'));
  }

  void write_page(const RunReport& report) const {
    if (!page::has_template()) {
      stage("no page: the program was built without it (COLCOMB_WITH_PAGE)");
      return;
    }
    stage("writing {}", files_.page.string());
    page::write_run_page(options_.out, report.made_by.version);
  }

  /// With the array to combine for, if it is to be.
  [[nodiscard]] static WholeRunOptions for_array(WholeRunOptions options) {
    if (!options.fit) {
      options.network.alpha_of_array = false;
      return options;
    }
    const std::size_t alpha = options.network.alpha_of_array ? 1 : largest_alpha(options.network);
    options.training.allocation.array = describe_array(options.array, alpha);
    return options;
  }

  WholeRunOptions options_;
  const Observer& observer_;
  WholeRunFiles files_;
  TrainingSetup setup_;
  ArrayConfig array_;
};

}  // namespace

WholeRunOptions fashion_mnist_run() {
  WholeRunOptions options;
  options.data.name = "fashion-mnist";
  options.data.augment = false;  // the clothes are centred; a short run does better without
  options.network = small_network();
  options.training.batch_size = 128;
  options.training.epochs = 7;
  options.training.l1_penalty = 1e-7;
  return options;
}

WholeRunFiles files_of(const std::filesystem::path& out) {
  return {out / "network.ckpt", out / "dense.ckpt",    out / "network.packed", out / "layers.csv",
          out / "report.json",  out / "timeline.json", out / "report.html"};
}

RunReport run(const WholeRunOptions& options, const Observer& observer) {
  return WholeRun(options, observer).run();
}

}  // namespace colcomb::pipeline
