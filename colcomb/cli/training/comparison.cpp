#include <memory>

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/cli/evaluation_flags.hpp"
#include "colcomb/cli/progress_bars.hpp"
#include "colcomb/cli/training/command.hpp"
#include "colcomb/evaluation/integer_evaluation.hpp"
#include "colcomb/training/fake_quantized_evaluation.hpp"

namespace colcomb::cli {
namespace {

/// The accuracies of the float, the fake-quantized and the packed network, and where the logits of
/// the latter two differ.
void compare(const EvaluationFlags& flags) {
  const FloatNetwork network = load_checkpoint(flags.input).network;
  EvaluationResults results;
  results.add_float(flags, network);
  const QuantizedNetwork packed = load_packed_network(*flags.packed);
  const evaluation::EvaluationData data = flags.open(network.description);
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
  results.print(flags.json);
  if (comparison.first_difference.empty()) return;
  throw failure(flags.packed->string(),
                "logits differ from the checkpoint's, first at " + comparison.first_difference);
}

}  // namespace

void add_comparison(CLI::App& app) {
  auto flags = std::make_shared<EvaluationFlags>();
  flags->add_to(app)->callback([flags] { compare(*flags); });
}

}  // namespace colcomb::cli
