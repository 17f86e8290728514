#include <memory>

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/artifacts/sealed_file.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/cli/command.hpp"
#include "colcomb/cli/evaluation_flags.hpp"
#include "colcomb/cli/progress_bars.hpp"
#include "colcomb/evaluation/integer_evaluation.hpp"

namespace colcomb::cli {
namespace {

void run_packed(const EvaluationFlags& flags) {
  const QuantizedNetwork network = load_packed_network(flags.input);
  const auto integers = evaluation::evaluate_integers(network, flags.open(network.description),
                                                      flags.limit, progress_bar("integer network"));
  EvaluationResults results;
  results.add("integer", evaluation::accuracy_of(integers.logits, integers.labels));
  results.print(flags.json);
}

void run_checkpoint(const EvaluationFlags& flags) {
  EvaluationResults results;
  results.add_float(flags, load_checkpoint(flags.input).network);
  results.print(flags.json);
}

#ifdef COLCOMB_WITH_TORCH
void compare(const EvaluationFlags&, const TrainingProgram& training) {
  training.take_over();
}
#else
void compare(const EvaluationFlags& flags, const TrainingProgram&) {
  throw usage_error("--packed", flags.packed->string(),
                    "this colcomb was built without LibTorch, whose convolutions are what packed "
                    "networks are compared with");
}
#endif

}  // namespace

void add_eval(CLI::App& app, const TrainingProgram& training) {
  auto flags = std::make_shared<EvaluationFlags>();
  flags->add_to(app)->callback([flags, &training] {
    if (kind_of_file(flags->input) == FileKind::kPackedNetwork) {
      run_packed(*flags);
    } else if (flags->packed) {
      compare(*flags, training);
    } else {
      run_checkpoint(*flags);
    }
  });
}

}  // namespace colcomb::cli
