#include "colcomb/network/chain.hpp"

#include <fmt/format.h>

#include "colcomb/base/error.hpp"
#include "colcomb/network/block_network.hpp"

namespace colcomb::network {

Chain::Chain(const InputDescription& input, std::uint64_t seed) : input_(input), seed_(seed) {
  const std::size_t s = input.reshape_stride;
  if (s == 0 || input.height % s != 0 || input.width % s != 0) {
    throw usage_error("--reshape-stride", fmt::to_string(s),
                      fmt::format("must divide the input size {} x {}", input.height, input.width));
  }
  channels_ = input.channels * s * s;
  height_ = input.height / s;
  width_ = input.width / s;
}

void Chain::add(std::string name, LayerKind kind, std::size_t kernel, std::size_t out_channels,
                std::size_t stride, std::size_t alpha) {
  LayerDescription layer;
  layer.name = std::move(name);
  layer.kind = kind;
  layer.in_channels = channels_;
  layer.out_channels = out_channels;
  layer.kernel = kernel;
  layer.stride = stride;
  layer.alpha = alpha;
  layer.in_height = height_;
  layer.in_width = width_;
  layer.columns = kind == LayerKind::kShift ? draw_shifts(channels_, kernel, seed_, layers_.size())
                                            : convolution_columns(channels_, kernel);
  channels_ = out_channels;
  height_ = layer.out_height();
  width_ = layer.out_width();
  layers_.push_back(std::move(layer));
}

NetworkDescription Chain::finish(std::size_t classes, double dropout, const std::string& where) {
  if (!(dropout >= 0 && dropout < 1)) {
    throw usage_error("--dropout", fmt::to_string(dropout), "must be at least 0 and below 1");
  }
  NetworkDescription network;
  network.input = input_;
  network.classes = classes;
  network.dropout = dropout;
  network.hidden = std::move(layers_);
  network.classifier = make_classifier(channels_, classes);
  validate(network, where);
  return network;
}

}  // namespace colcomb::network
