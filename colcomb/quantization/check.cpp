#include "colcomb/quantization/check.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "colcomb/artifacts/packed_matrix.hpp"
#include "colcomb/base/check.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/quantization/real_network.hpp"
#include "colcomb/quantization/scales_check.hpp"
#include "colcomb/semantics/integer_run.hpp"
#include "colcomb/semantics/requantize.hpp"

namespace colcomb::quantization {
namespace {

std::size_t top1(const std::vector<double>& logits) {
  return static_cast<std::size_t>(std::ranges::max_element(logits) - logits.begin());
}

void add(StageCheck& to, const StageCheck& from) {
  if (to.values == 0 || from.worst.difference() > to.worst.difference()) to.worst = from.worst;
  to.noise.add(from.noise);
  to.values += from.values;
  to.clamped += from.clamped;
  to.saturated += from.saturated;
}

/// One image's part of the check. Images are added up in order, so that sums of doubles do not
/// depend on threads.
struct ImageCheck {
  QuantizationCheck part;
  std::string difference;  // the first between integer and fake-quantized; empty: none
};

class Checker {
 public:
  Checker(const FloatNetwork& network, const QuantizedNetwork& quantized,
          const QuantizeOptions& options)
      : quantized_(quantized),
        description_(network.description),
        real_(network, options),
        scales_(network, options),
        none_(network.layer_count(), false),
        all_(network.layer_count(), true) {}

  /// Errors: UserError naming the first weight that differs.
  void compare_weights() const {
    for (std::size_t i = 0; i < description_.layer_count(); ++i) {
      const Matrix<std::int8_t> packed = unpack(quantized_.layer(i).weights);
      const Matrix<double> expected = real_.rounded_weights(i);
      for (std::size_t n = 0; n < packed.rows(); ++n) {
        for (std::size_t m = 0; m < packed.cols(); ++m) {
          if (packed(n, m) == expected(n, m)) continue;
          throw file_error(named(i), fmt::format("weight at row {}, column {}", n, m),
                           fmt::to_string(packed(n, m)),
                           fmt::format("must be the fake-quantized {}", expected(n, m)));
        }
      }
    }
  }

  [[nodiscard]] ImageCheck check(std::span<const std::uint8_t> image, std::uint64_t number) const {
    ImageCheck result;
    const semantics::Trace integers = semantics::run_traced(quantized_, image);
    RealTrace fake = real_.run(image, all_);
    result.difference = first_difference(integers, fake, number);
    if (!result.difference.empty()) return result;
    RealTrace real = real_.run(image, none_);
    result.part.images = 1;
    result.part.agreeing = top1(fake.logits) == top1(real.logits) ? 1 : 0;
    compare_stages(integers, real, number, result.part);
    result.part.scales = scales_.weights();
    scales_.add_image(image, real, result.part);
    measure_sensitivity(image, real, fake, result.part);
    return result;
  }

 private:
  [[nodiscard]] std::string named(std::size_t layer) const {
    return "layer " + description_.layer(layer).name;
  }

  /// Units of the integers per activation step are 2^bits.
  [[nodiscard]] int logit_bits() const {
    return static_cast<int>(quantized_.classifier.fraction_bits + quantized_.pooling.fraction_bits);
  }

  [[nodiscard]] std::string first_difference(const semantics::Trace& integers,
                                             const RealTrace& fake, std::uint64_t image) const {
    for (std::size_t i = 0; i < integers.outputs.size(); ++i) {
      const semantics::Map& map = integers.outputs[i];
      for (std::size_t p = 0; p < map.values.size(); ++p) {
        if (map.values[p] == fake.outputs[i].values[p]) continue;
        return fmt::format("image {}, {}, row {}, y {}, x {}: integer {}, fake-quantized {}", image,
                           named(i), p / map.pixels(), p % map.pixels() / map.width, p % map.width,
                           map.values[p], fake.outputs[i].values[p]);
      }
    }
    for (std::size_t c = 0; c < integers.pooled.size(); ++c) {
      const double expected =
          std::ldexp(fake.pooled[c], static_cast<int>(quantized_.pooling.fraction_bits));
      if (integers.pooled[c] == expected) continue;
      return fmt::format("image {}, pooling, channel {}: integer {}, fake-quantized {}", image, c,
                         integers.pooled[c], expected);
    }
    for (std::size_t n = 0; n < integers.logits.size(); ++n) {
      const double expected = std::ldexp(fake.logits[n], logit_bits());
      if (integers.logits[n] == expected) continue;
      return fmt::format("image {}, {}, row {}: integer {}, fake-quantized {}", image,
                         named(description_.hidden.size()), n, integers.logits[n], expected);
    }
    return "";
  }

  /// `bits`: the integers are in units of the activation step / 2^bits.
  template <class Integers>
  static StageCheck compare(const std::string& name, const Integers& integers,
                            const std::vector<double>& reals, int bits, std::size_t height,
                            std::size_t width, std::uint64_t image) {
    StageCheck stage;
    stage.name = name;
    stage.step = std::ldexp(kActivationScale, -bits);
    stage.values = stage.clamped = reals.size();
    for (std::size_t p = 0; p < reals.size(); ++p) {
      const std::size_t pixel = p % (height * width);
      const ValuePair pair{image,
                           p / (height * width),
                           pixel / width,
                           pixel % width,
                           reals[p] * kActivationScale,
                           static_cast<double>(integers[p]) * stage.step};
      if (p == 0 || pair.difference() > stage.worst.difference()) stage.worst = pair;
      stage.noise.add(pair.real, pair.integer);
    }
    return stage;
  }

