#if defined(__x86_64__)

#include <cstddef>

namespace {
constexpr std::size_t kVectorBytes = 32;
constexpr std::size_t kVectors = 1;
}  // namespace

#include "colcomb/semantics/kernels/panel_kernel.inl"

namespace colcomb::semantics {

extern const PanelKernel avx2_panels;
const PanelKernel avx2_panels{
    "avx2", [] { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); },
    add_products, add_pixel};

}  // namespace colcomb::semantics

#endif
