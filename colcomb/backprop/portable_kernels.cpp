#include "colcomb/backprop/kernels.hpp"

#define COLCOMB_VECTOR_BYTES 16
#define COLCOMB_BLOCK_ROWS 4
#define COLCOMB_TILE 1
#define COLCOMB_SPARSE_TILE 2
#define COLCOMB_STREAM(to, v) *(to) = v
#define COLCOMB_STREAMS_END()
#define COLCOMB_KEEP(v)
#include "colcomb/backprop/vector_kernels.inl"

namespace colcomb::backprop {

const Kernels& portable_kernels() {
  static const Kernels kernels = kernels_named("portable", [] { return true; });
  return kernels;
}

}  // namespace colcomb::backprop
