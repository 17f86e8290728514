#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "colcomb/artifacts/network_builder.hpp"
#include "colcomb/interchange/import.hpp"
#include "colcomb/interchange/import_values.hpp"

// Internal to the room.
namespace colcomb::interchange {

/// Puts a chain of layers together. A layer reads the one before it, so whatever is appended must
/// read the last layer's output. Errors of all: Unsupported.
class ChainBuilder {
 public:
  ChainBuilder(const InputDescription& input, std::size_t alpha);

  /// A product, its ReLU that ends at `limit`, and the maxima deferred until then. Where a residual
  /// addition ties the product to layers that end later, a pointwise layer ends it.
  MapValue append(Product product, double limit);

  /// The map's maxima, exact since the map is never negative. With max(a, b) = b + relu(a - b), two
  /// fixed layers take the maximum of each pixel and one at an offset, first along rows, then along
  /// columns; the last two move by the stride.
  MapValue append_maximum(const std::string& name, const MapValue& map,
                          const PoolingWindow& pooling);

  /// The map's means over windows that count every pixel, padding included.
  MapValue append_average(const std::string& name, const MapValue& map,
                          const PoolingWindow& pooling);

  /// The linear layer: `product` of the last map, as a vector; its bias and norm are folded.
  void finish(Product product);

  /// The logits are the map itself, averaged.
  void finish(const std::string& name, const MapValue& map);

  /// Height and width of what a map value reads, padding apart.
  [[nodiscard]] Shape shape_of(const MapValue& map) const;

  /// Network, limits and ties of the finished chain.
  void move_into(ImportedModel& model);

 private:
  struct FixedTap {
    std::size_t tap;  // index within the window
    float weight;
  };

  MapValue append_layer(Product product, double limit);
  /// Where the layers tied to this one end: the least of their limits.
  [[nodiscard]] double limit_of_tied(std::size_t layer) const;
  void require_last(const MapValue& map) const;
  std::string unique_name(const std::string& name);
  LayerDescription start_layer(const std::string& name);
  std::size_t push(LayerDescription description, FloatLayer layer, double limit);
  MapValue whole(const std::string& name, const MapValue& map);
  std::size_t append_fixed(const std::string& name, const Window& window, std::size_t stride,
                           const std::vector<FixedTap>& taps,
                           std::optional<std::size_t> residual = std::nullopt);
  void append_space_to_channels(const std::string& name);
  [[nodiscard]] std::size_t last() const { return network_.hidden.size() - 1; }
  void tie(std::size_t layer, std::size_t other);

  std::size_t alpha_;
  NetworkBuilder builder_;
  FloatNetwork network_;  // its description is builder_'s until finish()
  Shape input_shape_;
  std::vector<double> limits_;
  std::vector<std::size_t> tied_to_;
};

/// Errors: Unsupported if a filter matrix of this size is beyond what a checkpoint can hold.
void require_reasonable(std::size_t rows, std::size_t columns);

}  // namespace colcomb::interchange
