// One kernel per instruction set: the including file names the bytes of a vector, kVectorBytes, and
// how many vectors of pixels stand in registers at once, kVectors.
#include <cstring>

#include "colcomb/semantics/panels.hpp"

namespace colcomb::semantics {
namespace {

using Vector [[gnu::vector_size(kVectorBytes)]] = float;
constexpr std::size_t kLanes = kVectorBytes / sizeof(float);
static_assert(kPixelStep % (kVectors * kLanes) == 0);

Vector load(const float* from) {
  Vector value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

void add_products(const Panel& panel, const float* planes, std::size_t pixels, float* sums) {
  const std::size_t columns = panel.columns.size();
  for (std::size_t p = 0; p < pixels; p += kVectors * kLanes) {
    Vector sum[kPanelRows][kVectors];
    for (std::size_t r = 0; r < kPanelRows; ++r) {
      for (std::size_t v = 0; v < kVectors; ++v)
        sum[r][v] = load(sums + r * pixels + p + v * kLanes);
    }
    const float* weight = panel.weights.data();
    for (std::size_t k = 0; k < columns; ++k, weight += kPanelRows) {
      const float* const plane = planes + panel.columns[k] * pixels + p;
      Vector value[kVectors];
      for (std::size_t v = 0; v < kVectors; ++v) value[v] = load(plane + v * kLanes);
      for (std::size_t r = 0; r < kPanelRows; ++r) {
        for (std::size_t v = 0; v < kVectors; ++v) sum[r][v] += weight[r] * value[v];
      }
    }
    for (std::size_t r = 0; r < kPanelRows; ++r) {
      for (std::size_t v = 0; v < kVectors; ++v)
        std::memcpy(sums + r * pixels + p + v * kLanes, &sum[r][v], sizeof(Vector));
    }
  }
}

using Rows [[gnu::vector_size(kPanelRows * sizeof(float))]] = float;

void add_pixel(const Panel& panel, const float* values, float* sums) {
  Rows even;
  std::memcpy(&even, sums, sizeof even);
  Rows odd = even - even;
  const std::size_t columns = panel.columns.size();
  const float* weight = panel.weights.data();
  const auto product = [&](std::size_t k) {
    Rows rows;
    std::memcpy(&rows, weight + k * kPanelRows, sizeof rows);
    return rows * values[panel.columns[k]];
  };
  std::size_t k = 0;
  for (; k + 1 < columns; k += 2) {
    even += product(k);
    odd += product(k + 1);
  }
  if (k < columns) even += product(k);
  even += odd;
  std::memcpy(sums, &even, sizeof even);
}

}  // namespace
}  // namespace colcomb::semantics
