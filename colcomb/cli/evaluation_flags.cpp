#include "colcomb/cli/evaluation_flags.hpp"

#include <fmt/format.h>

#include "colcomb/cli/data_flags.hpp"
#include "colcomb/cli/progress_bars.hpp"
#include "colcomb/evaluation/float_evaluation.hpp"
#include "colcomb/report/json.hpp"

namespace colcomb::cli {

CLI::App* EvaluationFlags::add_to(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("eval", "Accuracy of a checkpoint (float) or a packed network (integers)");
  command->add_option("input", input, "Checkpoint or packed network")->required();
  command->add_option("--packed", packed,
                      "With a checkpoint: also run it fake-quantized and this packed network, and "
                      "compare their logits image by image");
  add_data_flags(*command, data);
  command->add_option("--split", split, "Split to run: test or train")
      ->check(CLI::IsMember({"test", "train"}))
      ->capture_default_str();
  command->add_option("--limit", limit, "Run the first images only [all]");
  command->add_flag("--json", json, "Print JSON instead of text");
  return command;
}

evaluation::EvaluationData EvaluationFlags::open(const NetworkDescription& network) const {
  return evaluation::open_for_evaluation(
      data, split == "train" ? dataset::Split::kTrain : dataset::Split::kTest, network);
}

void EvaluationResults::add(const std::string& what, const Accuracy& accuracy) {
  json_[what] = report::to_json(accuracy);
  text_ += fmt::format("{:<16} top-1 {:.2f}%  top-5 {:.2f}%  ({} images)\n", what,
                       100 * accuracy.top1_share(), 100 * accuracy.top5_share(), accuracy.images);
}

void EvaluationResults::add(const evaluation::LogitComparison& comparison) {
  json_["identical_logits"] = comparison.identical;
  text_ += fmt::format("integer and fake-quantized logits identical for {} of {} images\n",
                       comparison.identical, comparison.images);
}

void EvaluationResults::add_float(const EvaluationFlags& flags, const FloatNetwork& network) {
  const auto result = evaluation::evaluate_float(network, flags.open(network.description),
                                                 flags.limit, progress_bar("float network"));
  add("float", evaluation::accuracy_of(result.logits, result.labels));
}

void EvaluationResults::print(bool as_json) const {
  fmt::print("{}", as_json ? json_.dump(2) + '\n' : text_);
}

}  // namespace colcomb::cli
