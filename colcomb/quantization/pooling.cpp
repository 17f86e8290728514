#include "colcomb/quantization/pooling.hpp"

#include <algorithm>
#include <vector>

#include "colcomb/artifacts/quantized_network.hpp"
#include "colcomb/base/check.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/quantization/quantize.hpp"
#include "colcomb/quantization/steps.hpp"
#include "colcomb/semantics/integer_run.hpp"
#include "colcomb/semantics/requantize.hpp"

namespace colcomb::quantization {

std::uint32_t choose_pooling_fraction_bits(std::span<const std::uint64_t> sums,
                                           std::uint64_t pixels, const PoolingOptions& options) {
  if (sums.empty()) return 0;
  const double allowed = options.saturated_fraction * static_cast<double>(sums.size());
  for (std::uint32_t k = kMaxPoolingFractionBits; k > 0; --k) {
    const auto saturated = std::ranges::count_if(
        sums, [&](std::uint64_t sum) { return semantics::scaled_mean(sum, pixels, k) > 255; });
    if (static_cast<double>(saturated) <= allowed) return k;
  }
  return 0;
}

std::uint32_t calibrate_pooling_fraction_bits(const FloatNetwork& network,
                                              std::span<const std::uint8_t> images,
                                              const PoolingOptions& options) {
  const std::size_t size = network.description.input.size();
  COLCOMB_CHECK(images.size() % size == 0, "images must be whole");
  if (!network.description.global_pooling) return 0;
  const QuantizedNetwork quantized = quantize_hidden(network, options.weights, options.scales);
  const std::size_t channels = network.description.classifier.in_channels;
  std::vector<std::uint64_t> sums(images.size() / size * channels);
  const auto run_one = [&](std::size_t i) {
    std::ranges::copy(semantics::pool_sums(quantized, images.subspan(i * size, size)),
                      sums.begin() + static_cast<std::ptrdiff_t>(i * channels));
  };
  parallel_for(images.size() / size, options.threads, run_one);
  const LayerDescription& last = network.description.hidden.back();
  return choose_pooling_fraction_bits(sums, last.out_height() * last.out_width(), options);
}

}  // namespace colcomb::quantization
