#include <cstddef>

namespace {
constexpr std::size_t kVectorBytes = 16;
constexpr std::size_t kVectors = 2;
}  // namespace

#include "colcomb/semantics/kernels/panel_kernel.inl"

namespace colcomb::semantics {

extern const PanelKernel portable_panels;
const PanelKernel portable_panels{"portable", [] { return true; }, add_products, add_pixel};

}  // namespace colcomb::semantics
