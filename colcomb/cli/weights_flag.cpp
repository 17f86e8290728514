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

}  // namespace colcomb::cli
