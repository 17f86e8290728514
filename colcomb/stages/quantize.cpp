#include "colcomb/stages/quantize.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "colcomb/base/error.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/evaluation/accuracy.hpp"
#include "colcomb/quantization/check.hpp"
#include "colcomb/quantization/quantize.hpp"
#include "colcomb/semantics/integer_run.hpp"

namespace colcomb::stages {
namespace {

/// Permuting rows must change no logit.
void require_same_logits(const QuantizedNetwork& network, const QuantizedNetwork& permuted,
                         const std::vector<std::uint8_t>& images) {
  const auto comparison = evaluation::compare_logits(
      semantics::run_many(network, images, available_threads()),
      semantics::run_many(permuted, images, available_threads()), "before", "after");
  if (comparison.first_difference.empty()) return;
  throw failure("quantization check",
                "permuting rows changes logits, first at " + comparison.first_difference);
}

void require_images(const NetworkDescription& network, const evaluation::RawImages& images) {
  const InputDescription& input = network.input;
  if (images.pixels.size() % input.size() != 0) {
    throw option_error("calibration.images", fmt::format("{} bytes", images.pixels.size()),
                       fmt::format("must be whole images of {} x {} x {}", input.channels,
                                   input.height, input.width));
  }
  const std::size_t count = images.pixels.size() / input.size();
  if (!images.labels.empty() && images.labels.size() != count) {
    throw option_error("calibration.labels", fmt::format("{} labels", images.labels.size()),
                       fmt::format("must be one for each of the {} images", count));
  }
}

evaluation::RawImages images_for(const NetworkDescription& network, const QuantizeOptions& options,
                                 std::size_t count) {
  if (!options.raw_images.pixels.empty()) {
    require_images(network, options.raw_images);
    return options.raw_images;
  }
  if (options.calibration_folder.empty())
    return evaluation::calibration_images(network, options.data, count);
  return {evaluation::calibration_pictures(network, options.calibration_folder, count).pixels, {}};
}

/// `progress` of a part of the work, behind which and in front of which there is more.
ProgressFunction part_of(const ProgressFunction& progress, std::size_t before, std::size_t after) {
  if (!progress) return nullptr;
  return [&progress, before, after](std::size_t done, std::size_t total) {
    progress(before + done, before + total + after);
  };
}

}  // namespace

Quantized quantize(const FloatNetwork& network, const QuantizeOptions& options,
                   const std::string& origin) {
  quantization::QuantizeOptions rounding;
  rounding.weights = options.weights;
  rounding.scales = options.scales;
  Samples samples;
  std::vector<std::uint8_t> checked;
  if (options.check_images > 0)
    checked = images_for(network.description, options, options.check_images).pixels;
  const std::size_t checks = checked.size() / network.description.input.size();
  std::size_t calibrated = 0;  // images
  if (options.pooling_fraction_bits) {
    rounding.pooling_fraction_bits = *options.pooling_fraction_bits;
  } else {
    const evaluation::RawImages images =
        images_for(network.description, options, options.calibration_images);
    rounding.pooling_fraction_bits =
        evaluation::calibrate_pooling(network, images.pixels, options.weights,
                                      part_of(options.progress, 0, checks), options.scales);
    if (network.description.global_pooling)
      calibrated = images.pixels.size() / network.description.input.size();
    const std::size_t kept = std::min(kSampleImages, images.labels.size());
    const auto bytes = static_cast<std::ptrdiff_t>(kept * network.description.input.size());
    samples.pixels.assign(images.pixels.begin(), images.pixels.begin() + bytes);
    samples.labels.assign(images.labels.begin(),
                          images.labels.begin() + static_cast<std::ptrdiff_t>(kept));
  }
  Quantized result;
  const QuantizedNetwork plain = quantization::quantize(network, rounding);
  result.network = plain;
  if (options.permute_rows) {
    combining::PermutedNetwork permuted = combining::permute_rows(plain);
    result.network = std::move(permuted.network);
    result.routing = std::move(permuted.routing);
  }
  if (options.check_images > 0) {
    result.check =
        quantization::check_quantization(network, plain, rounding, checked, available_threads(),
                                         part_of(options.progress, calibrated, 0));
    if (options.permute_rows) require_same_logits(plain, result.network, checked);
  }
  result.network.samples = std::move(samples);
  result.network.origin = origin;
  return result;
}

}  // namespace colcomb::stages
