#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "colcomb/artifacts/network_builder.hpp"
#include "colcomb/interchange/import.hpp"
#include "colcomb/interchange/import_values.hpp"

// Internal to the room.
namespace colcomb::interchange {

/// Puts layers together, each of which reads the outputs of earlier ones; the first, and it alone,
/// the image. Errors of all: Unsupported.
class ChainBuilder {
 public:
  /// `unpooled`: names of layers whose poolings must be behind a layer of their own, because other
  /// nodes read the map in front of them.
  ChainBuilder(const InputDescription& input, std::size_t alpha, std::set<std::string> unpooled);

  /// A product, its ReLU that ends at `limit`, and the maxima deferred until then. Where a residual
  /// addition ties the product to layers that end later, a pointwise layer ends it; where to layers
  /// that end earlier, the addition becomes columns.
  MapValue append(Product product, double limit);

  /// A product that no ReLU follows: a layer whose outputs may be negative.
  MapValue append_signed(Product product);

  /// A product behind which `function` takes the place of ReLU.
  MapValue append_function(Product product, ScalarFunction function);

  /// Whether one of the map's layers is signed.
  [[nodiscard]] bool may_be_negative(const MapValue& map) const;

  /// What pooling windows make of the map. Its layer gets the pooling; where that has one already,
  /// is read in front of it or cannot have it, a fixed layer of the same map. Joined maps are
  /// pooled one by one, since maxima and means are taken channel by channel.
  MapValue append_pooling(const std::string& name, const MapValue& map,
                          const PoolingWindow& pooling);

  /// The linear layer: `product` of the last map, as a vector; its bias and norm are folded.
  void finish(Product product);

  /// The logits are the map itself, averaged.
  void finish(const std::string& name, const MapValue& map);

  /// Channels, height and width of what a map value reads, padding apart.
  [[nodiscard]] Shape shape_of(const MapValue& map) const;

  /// Where the outputs of the map's layers end. Requires: a layer's map.
  [[nodiscard]] double limit_of(const MapValue& map) const;

  /// A product that gives the map again. Its name is empty.
  [[nodiscard]] Product identity_of(const MapValue& map) const;

  /// Whether nodes in front of the first layer normalize the image.
  [[nodiscard]] bool normalizes() const { return normalizes_; }

  /// Network, limits and ties of the finished chain.
  void move_into(ImportedModel& model);

  /// Layers that a node reads in front of their pooling: names for `unpooled`.
  [[nodiscard]] const std::set<std::string>& read_unpooled() const { return read_unpooled_; }

 private:
  MapValue append_layer(Product product, double limit);
  /// A residual addition as more columns of the product's filter matrix, each of one weight of 1.
  void read_residual_as_columns(Product& product, const MapValue& residual);
  /// Where the layers tied to this one end: the least of their limits.
  [[nodiscard]] double limit_of_tied(std::size_t layer) const;
  /// Errors: Unsupported if no layer can read `map` from now on. From now on its layers have
  /// readers.
  void read(const MapValue& map);
  /// Takes what the graph makes of the image into the image's mean and deviation.
  void normalize_input(const MapValue& map);
  /// Errors: Unsupported if `map`, one layer's, is in front of a pooling that the layer has.
  void require_there(const MapValue& map);
  void set_inputs(LayerDescription& layer, const Product& product);
  /// Joined maps as one layer's output.
  MapValue as_one_layer(const std::string& name, const MapValue& map);
  MapValue pool_one(const std::string& name, const MapValue& map, const PoolingWindow& pooling);
  [[nodiscard]] std::string unique_name(const std::string& name) const;
  LayerDescription start_layer(const std::string& name) const;
  std::size_t push(LayerDescription description, FloatLayer layer, double limit);
  MapValue whole(const std::string& name, const MapValue& map);
  std::size_t append_identity(const std::string& name, const MapValue& map);
  [[nodiscard]] std::size_t last() const { return network_.hidden.size() - 1; }
  void tie(std::size_t layer, std::size_t other);

  std::size_t alpha_;
  NetworkBuilder builder_;
  FloatNetwork network_;  // its description is builder_'s until finish()
  Shape input_shape_;
  std::vector<double> limits_;
  bool normalizes_ = false;
  InputDescription input_;   // normalized as the first layer reads it
  std::size_t entries_ = 0;  // of all filter matrices so far
  std::vector<std::size_t> tied_to_;
  std::vector<std::string> weights_names_;
  std::vector<bool> signed_;
  std::vector<std::optional<ScalarFunction>> functions_;
  std::vector<bool> read_;  // per layer: something reads its output, so that it cannot change
  std::set<std::string> unpooled_;
  std::set<std::string> read_unpooled_;
};

/// The product's rows and bias with its batch norm folded in.
void fold_norm(Product& product);

/// Errors: Unsupported if a filter matrix of this size is beyond what a checkpoint can hold.
void require_reasonable(std::size_t rows, std::size_t columns);

}  // namespace colcomb::interchange