  void compare_stages(const semantics::Trace& integers, const RealTrace& real, std::uint64_t image,
                      QuantizationCheck& part) const {
    for (std::size_t i = 0; i < integers.outputs.size(); ++i) {
      const semantics::Map& map = integers.outputs[i];
      part.stages.push_back(compare(description_.hidden[i].name, map.values, real.outputs[i].values,
                                    0, map.height, map.width, image));
      const LayerDescription& layer = description_.hidden[i];
      part.stages.back().clamped = layer.out_channels * layer.sum_pixels();
      part.stages.back().saturated = integers.saturated[i];
    }
    if (description_.global_pooling) compare_pooling(integers, real, image, part);
    part.stages.push_back(compare(description_.classifier.name, integers.logits, real.logits,
                                  logit_bits(), 1, 1, image));
  }

  void compare_pooling(const semantics::Trace& integers, const RealTrace& real, std::uint64_t image,
                       QuantizationCheck& part) const {
    part.stages.push_back(compare("pooling", integers.pooled, real.pooled,
                                  static_cast<int>(quantized_.pooling.fraction_bits), 1, 1, image));
    const std::size_t pixels = integers.outputs.back().pixels();
    part.stages.back().saturated =
        static_cast<std::uint64_t>(std::ranges::count_if(integers.pool_sums, [&](auto sum) {
          return semantics::scaled_mean(sum, pixels, quantized_.pooling.fraction_bits) > 255;
        }));
  }

  /// Overwrites both traces, from the last layer down, so that each pass finds the outputs before
  /// its first layer as they were.
  void measure_sensitivity(std::span<const std::uint8_t> image, RealTrace& real, RealTrace& fake,
                           QuantizationCheck& part) const {
    const std::vector<double> logits = real.logits;
    const std::size_t expected = top1(logits);
    const auto agrees = [expected](const RealTrace& trace) -> std::uint64_t {
      return top1(trace.logits) == expected ? 1 : 0;
    };
    part.sensitivity.resize(description_.layer_count());
    for (std::size_t i = description_.layer_count(); i-- > 0;) {
      LayerSensitivity& layer = part.sensitivity[i];
      layer.name = description_.layer(i).name;
      // After layer i floating point goes on from the quantized outputs up to it.
      if (!description_.is_classifier(i)) real_.run_from(i + 1, image, none_, fake);
      layer.up_to = agrees(fake);
      RoundedLayers rounded = all_;
      rounded[i] = false;
      real_.run_from(i, image, rounded, fake);
      layer.all_but = agrees(fake);
      rounded = none_;
      rounded[i] = true;
      real_.run_from(i, image, rounded, real);
      layer.only = agrees(real);
      for (std::size_t n = 0; n < logits.size(); ++n)
        layer.only_logits.add(logits[n] * kActivationScale, real.logits[n] * kActivationScale);
    }
  }

  const QuantizedNetwork& quantized_;
  const NetworkDescription& description_;
  RealNetwork real_;
  ScalesCheck scales_;
  RoundedLayers none_;
  RoundedLayers all_;
};

void add(QuantizationCheck& to, const QuantizationCheck& from) {
  if (to.images == 0) {
    to = from;
    return;
  }
  to.images += from.images;
  to.agreeing += from.agreeing;
  add_scales(to, from);
  for (std::size_t i = 0; i < to.stages.size(); ++i) add(to.stages[i], from.stages[i]);
  for (std::size_t i = 0; i < to.sensitivity.size(); ++i) {
    LayerSensitivity& layer = to.sensitivity[i];
    layer.only += from.sensitivity[i].only;
    layer.up_to += from.sensitivity[i].up_to;
    layer.all_but += from.sensitivity[i].all_but;
    layer.only_logits.add(from.sensitivity[i].only_logits);
  }
}

}  // namespace

QuantizationCheck check_quantization(const FloatNetwork& network, const QuantizedNetwork& quantized,
                                     const QuantizeOptions& options,
                                     std::span<const std::uint8_t> images, std::size_t threads,
                                     const ProgressFunction& progress) {
  const InputDescription& input = network.description.input;
  const std::size_t size = input.size();
  COLCOMB_CHECK(images.size() % size == 0, "images must be whole");
  const Checker checker(network, quantized, options);
  checker.compare_weights();
  std::vector<ImageCheck> checks(images.size() / size);
  const auto check_one = [&](std::size_t i) {
    checks[i] = checker.check(images.subspan(i * size, size), i);
  };
  parallel_for(checks.size(), threads, check_one, progress);
  QuantizationCheck sum;
  for (const ImageCheck& image : checks) {
    if (!image.difference.empty()) {
      throw failure("quantization check",
                    "integer and fake-quantized network differ, first at " + image.difference);
    }
    add(sum, image.part);
  }
  return sum;
}

}  // namespace colcomb::quantization
