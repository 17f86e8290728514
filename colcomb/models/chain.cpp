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
