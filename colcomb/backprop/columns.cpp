// Layers that read several maps: from these to the columns of the filter matrix, and back.
#include <algorithm>

#include "colcomb/backprop/state.hpp"

namespace colcomb::backprop {
namespace {

/// Those outputs 0, ..., `outputs` - 1 whose input `stride * output + step` lies in 0, ..., `size`
/// - 1.
Rows outputs_inside(std::size_t outputs, std::size_t stride, int step, std::size_t size) {
  const auto s = static_cast<std::ptrdiff_t>(stride);
  const auto first_behind = [&](std::ptrdiff_t input) {  // the first output that reads >= input
    const std::ptrdiff_t distance = input - step;
    return std::clamp<std::ptrdiff_t>(distance <= 0 ? 0 : (distance + s - 1) / s, 0,
                                      static_cast<std::ptrdiff_t>(outputs));
  };
  return {static_cast<std::size_t>(first_behind(0)),
          static_cast<std::size_t>(first_behind(static_cast<std::ptrdiff_t>(size)))};
}

/// Calls body(column of the layer, row of the tile, its first pixel, pixels, float offset in the
/// map of the first one read) for every row that the part reads of its map, of geometry `map`.
template <class Body>
void each_row(const LayerPart& part, const MapGeometry& map, Rows tile, std::size_t width,
              Body body) {
  const std::size_t stride = part.reader.stride;
  for (std::size_t m = 0; m < part.reader.columns.size(); ++m) {
    const Column& column = part.reader.columns[m];
    const Rows ys = outputs_inside(tile.end, stride, column.dy, map.height);
    const Rows xs = outputs_inside(width, stride, column.dx, map.width);
    if (xs.begin >= xs.end) continue;
    const auto read = [&](std::size_t at, int step) {
      return static_cast<std::size_t>(static_cast<std::ptrdiff_t>(at * stride) + step);
    };
    for (std::size_t y = std::max(ys.begin, tile.begin); y < ys.end; ++y) {
      body(part.column_begin + m, y - tile.begin, xs.begin, xs.count(),
           map.at(read(y, column.dy), read(xs.begin, column.dx)) +
               static_cast<std::size_t>(column.channel) * map.strides().channel);
    }
  }
}

}  // namespace

void Pass::State::gather_columns(std::size_t layer, std::size_t slot, Rows rows, float* out) const {
  const MapGeometry& g = geometry_[layer].input;
  std::fill_n(out, rows.count() * g.strides().row, 0.0F);
  for (const LayerPart& part : hidden_[layer].parts) {
    const float* const map = hidden_[*part.source].kept[slot];
    const std::size_t step = part.reader.stride * kVectorImages;
    each_row(part, geometry_[*part.source].result, rows, g.width,
             [&](std::size_t column, std::size_t y, std::size_t x, std::size_t pixels,
                 std::size_t read) {
               float* const to = out + g.at(y, x) + column * g.strides().channel;
               for (std::size_t i = 0; i < pixels; ++i)
                 std::copy_n(map + read + i * step, kVectorImages, to + i * kVectorImages);
             });
  }
}

void Pass::State::scatter_columns(std::size_t layer, std::size_t block, Rows rows,
                                  const float* gradient) {
  const MapGeometry& g = geometry_[layer].input;
  for (const LayerPart& part : hidden_[layer].parts) {
    float* const map = hidden_[*part.source].kept_gradient[block];
    const std::size_t step = part.reader.stride * kVectorImages;
    each_row(part, geometry_[*part.source].result, rows, g.width,
             [&](std::size_t column, std::size_t y, std::size_t x, std::size_t pixels,
                 std::size_t read) {
               const float* const from = gradient + g.at(y, x) + column * g.strides().channel;
               for (std::size_t p = 0; p < pixels; ++p) {
                 float* const to = map + read + p * step;
                 for (std::size_t i = 0; i < kVectorImages; ++i)
                   to[i] += from[p * kVectorImages + i];
               }
             });
  }
}

}  // namespace colcomb::backprop
