#include "colcomb/semantics/integer_run.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "colcomb/base/random.hpp"
#include "tests/support/pool_oracle.hpp"
#include "tests/support/random_network.hpp"

namespace colcomb::semantics {
namespace {

/// The network once more, from unpacked weights, pixel by pixel in 64-bit integers.
class NaiveNetwork {
 public:
  explicit NaiveNetwork(const QuantizedNetwork& network) : network_(network) {}

  Trace run(std::span<const std::uint8_t> image) const {
    const InputDescription& input = network_.description.input;
    const std::size_t s = input.reshape_stride;
    Map map{input.channels * s * s, input.height / s, input.width / s, {}};
    for (std::size_t c = 0; c < input.channels; ++c) {
      for (std::size_t sub = 0; sub < s * s; ++sub) {
        for (std::size_t y = 0; y < map.height; ++y) {
          for (std::size_t x = 0; x < map.width; ++x) {
            const std::size_t row = y * s + sub / s;
            map.values.push_back(image[(c * input.height + row) * input.width + x * s + sub % s]);
          }
        }
      }
    }
    Trace trace;
    for (std::size_t i = 0; i < network_.hidden.size(); ++i) {
      hidden(i, map, trace);
      map = trace.outputs.back();
    }
    finish(map, trace);
    return trace;
  }

 private:
  static std::int64_t read(const Map& map, const std::vector<std::uint8_t>& padding, std::size_t c,
                           std::int64_t y, std::int64_t x) {
    const bool inside = y >= 0 && x >= 0 && y < static_cast<std::int64_t>(map.height) &&
                        x < static_cast<std::int64_t>(map.width);
    if (!inside) return padding[c];
    return map.values[(c * map.height + static_cast<std::size_t>(y)) * map.width +
                      static_cast<std::size_t>(x)];
  }

  std::int64_t accumulation(std::size_t i, const Map& map, std::size_t n, std::size_t y,
                            std::size_t x) const {
    const QuantizedLayer& layer = network_.layer(i);
    const LayerDescription& description = network_.description.layer(i);
    const Matrix<std::int8_t> weights = unpack(layer.weights);
    std::int64_t sum = layer.bias[n];
    for (std::size_t m = 0; m < weights.cols(); ++m) {
      const Column& column = description.columns[m];
      sum += weights(n, m) * read(map, layer.padding, static_cast<std::size_t>(column.channel),
                                  static_cast<std::int64_t>(y * description.stride) + column.dy,
                                  static_cast<std::int64_t>(x * description.stride) + column.dx);
    }
    return sum;
  }

  /// The nearest byte to the value in the layer's table, by counting up.
  static std::uint8_t looked_up(const LayerDescription& layer, std::size_t row, std::uint8_t byte) {
    if (!layer.activation) return byte;
    const std::vector<float>& values = layer.activation->values;
    const float value = values[values.size() > 256 ? row * 256 + byte : byte];
    std::uint8_t nearest = 0;
    while (nearest < 255 && static_cast<float>(nearest) + 0.5F <= value) ++nearest;
    return nearest;
  }

  static std::int32_t wrap(std::int64_t value) {
    return static_cast<std::int32_t>(static_cast<std::uint32_t>(value));
  }

  void hidden(std::size_t i, const Map& map, Trace& trace) const {
    const LayerDescription& description = network_.description.layer(i);
    const QuantizedLayer& layer = network_.layer(i);
    Map out{description.out_channels, description.sum_height(), description.sum_width(), {}};
    std::uint64_t saturated = 0;
    for (std::size_t n = 0; n < out.channels; ++n) {
      const int exponent = layer.row_exponents.empty() ? 0 : layer.row_exponents[n];
      const std::int64_t unit = std::int64_t{1} << layer.fraction_bits << exponent;
      for (std::size_t y = 0; y < out.height; ++y) {
        for (std::size_t x = 0; x < out.width; ++x) {
          std::int64_t sum = accumulation(i, map, n, y, x);
          if (description.residual && n < trace.outputs[*description.residual].channels) {
            const Map& source = trace.outputs[*description.residual];
            // Back through the strides to the place in the source's map that (y, x) lies over.
            std::size_t from_y = y;
            std::size_t from_x = x;
            for (std::size_t j = i; j > *description.residual; --j) {
              const LayerDescription& passed = network_.description.layer(j);
              const bool pools = j < i && passed.pooling;
              from_y *= passed.stride * (pools ? passed.pooling->stride : 1);
              from_x *= passed.stride * (pools ? passed.pooling->stride : 1);
            }
            sum += unit * source.values[(n * source.height + from_y) * source.width + from_x];
          }
          const std::int64_t wrapped = wrap(sum);
          // Negative ones give 0 however the division rounds.
          const std::int64_t scaled = wrapped < 0 ? 0 : wrapped / unit;
          saturated += scaled > 255 ? 1 : 0;
          const auto byte = static_cast<std::uint8_t>(std::min<std::int64_t>(scaled, 255));
          out.values.push_back(looked_up(description, n, byte));
        }
      }
    }
    if (description.pooling) {
      const std::vector<double> bytes(out.values.begin(), out.values.end());
      const auto pooled = tests::pool_planes(
          bytes, out.channels, out.height, out.width, *description.pooling,
          [](double sum, double divisor) { return std::floor(sum / divisor + 0.5); });
      out.values.assign(pooled.begin(), pooled.end());
      out.height = description.pooling->out_height;
      out.width = description.pooling->out_width;
    }
    trace.outputs.push_back(out);
    trace.saturated.push_back(saturated);
  }

