// What import computes to find limits: VGG-16's convolutions at 224 x 224 in float, one thread,
// by the blocked products (kernel of this processor) beside the plain ones of RealLayer. Last the
// floor: what this core's fused multiply-adds reach.
//
//   bench_calibration

#include <fmt/format.h>

#include <cstddef>
#include <cstdio>
#include <vector>

#include "bench/contest.hpp"
#include "bench/float_peak.hpp"
#include "colcomb/base/random.hpp"
#include "colcomb/semantics/real_layer.hpp"
#include "colcomb/semantics/real_products.hpp"

namespace colcomb {
namespace {

struct Shape {
  std::size_t in = 0;
  std::size_t out = 0;
  std::size_t side = 0;
  std::size_t times = 1;  // such layers in VGG-16
};

constexpr Shape kShapes[] = {{3, 64, 224},    {64, 64, 224},     {64, 128, 112},
                             {128, 128, 112}, {128, 256, 56},    {256, 256, 56, 2},
                             {256, 512, 28},  {512, 512, 28, 2}, {512, 512, 14, 3}};

void compare() {
  fmt::print("{:<22} {:>8} {:>10} {:>10} {:>8} {:>9}\n", "layer", "MMAC", "plain ms", "blocked ms",
             "ratio", "GMAC/s");
  double plain_total = 0;
  double blocked_total = 0;
  double macs_total = 0;
  for (const Shape& shape : kShapes) {
    NetworkDescription network;
    network.input = {shape.in, shape.side, shape.side, {}, {}, 1};
    LayerDescription layer;
    layer.in_channels = shape.in;
    layer.out_channels = shape.out;
    layer.in_height = layer.in_width = shape.side;
    layer.kernel = 3;
    layer.columns = convolution_columns(shape.in, 3);
    network.hidden = {layer};
    network.classifier = make_classifier(shape.out, 10);
    Random random(1);
    Matrix<float> weights(shape.out, layer.columns.size());
    for (float& weight : weights.values()) weight = static_cast<float>(random.uniform() - 0.5);
    semantics::BasicMap<float> map{shape.in, shape.side, shape.side, {}};
    map.values.assign(shape.in * shape.side * shape.side, 0.25F);
    const std::vector<float> bias(shape.out);
    const std::vector<float> padding(shape.in);
    const semantics::RealLayer<float> plain(weights, bias, padding);
    const semantics::RealProducts blocked(weights, bias, padding);
    const std::vector<LayerPart> parts = parts_of(network, 0);
    Contest contest;
    float sink = 0;
    contest.add([&] { sink += plain.accumulate(parts, {&map}).values[0]; });
    contest.add([&] { sink += blocked.accumulate(parts, {&map}).values[0]; });
    contest.run(2);
    const double macs = static_cast<double>(weights.size() * shape.side * shape.side);
    const double a = contest.median_seconds(0);
    const double b = contest.median_seconds(1);
    fmt::print("{:<22} {:>8.0f} {:>10.1f} {:>10.1f} {:>7.1f}x {:>9.1f}{}\n",
               fmt::format("{} -> {}, {} x {}", shape.in, shape.out, shape.side, shape.side),
               macs / 1e6, 1e3 * a, 1e3 * b, a / b, macs / b / 1e9, sink == 1 ? " " : "");
    plain_total += a * static_cast<double>(shape.times);
    blocked_total += b * static_cast<double>(shape.times);
    macs_total += macs * static_cast<double>(shape.times);
  }
  fmt::print("{:<22} {:>8.0f} {:>10.1f} {:>10.1f} {:>7.1f}x {:>9.1f}\n", "VGG-16's convolutions",
             macs_total / 1e6, 1e3 * plain_total, 1e3 * blocked_total, plain_total / blocked_total,
             macs_total / blocked_total / 1e9);
  fmt::print("{:<22} {:>60.1f}\n", "multiply-adds alone", float_peak(1) / 2e9);
}

}  // namespace
}  // namespace colcomb

int main() {
  colcomb::compare();
  return 0;
}
