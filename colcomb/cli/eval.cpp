#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/artifacts/sealed_file.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/cli/command.hpp"
#include "colcomb/cli/data_flags.hpp"
#include "colcomb/cli/observers.hpp"
#include "colcomb/evaluation/accuracy.hpp"
#include "colcomb/evaluation/float_evaluation.hpp"
#include "colcomb/evaluation/integer_evaluation.hpp"
#include "colcomb/report/json.hpp"
#ifdef COLCOMB_WITH_TORCH
#include "colcomb/training/fake_quantized_evaluation.hpp"
#endif

namespace colcomb::cli {
namespace {

struct EvalFlags {
  std::filesystem::path input;
  std::optional<std::filesystem::path> packed;
  dataset::DataSource data;
  std::string split = "test";
  std::size_t limit = 0;
  bool json = false;
};

dataset::Split split_of(const EvalFlags& flags) {
  return flags.split == "train" ? dataset::Split::kTrain : dataset::Split::kTest;
}

/// Collects the figures and prints them at the end, as text or JSON.
class EvalResults {
 public:
  void add(const std::string& what, const Accuracy& accuracy) {
    json_[what] = report::to_json(accuracy);
    text_ += fmt::format("{:<16} top-1 {:.2f}%  top-5 {:.2f}%  ({} images)\n", what,
                         100 * accuracy.top1_share(), 100 * accuracy.top5_share(), accuracy.images);
  }
  void add(const evaluation::LogitComparison& comparison) {
    json_["identical_logits"] = comparison.identical;
    text_ += fmt::format("integer and fake-quantized logits identical for {} of {} images\n",
                         comparison.identical, comparison.images);
  }
  void print(bool as_json) const { fmt::print("{}", as_json ? json_.dump(2) + '\n' : text_); }

 private:
  nlohmann::ordered_json json_;
  std::string text_;
};

evaluation::EvaluationData open(const EvalFlags& flags, const NetworkDescription& network) {
  return evaluation::open_for_evaluation(flags.data, split_of(flags), network);
}

void run_packed(const EvalFlags& flags) {
  const QuantizedNetwork network = load_packed_network(flags.input);
  const auto integers = evaluation::evaluate_integers(network, open(flags, network.description),
                                                      flags.limit, progress_bar("integer network"));
  EvalResults results;
  results.add("integer", evaluation::accuracy_of(integers.logits, integers.labels));
  results.print(flags.json);
}

Accuracy float_accuracy(const EvalFlags& flags, const FloatNetwork& network) {
  const auto result = evaluation::evaluate_float(network, open(flags, network.description),
                                                 flags.limit, progress_bar("float network"));
  return evaluation::accuracy_of(result.logits, result.labels);
}

#ifdef COLCOMB_WITH_TORCH
/// Adds the accuracies of the fake-quantized and the packed network, and where they differ.
evaluation::LogitComparison add_packed(const EvalFlags& flags, const FloatNetwork& network,
                                       EvalResults& results) {
  const QuantizedNetwork packed = load_packed_network(*flags.packed);
  const evaluation::EvaluationData data = open(flags, network.description);
  dataset::BatchLoader loader =
      evaluation::load(data, evaluation::first_indices(data, flags.limit));
  const auto fake = training::fake_quantized_logits(network, packed, loader);
  const auto integers =
      evaluation::evaluate_integers(packed, data, flags.limit, progress_bar("integer network"));
  results.add("fake-quantized", evaluation::accuracy_of(fake, integers.labels));
  results.add("integer", evaluation::accuracy_of(integers.logits, integers.labels));
  const auto comparison =
      evaluation::compare_logits(integers.logits, fake, "integer", "fake-quantized");
  results.add(comparison);
  return comparison;
}
#else
evaluation::LogitComparison add_packed(const EvalFlags& flags, const FloatNetwork&, EvalResults&) {
  throw usage_error("--packed", flags.packed->string(),
                    "this colcomb was built without LibTorch, whose convolutions are what packed "
                    "networks are compared with");
}
#endif

void run_checkpoint(const EvalFlags& flags) {
  const FloatNetwork network = load_checkpoint(flags.input).network;
  EvalResults results;
  results.add("float", float_accuracy(flags, network));
  evaluation::LogitComparison comparison;
  if (flags.packed) comparison = add_packed(flags, network, results);
  results.print(flags.json);
  if (!comparison.first_difference.empty()) {
    throw failure(flags.packed->string(),
                  "logits differ from the checkpoint's, first at " + comparison.first_difference);
  }
}

}  // namespace

void add_eval(CLI::App& app) {
  auto flags = std::make_shared<EvalFlags>();
  CLI::App* command =
      app.add_subcommand("eval", "Accuracy of a checkpoint (float) or a packed network (integers)");
  command->add_option("input", flags->input, "Checkpoint or packed network")->required();
  command->add_option("--packed", flags->packed,
                      "With a checkpoint: also run it fake-quantized and this packed network, and "
                      "compare their logits image by image");
  add_data_flags(*command, flags->data);
  command->add_option("--split", flags->split, "Split to run: test or train")
      ->check(CLI::IsMember({"test", "train"}))
      ->capture_default_str();
  command->add_option("--limit", flags->limit, "Run the first images only [all]");
  command->add_flag("--json", flags->json, "Print JSON instead of text");
  command->callback([flags] {
    if (kind_of_file(flags->input) == FileKind::kPackedNetwork) {
      run_packed(*flags);
    } else {
      run_checkpoint(*flags);
    }
  });
}

}  // namespace colcomb::cli
