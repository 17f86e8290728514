#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "colcomb/artifacts/network_builder.hpp"
#include "colcomb/artifacts/network_description.hpp"

// Internal to the room: what the descriptions of networks are put together with.
namespace colcomb::models {

/// Appends layers one after another, each reading the one before.
class Chain {
 public:
  /// `seed` draws the shifts. Errors: UserError naming the field if `input` cannot be reshaped.
  Chain(const InputDescription& input, std::uint64_t seed);

  void add(std::string name, LayerKind kind, std::size_t kernel, std::size_t out_channels,
           std::size_t stride, std::size_t alpha);

  /// A k x k convolution of layer `source`'s output (nothing: of the image).
  void add_reading(std::string name, std::optional<std::size_t> source, std::size_t kernel,
                   std::size_t out_channels, std::size_t stride, std::size_t alpha);
  /// The last layer's sum has a 1 x 1 convolution of layer `source`'s output too, whose columns
  /// follow. Requires: it gives a sum of the same size.
  void add_pointwise_input(std::size_t source, std::size_t stride);
  /// Maxima of 3 x 3 windows, padded by 1, at every second pixel, behind the last layer.
  void pool_by_halves();

  /// The last layer adds the output of layer `source`. Requires: source is before the last layer.
  void add_residual(std::size_t source) { builder_.last().residual = source; }
  /// The last layer is a grouped convolution. finish() refuses groups that do not divide.
  void set_conv_groups(std::size_t groups) { builder_.last().conv_groups = groups; }

  [[nodiscard]] std::size_t size() const { return builder_.hidden().size(); }
  [[nodiscard]] std::size_t channels() const {
    return builder_.channels();
  }  // that the next layer reads
  [[nodiscard]] std::size_t height() const { return builder_.height(); }  // of the map it reads
  [[nodiscard]] std::size_t width() const { return builder_.width(); }

  /// Ends the network with global average pooling and the classifier.
  /// `where` is what the description comes from, for errors: UserError naming the field if
  /// `dropout` is no probability below 1, or what of the description breaks a rule of validate().
  [[nodiscard]] NetworkDescription finish(std::size_t classes, double dropout,
                                          const std::string& where = "network description");

 private:
  NetworkBuilder builder_;
  std::uint64_t seed_;
};

}  // namespace colcomb::models
