#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/artifacts/sealed_file.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/cli/command.hpp"
#include "colcomb/cli/evaluation.hpp"
#include "colcomb/report/json.hpp"

namespace colcomb::cli {
namespace {

struct Flags {
  std::filesystem::path input;
  std::optional<std::filesystem::path> packed;
  DataFlags data;
  std::string split = "test";
  std::size_t limit = 0;
  bool json = false;
};

dataset::Split split_of(const Flags& flags) {
  return flags.split == "train" ? dataset::Split::kTrain : dataset::Split::kTest;
}

/// Collects the figures and prints them at the end, as text or JSON.
class Results {
 public:
  void add(const std::string& what, const Accuracy& accuracy) {
    json_[what] = report::to_json(accuracy);
    text_ += fmt::format("{:<16} top-1 {:.2f}%  top-5 {:.2f}%  ({} images)\n", what,
                         100 * accuracy.top1_share(), 100 * accuracy.top5_share(), accuracy.images);
  }
  void add(const LogitComparison& comparison) {
    json_["identical_logits"] = comparison.identical;
    text_ += fmt::format("integer and fake-quantized logits identical for {} of {} images\n",
                         comparison.identical, comparison.images);
  }
  void print(bool as_json) const { fmt::print("{}", as_json ? json_.dump(2) + '\n' : text_); }

 private:
  nlohmann::ordered_json json_;
  std::string text_;
};

void run_packed(const Flags& flags) {
  const QuantizedNetwork network = load_packed_network(flags.input);
  const EvaluationData data = open_for_evaluation(flags.data, split_of(flags), network.description);
  const IntegerEvaluation integers = evaluate_integers(network, data, flags.limit);
  Results results;
  results.add("integer", accuracy_of(integers.logits, integers.labels));
  results.print(flags.json);
}

#ifdef COLCOMB_WITH_TORCH
void run_checkpoint(const Flags& flags) {
  const FloatNetwork network = load_checkpoint(flags.input).network;
  const EvaluationData data = open_for_evaluation(flags.data, split_of(flags), network.description);
  Results results;
  results.add("float", evaluate_float(network, data, flags.limit));
  LogitComparison comparison;
  if (flags.packed) {
    const QuantizedNetwork packed = load_packed_network(*flags.packed);
    if (packed.description.layer_count() != network.description.layer_count()) {
      throw usage_error("--packed", flags.packed->string(), "is not this checkpoint's network");
    }
    const auto fake = evaluate_fake_quantized(network, packed, data, flags.limit);
    const IntegerEvaluation integers = evaluate_integers(packed, data, flags.limit);
    results.add("fake-quantized", accuracy_of(fake, integers.labels));
    results.add("integer", accuracy_of(integers.logits, integers.labels));
    comparison = compare_logits(integers.logits, fake);
    results.add(comparison);
  }
  results.print(flags.json);
  if (!comparison.first_difference.empty()) {
    throw failure(flags.packed->string(),
                  "logits differ from the checkpoint's, first at " + comparison.first_difference);
  }
}
#else
void run_checkpoint(const Flags& flags) {
  throw usage_error("input", flags.input.string(),
                    "is a checkpoint: this colcomb was built without LibTorch and runs packed "
                    "networks only");
}
#endif

}  // namespace

void add_eval(CLI::App& app) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command =
      app.add_subcommand("eval", "Accuracy of a checkpoint (float) or a packed network (integers)");
  command->add_option("input", flags->input, "Checkpoint or packed network")->required();
  command->add_option("--packed", flags->packed,
                      "With a checkpoint: also run it fake-quantized and this packed network, and "
                      "compare their logits image by image");
  flags->data.add_to(*command);
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