  void finish(const Map& map, Trace& trace) const {
    const std::size_t last = network_.hidden.size();
    if (!network_.description.global_pooling) {
      for (std::size_t n = 0; n < network_.description.classes; ++n)
        trace.logits.push_back(wrap(accumulation(last, map, n, 0, 0)));
      return;
    }
    const std::uint64_t pixels = map.height * map.width;
    for (std::size_t c = 0; c < map.channels; ++c) {
      std::uint64_t sum = 0;
      for (std::uint64_t p = 0; p < pixels; ++p) sum += map.values[c * pixels + p];
      trace.pool_sums.push_back(sum);
      // The largest q with (q - 1/2) * pixels <= sum * 2^k, found by counting up.
      std::uint64_t q = 0;
      while (q < 255 && (2 * q + 1) * pixels <= 2 * (sum << network_.pooling.fraction_bits)) ++q;
      trace.pooled.push_back(static_cast<std::uint8_t>(q));
    }
    const Map pooled{map.channels, 1, 1, trace.pooled};
    for (std::size_t n = 0; n < network_.description.classes; ++n)
      trace.logits.push_back(wrap(accumulation(last, pooled, n, 0, 0)));
  }

  const QuantizedNetwork& network_;
};

void expect_equal(const Trace& actual, const Trace& expected, std::uint64_t seed) {
  ASSERT_EQ(actual.outputs.size(), expected.outputs.size());
  for (std::size_t i = 0; i < expected.outputs.size(); ++i) {
    EXPECT_EQ(actual.outputs[i], expected.outputs[i]) << "seed " << seed << ", layer " << i;
    EXPECT_EQ(actual.saturated[i], expected.saturated[i]) << "seed " << seed << ", layer " << i;
  }
  EXPECT_EQ(actual.pool_sums, expected.pool_sums) << "seed " << seed;
  EXPECT_EQ(actual.pooled, expected.pooled) << "seed " << seed;
  EXPECT_EQ(actual.logits, expected.logits) << "seed " << seed;
}

TEST(IntegerNetwork, EqualsTheNaiveOneOnAwkwardShapes) {
  std::size_t distinct = 0;  // hidden outputs that neither ReLU nor ReLU6 clamped
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    Random random(seed);
    const QuantizedNetwork network = tests::random_quantized_network(random);
    const auto image = tests::random_image(random, network.description.input);
    const Trace trace = run_traced(network, image);
    expect_equal(trace, NaiveNetwork(network).run(image), seed);
    EXPECT_EQ(run(network, image), trace.logits);
    for (const Map& map : trace.outputs) {
      distinct += static_cast<std::size_t>(
          std::ranges::count_if(map.values, [](std::uint8_t v) { return v > 0 && v < 255; }));
    }
  }
  EXPECT_GT(distinct, 10000U);
}

TEST(IntegerNetwork, WrapsModulo32Bits) {
  for (std::uint64_t seed = 1; seed <= 50; ++seed) {
    Random random(seed);
    QuantizedNetwork network = tests::random_quantized_network(random);
    for (QuantizedLayer& layer : network.all()) {
      layer.fraction_bits = 22;
      for (std::int32_t& bias : layer.bias) {
        bias = random.below(2) == 0 ? std::numeric_limits<std::int32_t>::max()
                                    : std::numeric_limits<std::int32_t>::min();
      }
    }
    const auto image = tests::random_image(random, network.description.input);
    expect_equal(run_traced(network, image), NaiveNetwork(network).run(image), seed);
  }
}

TEST(IntegerNetwork, LayerWithoutGroupsGivesItsBias) {
  Random random(4);
  QuantizedNetwork network = tests::random_quantized_network(random);
  for (QuantizedLayer& layer : network.all()) {
    layer.weights = pack(Matrix<std::int8_t>(layer.weights.rows(), layer.weights.columns), {});
  }
  EXPECT_EQ(run(network, tests::random_image(random, network.description.input)),
            network.classifier.bias);
}

TEST(IntegerNetwork, RunManyGivesEachImagesLogitsOnAnyNumberOfThreads) {
  Random random(9);
  const QuantizedNetwork network = tests::random_quantized_network(random);
  std::vector<std::uint8_t> images;
  std::vector<std::int32_t> expected;
  for (int i = 0; i < 7; ++i) {
    const auto image = tests::random_image(random, network.description.input);
    images.insert(images.end(), image.begin(), image.end());
    const auto logits = NaiveNetwork(network).run(image).logits;
    expected.insert(expected.end(), logits.begin(), logits.end());
  }
  const Matrix<std::int32_t> wanted(7, network.description.classes, expected);
  EXPECT_EQ(run_many(network, images, 1), wanted);
  EXPECT_EQ(run_many(network, images, 3), wanted);
  EXPECT_EQ(run_many(network, {}, 3).rows(), 0U);
}

TEST(IntegerNetwork, WrongImageSizeIsABrokenContract) {
  Random random(9);
  const QuantizedNetwork network = tests::random_quantized_network(random);
  auto image = tests::random_image(random, network.description.input);
  image.push_back(0);
  EXPECT_THROW((void)run(network, image), InternalError);
}

}  // namespace
}  // namespace colcomb::semantics
