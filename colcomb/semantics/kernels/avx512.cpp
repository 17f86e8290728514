#if defined(__x86_64__)

#include <cstddef>

namespace {
constexpr std::size_t kVectorBytes = 64;
constexpr std::size_t kVectors = 2;
}  // namespace

#include "colcomb/semantics/kernels/panel_kernel.inl"

namespace colcomb::semantics {

extern const PanelKernel avx512_panels;
const PanelKernel avx512_panels{"avx512", [] { return __builtin_cpu_supports("avx512f") != 0; },
                                add_products, add_pixel};

}  // namespace colcomb::semantics

#endif
