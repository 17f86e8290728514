// Any processor: GCC compiles 16-byte vectors to what there is, such as SSE2 or NEON.
#include "colcomb/backprop/kernels/kernels.hpp"

namespace colcomb::backprop {
namespace {

struct Isa {
  static constexpr int kRegisterBytes = 16;
  static constexpr int kBlockRows = 4;
  static constexpr int kBlockPixels = 1;
  static constexpr int kSparsePixels = 2;
  static constexpr bool kHasBf16 = false;
  using Register [[gnu::vector_size(16), gnu::may_alias]] = float;

  static void store_non_temporal(Register* to, const Register& v) { *to = v; }
  static void fence() {}
  static void keep_in_register(Register& /*v*/) {}
};

}  // namespace
}  // namespace colcomb::backprop

#include "colcomb/backprop/kernels/table.inl"

namespace colcomb::backprop {

const Kernels& portable_kernels() {
  static const Kernels kernels = kernels_of_isa("portable", [] { return true; });
  return kernels;
}

}  // namespace colcomb::backprop
