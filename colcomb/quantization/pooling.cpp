#include "colcomb/quantization/pooling.hpp"

#include <algorithm>
#include <vector>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/base/check.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/quantization/integer_network.hpp"
#include "colcomb/quantization/quantize.hpp"
#include "colcomb/quantization/requantize.hpp"
#include "colcomb/quantization/steps.hpp"

namespace colcomb::quantization {

std::uint32_t choose_pool_bits(std::span<const std::uint64_t> sums, std::uint64_t pixels,
                               const PoolingOptions& options) {
  if (sums.empty()) return 0;
  const double allowed = options.saturated_fraction * static_cast<double>(sums.size());
  for (std::uint32_t k = kMaxPoolBits; k > 0; --k) {
    const auto saturated = std::ranges::count_if(
        sums, [&](std::uint64_t sum) { return scaled_mean(sum, pixels, k) > 255; });
    if (static_cast<double>(saturated) <= allowed) return k;
  }
  return 0;
}

std::uint32_t calibrate_pool_bits(const FloatNetwork& network, std::span<const std::uint8_t> images,
                                  const PoolingOptions& options) {
  const InputDescription& input = network.description.input;
  const std::size_t size = input.channels * input.height * input.width;
  COLCOMB_CHECK(images.size() % size == 0, "images must be whole");
  // The sums come before pooling, so any k serves to compute them.
  const QuantizedNetwork quantized = quantize(network, {0, options.weights});
  const std::size_t channels = network.description.layers.back().in_channels;
  std::vector<std::uint64_t> sums(images.size() / size * channels);
  parallel_for(images.size() / size, options.threads, [&](std::size_t i) {
    std::ranges::copy(run_traced(quantized, images.subspan(i * size, size)).pool_sums,
                      sums.begin() + static_cast<std::ptrdiff_t>(i * channels));
  });
  const std::vector<LayerDescription>& layers = network.description.layers;
  const std::uint64_t pixels =
      layers.size() > 1
          ? layers[layers.size() - 2].out_height() * layers[layers.size() - 2].out_width()
          : input.height * input.width / (input.reshape_stride * input.reshape_stride);
  return choose_pool_bits(sums, pixels, options);
}

}  // namespace colcomb::quantization
