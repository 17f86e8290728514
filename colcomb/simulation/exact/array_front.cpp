#include "colcomb/simulation/exact/array_front.hpp"

namespace colcomb::simulation {

std::unique_ptr<ArrayFront> make_front(const ArrayShape& shape, bool plain) {
  return shape.parallel ? make_parallel_front(shape) : make_serial_front(shape, plain);
}

std::uint64_t weight_code(const ArrayShape& shape, std::int8_t weight, std::uint8_t select) {
  if (shape.parallel)
    return std::uint64_t{static_cast<std::uint8_t>(weight)} | std::uint64_t{select} << 8U;
  const int value = weight;
  const auto magnitude = static_cast<std::uint64_t>(value < 0 ? -value : value);
  return magnitude | std::uint64_t{value < 0} << 8U | std::uint64_t{select} << 9U;
}

}  // namespace colcomb::simulation
