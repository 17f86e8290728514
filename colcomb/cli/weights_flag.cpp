#include "colcomb/cli/weights_flag.hpp"

#include <map>

namespace colcomb::cli {

void add_weights_flag(CLI::App& command, WeightCode& weights, const std::string& purpose) {
  const std::map<std::string, WeightCode> codes{
      {name_of(WeightCode::kInt8), WeightCode::kInt8},
      {name_of(WeightCode::kPowerOfTwo), WeightCode::kPowerOfTwo}};
  command
      .add_option("--weights", weights,
                  purpose +
                      "int8: signed bytes; pow2: 0 or +-2^e, e from 0 to 6, a 4-bit code, in units "
                      "of a step chosen per layer")
      ->transform(CLI::CheckedTransformer(codes))
      ->default_str(name_of(weights));
}

}  // namespace colcomb::cli
