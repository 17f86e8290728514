#include "colcomb/semantics/integer_run.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>

#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/base/check.hpp"
#include "colcomb/base/threads.hpp"
#include "colcomb/semantics/geometry.hpp"
#include "colcomb/semantics/pool_windows.hpp"
#include "colcomb/semantics/requantize.hpp"
#include "colcomb/semantics/reshape.hpp"

namespace colcomb::semantics {
namespace {

/// The maps that a layer's parts read.
using Inputs = std::vector<const Map*>;

/// Planes of all grouped columns, indexed by the unpacked column.
std::vector<std::uint8_t> gather_columns(const QuantizedLayer& layer,
                                         const std::vector<LayerPart>& parts,
                                         const Inputs& inputs) {
  const std::size_t pixels = parts.front().reader.sum_pixels();
  std::vector<std::uint8_t> planes(layer.weights.columns * pixels);
  for (const auto& group : layer.weights.groups.groups) {
    for (const std::uint32_t m : group) {
      const std::size_t p = part_of_column(parts, m);
      const Column& column = parts[p].reader.columns[m - parts[p].column_begin];
      const auto channel = static_cast<std::size_t>(column.channel);
      gather(inputs[p]->plane(channel), parts[p].reader, column,
             layer.padding[parts[p].channel_begin + channel],
             std::span(planes).subspan(m * pixels, pixels));
    }
  }
  return planes;
}

/// acc[i] += weight * plane[i], modulo 2^32. The product of a signed and an unsigned byte fits 16
/// bits, which lets the compiler multiply eight or more pixels in one instruction.
void accumulate(std::span<std::uint32_t> acc, const std::uint8_t* plane, std::int8_t weight) {
  const std::int16_t wide = weight;
  for (std::size_t i = 0; i < acc.size(); ++i) {
    const auto product = static_cast<std::int16_t>(wide * plane[i]);
    acc[i] += static_cast<std::uint32_t>(std::int32_t{product});
  }
}

/// Row n's accumulations at every output pixel, the residual apart.
void accumulate_row(const QuantizedLayer& layer, std::size_t n,
                    const std::vector<std::uint8_t>& planes, std::span<std::uint32_t> acc) {
  const PackedMatrix<std::int8_t>& weights = layer.weights;
  std::ranges::fill(acc, static_cast<std::uint32_t>(layer.bias[n]));
  for (std::size_t g = 0; g < weights.groups.size(); ++g) {
    const std::int8_t weight = weights.values(n, g);
    if (weight == 0) continue;
    const std::size_t m = weights.groups.groups[g][weights.selects(n, g)];
    accumulate(acc, planes.data() + m * acc.size(), weight);
  }
}

struct Residual {
  const Map* source = nullptr;  // null: none
  std::optional<ResidualPixels> pixels;
};

/// Adds the residual source's part of row n, if it has one.
void add_residual(const Residual& residual, std::size_t n, std::uint32_t fraction_bits,
                  std::size_t out_width, std::span<std::uint32_t> acc) {
  if (residual.source == nullptr || n >= residual.source->channels) return;
  const auto plane = residual.source->plane(n);
  for (std::size_t y = 0; y < acc.size() / out_width; ++y) {
    const auto row = acc.subspan(y * out_width, out_width);
    for (std::size_t x = 0; x < out_width; ++x)
      row[x] += std::uint32_t{plane[(*residual.pixels)(y, x)]} << fraction_bits;
  }
}

/// A row's activation table; of ReLU6 that of the bytes themselves.
TableBytes table_of(const LayerDescription& layer, std::size_t row) {
  if (layer.activation) return bytes_of(*layer.activation, row);
  TableBytes table{};
  std::iota(table.begin(), table.end(), std::uint8_t{0});
  return table;
}

struct HiddenOutput {
  Map map;
  std::uint64_t saturated = 0;
};

HiddenOutput run_hidden(const QuantizedLayer& layer, const std::vector<LayerPart>& parts,
                        const Inputs& inputs, const Residual& residual) {
  const std::vector<std::uint8_t> planes = gather_columns(layer, parts, inputs);
  const LayerDescription& description = parts.front().reader;
  HiddenOutput output;
  output.map = {description.out_channels, description.sum_height(), description.sum_width(), {}};
  const std::size_t pixels = output.map.pixels();
  output.map.values.resize(description.out_channels * pixels);
  std::vector<std::uint32_t> acc(pixels);
  for (std::size_t n = 0; n < description.out_channels; ++n) {
    const TableBytes table = table_of(description, n);
    const std::uint32_t f = layer.row_fraction_bits(n);
    accumulate_row(layer, n, planes, acc);
    add_residual(residual, n, f, description.sum_width(), acc);
    const auto result = std::span(output.map.values).subspan(n * pixels, pixels);
    std::uint32_t saturated = 0;
    for (std::size_t i = 0; i < pixels; ++i) {
      result[i] = table[requantize(acc[i], f)];
      saturated += (static_cast<std::int32_t>(acc[i]) >> f) > 255 ? 1U : 0U;
    }
    output.saturated += saturated;
  }
  if (description.pooling) output.map = pool_windows(output.map, *description.pooling);
  return output;
}

/// Everything up to the pooled sums.
Trace run_hidden_layers(const QuantizedNetwork& network, std::span<const std::uint8_t> image) {
  Trace trace;
  const Map reshaped = reshape_image(image, network.description.input);
  trace.outputs.reserve(network.hidden.size());  // inputs and residual sources point into it
  for (std::size_t i = 0; i < network.hidden.size(); ++i) {
    const LayerDescription& description = network.description.hidden[i];
    Residual residual;
    if (description.residual) {
      residual = {&trace.outputs[*description.residual], ResidualPixels(network.description, i)};
    }
    const std::vector<LayerPart> parts = parts_of(network.description, i);
    Inputs inputs;
    for (const LayerPart& part : parts)
      inputs.push_back(part.source ? &trace.outputs[*part.source] : &reshaped);
    HiddenOutput output = run_hidden(network.hidden[i], parts, inputs, residual);
    trace.outputs.push_back(std::move(output.map));
    trace.saturated.push_back(output.saturated);
  }
  const Map& last = trace.outputs.back();
  for (std::size_t c = 0; network.description.global_pooling && c < last.channels; ++c) {
    const auto plane = last.plane(c);
    trace.pool_sums.push_back(std::accumulate(plane.begin(), plane.end(), std::uint64_t{0}));
  }
  return trace;
}

/// The classifier on the pooled bytes or the last map.
void run_linear(const QuantizedNetwork& network, const Map& input, Trace& trace) {
  const QuantizedLayer& layer = network.classifier;
  const std::vector<LayerPart> parts = parts_of(network.description, network.hidden.size());
  const std::vector<std::uint8_t> planes = gather_columns(layer, parts, {&input});
  for (std::size_t n = 0; n < layer.weights.rows(); ++n) {
    std::uint32_t acc = 0;
    accumulate_row(layer, n, planes, {&acc, 1});
    trace.logits.push_back(static_cast<std::int32_t>(acc));
  }
}

}  // namespace

std::vector<std::int32_t> run(const QuantizedNetwork& network,
                              std::span<const std::uint8_t> image) {
  return run_traced(network, image).logits;
}

Trace run_traced(const QuantizedNetwork& network, std::span<const std::uint8_t> image) {
  Trace trace = run_hidden_layers(network, image);
  if (!network.description.global_pooling) {
    run_linear(network, trace.outputs.back(), trace);
    return trace;
  }
  const std::size_t pixels = trace.outputs.back().pixels();
  for (const std::uint64_t sum : trace.pool_sums)
    trace.pooled.push_back(pool(sum, pixels, network.pooling.fraction_bits));
  run_linear(network, {trace.pooled.size(), 1, 1, trace.pooled}, trace);
  return trace;
}

std::vector<std::uint64_t> pool_sums(const QuantizedNetwork& network,
                                     std::span<const std::uint8_t> image) {
  return run_hidden_layers(network, image).pool_sums;
}

Matrix<std::int32_t> run_many(const QuantizedNetwork& network, std::span<const std::uint8_t> images,
                              std::size_t threads) {
  const std::size_t size = network.description.input.size();
  COLCOMB_CHECK(images.size() % size == 0, "images must be whole");
  Matrix<std::int32_t> logits(images.size() / size, network.description.classes);
  parallel_for(logits.rows(), threads, [&](std::size_t i) {
    std::ranges::copy(run(network, images.subspan(i * size, size)), logits.row(i).begin());
  });
  return logits;
}

}  // namespace colcomb::semantics
