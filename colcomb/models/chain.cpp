#include "colcomb/models/chain.hpp"

#include <fmt/format.h>

#include "colcomb/base/error.hpp"
#include "colcomb/models/block_network.hpp"

namespace colcomb::models {
namespace {

const InputDescription& checked(const InputDescription& input) {
  const std::size_t s = input.reshape_stride;
  if (s == 0 || input.height % s != 0 || input.width % s != 0) {
    throw option_error(
        "network.input.reshape_stride", fmt::to_string(s),
        fmt::format("must divide the input size {} x {}", input.height, input.width));
  }
  return input;
}

}  // namespace

Chain::Chain(const InputDescription& input, std::uint64_t seed)
    : builder_(checked(input)), seed_(seed) {}

void Chain::add(std::string name, LayerKind kind, std::size_t kernel, std::size_t out_channels,
                std::size_t stride, std::size_t alpha) {
  LayerDescription layer = builder_.next(std::move(name));
  layer.kind = kind;
  layer.out_channels = out_channels;
  layer.kernel = kernel;
  layer.stride = stride;
  layer.alpha = alpha;
  layer.columns = kind == LayerKind::kShift ? draw_shifts(channels(), kernel, seed_, size())
                                            : convolution_columns(channels(), kernel);
  builder_.append(std::move(layer));
}

void Chain::add_reading(std::string name, std::optional<std::size_t> source, std::size_t kernel,
                        std::size_t out_channels, std::size_t stride, std::size_t alpha) {
  LayerDescription layer = builder_.next(std::move(name));
  if (source && *source + 1 != size()) {
    const LayerDescription& from = builder_.hidden()[*source];
    layer.source = source;
    layer.in_channels = from.out_channels;
    layer.in_height = from.out_height();
    layer.in_width = from.out_width();
  }
  layer.out_channels = out_channels;
  layer.kernel = kernel;
  layer.stride = stride;
  layer.alpha = alpha;
  layer.columns = convolution_columns(layer.in_channels, kernel);
  builder_.append(std::move(layer));
}

void Chain::add_pointwise_input(std::size_t source, std::size_t stride) {
  const LayerDescription& from = builder_.hidden()[source];
  LayerDescription& layer = builder_.last();
  for (Column column : convolution_columns(from.out_channels, 1)) {
    column.channel += static_cast<std::int32_t>(layer.in_channels);
    layer.columns.push_back(column);
  }
  layer.in_channels += from.out_channels;
  layer.more_inputs.push_back(
      {source, from.out_channels, from.out_height(), from.out_width(), 1, stride, {}});
}

void Chain::pool_by_halves() {
  const auto half = [](std::size_t side) { return (side - 1) / 2 + 1; };
  builder_.pool(size() - 1, {PoolingKind::kMax, 3, 3, 2, 1, 1, half(height()), half(width())});
}

NetworkDescription Chain::finish(std::size_t classes, double dropout, const std::string& where) {
  if (!(dropout >= 0 && dropout < 1)) {
    throw option_error("network.dropout", fmt::to_string(dropout),
                       "must be at least 0 and below 1");
  }
  NetworkDescription network = std::move(builder_).finish(classes);
  network.dropout = dropout;
  validate(network, where);
  return network;
}

}  // namespace colcomb::models
