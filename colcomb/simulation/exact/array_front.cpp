#include "colcomb/simulation/exact/array_front.hpp"

#include "colcomb/tiling/weight_image.hpp"

namespace colcomb::simulation {

std::unique_ptr<ArrayFront> make_front(const ArrayShape& shape, bool plain) {
  return shape.parallel ? make_parallel_front(shape) : make_serial_front(shape, plain);
}

std::uint64_t weight_code(const ArrayShape& shape, std::int8_t weight, std::uint8_t select) {
  return tiling::weight_code(shape.parallel ? CellKind::kParallel : CellKind::kMultiplexed, weight,
                             select);
}

}  // namespace colcomb::simulation
