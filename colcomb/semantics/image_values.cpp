#include "colcomb/semantics/image_values.hpp"

#include <utility>

#include "colcomb/base/check.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/semantics/integer_run.hpp"

namespace colcomb::semantics {

std::vector<ImageValues> image_values(const QuantizedNetwork& network,
                                      std::span<const std::uint8_t> images, std::size_t threads,
                                      const ProgressFunction& progress) {
  const std::size_t size = network.description.input.size();
  COLCOMB_CHECK(images.size() % size == 0, "images must be whole");
  std::vector<ImageValues> values(images.size() / size);
  const auto run_one = [&](std::size_t i) {
    Trace trace = run_traced(network, images.subspan(i * size, size));
    values[i] = {std::move(trace.outputs), std::move(trace.pooled), std::move(trace.logits)};
  };
  parallel_for(values.size(), threads, run_one, progress);
  return values;
}

}  // namespace colcomb::semantics
