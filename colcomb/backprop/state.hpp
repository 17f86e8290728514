#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <vector>

#include "colcomb/backprop/filter.hpp"
#include "colcomb/backprop/geometry.hpp"
#include "colcomb/backprop/images.hpp"
#include "colcomb/backprop/lines.hpp"
#include "colcomb/backprop/norm.hpp"
#include "colcomb/backprop/pass.hpp"
#include "colcomb/base/team.hpp"

namespace colcomb::backprop {

/// Largest activation of a network of whole numbers.
inline constexpr float kLargestWhole = 255;

/// A hidden layer between forward and backward.
struct Hidden {
  std::optional<std::size_t> residual;  // source layer
  std::size_t residual_stride = 1;
  bool is_source = false;  // of a residual addition: its activations are kept

  Norm norm;
  BlockLines product;  // before batch norm; of the geometry State::stored()
  // Of the geometry LayerGeometry::output:
  BlockLines kept;     // activations, if is_source
  BlockLines pending;  // gradients through residual additions, if is_source
};

/// One thread's scratch.
struct Workspace {
  std::vector<Lines> maps;  // strips of input maps by geometry: their halos stay zero
  Lines map_gradient;       // of a strip's input
  Lines strip;              // the gradient of a strip of a product
  Lines products[2];        // in evaluation: one layer's and the next one's
  Lines row, row_gradient;  // one row of the last map, and of its gradient
  Lines sums;               // two vectors per row of a filter matrix
  Lines taps;               // see Filter::gradient_scratch
  Lines pairs;              // see Filter::pair_scratch
};

/// What one share of the blocks adds up to; shares are summed in order, so that the number of
/// threads changes nothing.
struct Share {
  NormSums sums;
  std::vector<float> weights;
};

class Pass::State {
 public:
  State(const NetworkDescription& network, const PassOptions& options);

  std::span<const float> forward(std::span<const std::uint8_t> images, std::size_t count,
                                 std::span<const LayerNumbers> numbers,
                                 std::span<const float> dropout, double momentum);
  void backward(std::span<const float> logit_gradients, std::span<const LayerGradients> gradients);
  std::span<const float> infer(std::span<const std::uint8_t> images, std::size_t count,
                               std::span<const LayerNumbers> numbers);

  std::vector<Filter> filters;
  std::optional<Integers> integers;

 private:
  [[nodiscard]] std::size_t hidden_layers() const { return hidden_.size(); }
  /// Where products and their gradients lie until the backward pass.
  [[nodiscard]] const MapGeometry& stored(std::size_t layer) const {
    return narrow_ ? geometry_[layer].narrow : geometry_[layer].output;
  }
  /// The gradient of a strip of a product is narrow, as its products read it.
  [[nodiscard]] bool narrow_strip(std::size_t layer) const {
    return narrow_ && filters[layer].paired();
  }
  void reserve_workspaces();
  void reserve_blocks();
  void reserve_kept(std::size_t layer, std::size_t slots);
  void prepare(std::span<const std::uint8_t> images, std::size_t count,
               std::span<const LayerNumbers> numbers, Precision precision);
  /// Calls body(task, member) for every task on the team.
  template <class Body>
  void each_task(std::size_t tasks, Body body);
  /// The same for every share.
  template <class Body>
  void each_share(Body body);
  /// Calls body(block) for the blocks of a share.
  template <class Body>
  void each_block(std::size_t share, Body body) const;
  [[nodiscard]] std::size_t images_in(std::size_t block) const;
  [[nodiscard]] const float* lanes_of(std::size_t block) const;

  /// What a strip of layer `layer` reads: images, or the activation of `product`, the layer
  /// before's. `slot` is where kept activations lie: the block in training, the member in
  /// evaluation.
  const float* input_strip(std::size_t layer, std::size_t block, std::size_t slot,
                           std::size_t member, Rows strip, const float* product);
  /// These rows of a layer's activation, to `out` with the given steps.
  void activate(std::size_t layer, Rows rows, std::size_t block, std::size_t slot,
                const float* product, float* out, Steps steps) const;
  /// Keeps the activations of a source of residual additions; nothing for other layers.
  void keep(std::size_t layer, std::size_t block, std::size_t slot, const float* product);
  void clear_sums(std::size_t rows, std::size_t member);
  void collect_sums(std::size_t rows, std::size_t block, std::size_t member, NormSums& sums);
  [[nodiscard]] NormSums total_sums(std::size_t rows) const;
  /// Adds up the sums, and the number of images, over the passes that share the batch.
  void sum_whole_batch(NormSums& sums);
  /// Values per row of layer `layer`'s output, over the whole batch.
  [[nodiscard]] double values_per_row(std::size_t layer) const;

  void forward_layer(std::size_t layer, std::size_t share, std::size_t member);
  /// Layer `layer`'s product from the one before it, both dense.
  void product(std::size_t layer, std::size_t block, std::size_t slot, std::size_t member,
               const float* before, float* out, RowSums sums, bool streamed);
  void settle_bias(std::size_t layer);
  void pool(std::size_t block, std::size_t slot, std::size_t member, const float* product);
  void linear(std::size_t block, std::size_t member);
  void linear_backward(std::size_t share, std::size_t member);
  void backward_layer(std::size_t layer, std::size_t share, std::size_t member);
  void backward_strip(std::size_t layer, std::size_t block, std::size_t member, std::size_t strip,
                      std::vector<float>& weights);
  /// A strip's product gradient: back through batch norm.
  void norm_backward(std::size_t layer, std::size_t block, std::size_t member, Rows rows);
  /// Makes room in the gradient of layer `layer`'s input for the next strip.
  void next_gradient_strip(std::size_t layer, std::size_t member, std::size_t strip);
  /// From the gradient `d` of these rows of layer `layer`'s activation `a` to that of its batch
  /// norm's output. Both have the given steps.
  void activation_backward(std::size_t layer, Rows rows, std::size_t block, std::size_t member,
                           const float* d, const float* a, Steps steps);
  /// Adds these rows of that to the gradient pending at the residual addition's source.
  void residual_backward(std::size_t layer, Rows rows, std::size_t block);
  void write_weight_gradient(std::size_t layer, float* out);

  NetworkDescription network_;
  const Kernels& kernels_;
  std::function<void(std::span<double>)> sum_over_shares_;
  Precision precision_;  // of training
  std::vector<LayerGeometry> geometry_;
  std::vector<std::size_t> map_of_;  // layer -> workspace map
  ImageReader reader_;
  Team team_;
  std::vector<Workspace> workspaces_;  // per member
  std::size_t largest_product_ = 0;    // floats
  std::vector<Hidden> hidden_;

  // Of the batch:
  std::span<const std::uint8_t> images_;
  std::size_t count_ = 0;
  bool narrow_ = false;     // products and their gradients lie in bfloat16
  double whole_count_ = 0;  // of all passes that share the batch; known from the first sums on
  std::size_t blocks_ = 0;
  std::size_t shares_ = 0;
  std::vector<LayerNumbers> numbers_;
  std::span<const float> dropout_;
  std::vector<Share> share_;
  BlockLines pooled_;                    // channels, after dropout
  BlockLines logit_lanes_;               // classes
  BlockLines gradient_, next_gradient_;  // of a layer's batch norm's output, as stored()
  std::vector<float> logits_;
  LaneVector all_lanes_, last_lanes_;  // 1 for images of a block, 0 beyond the last image
};

}  // namespace colcomb::backprop
