#include "colcomb/experiments/program_flags.hpp"

#include <fmt/format.h>

namespace colcomb::experiments {

std::vector<std::string> program_flags(const Plan& plan, std::vector<std::string> more) {
  std::vector<std::string> words = {"--dataset",      plan.dataset,
                                    "--aug",          plan.dataset.ends_with("mnist") ? "-" : "+",
                                    "--model",        plan.last().name,
                                    "--width",        fmt::to_string(plan.last().width),
                                    "--alpha",        fmt::to_string(kAlpha),
                                    "--epochs",       fmt::to_string(plan.epochs),
                                    "--batch-size",   fmt::to_string(plan.batch_size),
                                    "--lr",           fmt::to_string(plan.learning_rate),
                                    "--sample-ratio", fmt::to_string(plan.sample_ratio),
                                    "--seed",         fmt::to_string(plan.seed)};
  if (!plan.root.empty()) words.insert(words.end(), {"--dataset-root", plan.root});
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

}  // namespace colcomb::experiments
