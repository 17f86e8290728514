#include "fuzz/targets.hpp"

#include "fuzz/seeds.hpp"

namespace colcomb::fuzzing {

const std::vector<Target>& targets() {
  static const std::vector<Target> all = {
#define COLCOMB_FUZZ_TARGET(name, form) {#name, Form::form, name##_seeds, try_##name},
#include "fuzz/targets.def"
#undef COLCOMB_FUZZ_TARGET
  };
  return all;
}

}  // namespace colcomb::fuzzing
