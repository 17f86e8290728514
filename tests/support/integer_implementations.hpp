#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/inference/engine.hpp"
#include "colcomb/semantics/integer_run.hpp"
#include "colcomb/simulation/exact/exact_options.hpp"
#include "colcomb/simulation/simulate.hpp"
#include "tests/support/random_array.hpp"

namespace colcomb::tests {

/// Where `found` first differs from `expected`, with layer, channel, pixel and both values.
/// Empty: nowhere.
inline std::string first_difference(const QuantizedNetwork& network,
                                    const semantics::Trace& expected,
                                    const semantics::ImageValues& found) {
  for (std::size_t i = 0; i < expected.outputs.size(); ++i) {
    const semantics::Map &want = expected.outputs[i], &have = found.outputs.at(i);
    for (std::size_t at = 0; at < want.values.size(); ++at) {
      if (have.values.at(at) == want.values[at]) continue;
      const std::size_t pixels = want.height * want.width;
      return fmt::format("layer {}, channel {}, row {}, column {}: {}, expected {}",
                         network.description.hidden[i].name, at / pixels, at % pixels / want.width,
                         at % want.width, have.values[at], want.values[at]);
    }
  }
  if (found.pooled != expected.pooled) return "the means before the classifier";
  for (std::size_t k = 0; k < expected.logits.size(); ++k) {
    if (found.logits.at(k) != expected.logits[k])
      return fmt::format("logit {}: {}, expected {}", k, found.logits[k], expected.logits[k]);
  }
  return "";
}

/// Runs `count` images by the CPU kernels and, on random arrays, by both simulators, layer after
/// layer and, if the network is a chain, across layers. Gives where the first of them differs from
/// the reference; empty: nowhere.
inline std::string integer_difference(const QuantizedNetwork& network,
                                      std::span<const std::uint8_t> images, std::size_t count,
                                      Random& random) {
  const std::size_t size = network.description.input.size();
  const std::size_t classes = network.description.classes;
  std::vector<semantics::Trace> expected;
  for (std::size_t b = 0; b < count; ++b)
    expected.push_back(semantics::run_traced(network, images.subspan(b * size, size)));
  inference::Engine engine(network, {1, {}});
  std::vector<std::int32_t> logits(count * classes);
  engine.run(images, logits);
  for (std::size_t at = 0; at < logits.size(); ++at) {
    const std::int32_t want = expected[at / classes].logits[at % classes];
    if (logits[at] != want)
      return fmt::format("CPU kernels: image {}, logit {}: {}, expected {}", at / classes,
                         at % classes, logits[at], want);
  }
  ArrayConfig layered = random_array(random, network);
  layered.batch = count;
  set_random_buffers(random, network, layered);
  std::vector<ArrayConfig> configs = {layered};
  if (is_chain(network.description)) {
    configs.push_back(layered);
    configs.back().cross_layer = true;
    configs.back().batch = 1;
  }
  for (const ArrayConfig& config : configs) {
    const char* const order = config.cross_layer ? "across layers" : "layer after layer";
    const auto fast = simulation::simulate_fast(network, config, images, 1);
    const auto exact = simulation::simulate_exact(network, config, images);
    for (const auto& [what, values] :
         {std::pair{"in closed form", &fast.values}, {"clock by clock", &exact.values}}) {
      if (values->size() != count) return fmt::format("{} images simulated", values->size());
      for (std::size_t b = 0; b < count; ++b) {
        const std::string where = first_difference(network, expected[b], (*values)[b]);
        if (!where.empty())
          return fmt::format("simulated {}, {}: image {}, {}", what, order, b, where);
      }
    }
  }
  return "";
}

}  // namespace colcomb::tests
