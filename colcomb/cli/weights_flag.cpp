#include "colcomb/cli/weights_flag.hpp"

#include "colcomb/cli/choice_flag.hpp"

namespace colcomb::cli {

void add_weights_flag(CLI::App& command, WeightCode& weights, const std::string& purpose) {
  const std::vector<std::pair<std::string, WeightCode>> codes = {
      {name_of(WeightCode::kInt8), WeightCode::kInt8},
      {name_of(WeightCode::kPowerOfTwo), WeightCode::kPowerOfTwo}};
  add_choice_flag(command, "--weights", weights, codes,
                  purpose +
                      "int8: signed bytes; pow2: 0 or +-2^e, e from 0 to 6, a 4-bit code, in units "
                      "of a step chosen per layer")
      ->default_str(name_of(weights));
}

void add_weight_scales_flag(CLI::App& command, WeightScales& scales, const std::string& purpose) {
  const std::vector<std::pair<std::string, WeightScales>> choices = {
      {name_of(WeightScales::kLayer), WeightScales::kLayer},
      {name_of(WeightScales::kChannel), WeightScales::kChannel}};
  add_choice_flag(command, "--weight-scales", scales, choices,
                  purpose +
                      "layer: one step for all weights of a layer; channel: a power of two finer "
                      "in rows whose weights are small, which the array's rows shift by")
      ->default_str(name_of(scales));
}

}  // namespace colcomb::cli
