#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/base/check.hpp"

namespace colcomb {

/// Puts a network together layer by layer, each reading the output of the one before unless it says
/// otherwise.
class NetworkBuilder {
 public:
  /// Requires: input.reshape_stride divides both sides of the input.
  explicit NetworkBuilder(InputDescription input) {
    const std::size_t s = input.reshape_stride;
    COLCOMB_CHECK(s > 0 && input.height % s == 0 && input.width % s == 0,
                  "the reshape stride divides both sides");
    channels_ = input.channels * s * s;
    height_ = input.height / s;
    width_ = input.width / s;
    network_.input = std::move(input);
  }

  /// Shape of the map that the next layer reads.
  [[nodiscard]] std::size_t channels() const { return channels_; }
  [[nodiscard]] std::size_t height() const { return height_; }
  [[nodiscard]] std::size_t width() const { return width_; }

  /// The next layer with its name and its input's shape; the rest is the caller's to fill in.
  [[nodiscard]] LayerDescription next(std::string name) const {
    LayerDescription layer;
    layer.name = std::move(name);
    layer.in_channels = channels_;
    layer.in_height = height_;
    layer.in_width = width_;
    return layer;
  }

  /// Appends a hidden layer made by next(), or one that names its sources.
  void append(LayerDescription layer) {
    const bool before_alone = !layer.source && layer.more_inputs.empty();
    COLCOMB_CHECK(!before_alone || (layer.in_channels == channels_ && layer.in_height == height_ &&
                                    layer.in_width == width_),
                  "a layer reads the one before");
    channels_ = layer.out_channels;
    height_ = layer.out_height();
    width_ = layer.out_width();
    network_.hidden.push_back(std::move(layer));
  }

  [[nodiscard]] const std::vector<LayerDescription>& hidden() const { return network_.hidden; }
  /// The last hidden layer. Its output's shape must not change.
  [[nodiscard]] LayerDescription& last() { return network_.hidden.back(); }

  /// Puts a pooling behind hidden layer `layer`, which has none and which nothing reads yet.
  void pool(std::size_t layer, const PoolingWindow& pooling) {
    COLCOMB_CHECK(layer < network_.hidden.size() && !network_.hidden[layer].pooling,
                  "a layer has one pooling");
    network_.hidden[layer].pooling = pooling;
    if (layer + 1 < network_.hidden.size()) return;
    height_ = pooling.out_height;
    width_ = pooling.out_width;
  }

  /// Ends the network with the classifier on the pooled output of the last hidden layer. The result
  /// is not validated.
  [[nodiscard]] NetworkDescription finish(std::size_t classes) && {
    network_.classes = classes;
    network_.classifier = make_classifier(channels_, classes);
    return std::move(network_);
  }
  /// The same with the classifier on that whole output, without global pooling.
  [[nodiscard]] NetworkDescription finish_flat(std::size_t classes) && {
    network_.classes = classes;
    network_.global_pooling = false;
    network_.classifier = make_flat_classifier(channels_, height_, width_, classes);
    return std::move(network_);
  }

 private:
  NetworkDescription network_;
  std::size_t channels_ = 0;
  std::size_t height_ = 0;
  std::size_t width_ = 0;
};

}  // namespace colcomb
