// Pooling windows: from a layer's activations to its result, and back.
#include <algorithm>
#include <cmath>

#include "colcomb/backprop/state.hpp"

namespace colcomb::backprop {
namespace {

/// The pixels of a window that lie in the map.
struct Pixels {
  Rows y;
  Rows x;
};

Pixels pixels_of(const PoolingWindow& pooling, const MapGeometry& map, std::size_t y,
                 std::size_t x) {
  const PoolingSide v = pooling.vertical();
  const PoolingSide h = pooling.horizontal();
  return {{v.begin(y), v.end(y, map.height)}, {h.begin(x), h.end(x, map.width)}};
}

/// Calls body(c, y, x, window) for every pixel of the result.
template <class Body>
void each_window(const PoolingWindow& pooling, const MapGeometry& map, Body body) {
  for (std::size_t y = 0; y < pooling.out_height; ++y) {
    for (std::size_t c = 0; c < map.channels; ++c) {
      for (std::size_t x = 0; x < pooling.out_width; ++x)
        body(c, y, x, pixels_of(pooling, map, y, x));
    }
  }
}

}  // namespace

void Pass::State::windows_forward(std::size_t layer, const float* activations,
                                  float* result) const {
  const PoolingWindow& pooling = *network_.hidden[layer].pooling;
  const MapGeometry& map = geometry_[layer].output;
  const MapGeometry& out = geometry_[layer].result;
  const bool maxima = pooling.kind == PoolingKind::kMax;
  each_window(pooling, map, [&](std::size_t c, std::size_t y, std::size_t x, Pixels window) {
    ImageVector value{};  // activations are never negative
    for (std::size_t r = window.y.begin; r < window.y.end; ++r) {
      const float* from = activations + map.at(r, window.x.begin) + c * map.strides().channel;
      for (std::size_t s = window.x.begin; s < window.x.end; ++s, from += kVectorImages) {
        for (std::size_t i = 0; i < kVectorImages; ++i)
          value.image[i] = maxima ? std::max(value.image[i], from[i]) : value.image[i] + from[i];
      }
    }
    if (!maxima) {
      const auto divisor = static_cast<float>(pooling.divisor(y, x, map.height, map.width));
      for (float& sum : value.image) {
        sum /= divisor;
        if (integers) sum = std::floor(sum + 0.5F);
      }
    }
    std::copy_n(value.image, kVectorImages, result + out.at(y, x) + c * out.strides().channel);
  });
}

void Pass::State::windows_backward(std::size_t layer, const float* activations, const float* result,
                                   const float* result_gradient, float* activation_gradient) const {
  const PoolingWindow& pooling = *network_.hidden[layer].pooling;
  const MapGeometry& map = geometry_[layer].output;
  const MapGeometry& out = geometry_[layer].result;
  std::fill_n(activation_gradient, map.floats(), 0.0F);
  each_window(pooling, map, [&](std::size_t c, std::size_t y, std::size_t x, Pixels window) {
    const std::size_t place = out.at(y, x) + c * out.strides().channel;
    const float* const gradient = result_gradient + place;
    const float* const most = result + place;
    const float share = 1.0F / static_cast<float>(pooling.divisor(y, x, map.height, map.width));
    bool found[kVectorImages] = {};
    for (std::size_t r = window.y.begin; r < window.y.end; ++r) {
      for (std::size_t s = window.x.begin; s < window.x.end; ++s) {
        const std::size_t at = map.at(r, s) + c * map.strides().channel;
        for (std::size_t i = 0; i < kVectorImages; ++i) {
          if (pooling.kind == PoolingKind::kMean) {
            activation_gradient[at + i] += gradient[i] * share;
          } else if (!found[i] && activations[at + i] == most[i]) {  // the first, as in LibTorch
            activation_gradient[at + i] += gradient[i];
            found[i] = true;
          }
        }
      }
    }
  });
}

}  // namespace colcomb::backprop
