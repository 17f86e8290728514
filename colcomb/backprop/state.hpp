#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <vector>

#include "colcomb/backprop/filter.hpp"
#include "colcomb/backprop/geometry.hpp"
#include "colcomb/backprop/images.hpp"
#include "colcomb/backprop/norm.hpp"
#include "colcomb/backprop/pass.hpp"
#include "colcomb/base/team.hpp"

namespace colcomb::backprop {

/// Largest activation of a network of whole numbers.
inline constexpr float kLargestWhole = 255;

using Lines = std::vector<LaneVector>;

/// Null for no lines.
inline float* floats(Lines& lines) {
  return lines.empty() ? nullptr : lines.front().lanes;
}
inline const float* floats(const Lines& lines) {
  return lines.empty() ? nullptr : lines.front().lanes;
}

/// A hidden layer between forward and backward.
struct Hidden {
  MapGeometry output;                   // of its activation, with the halo its reader needs
  std::optional<std::size_t> residual;  // source layer
  std::size_t residual_stride = 1;
  bool is_source = false;  // of a residual addition: its activations are kept

  Norm norm;
  // Per block of sixteen images:
  std::vector<Lines> product;  // before batch norm, dense
  std::vector<Lines> kept;     // activations, if is_source
  std::vector<Lines> pending;  // gradients through residual additions, dense, if is_source
};

/// One thread's scratch.
struct Workspace {
  std::vector<Lines> maps;  // input maps by geometry: their halos stay zero
  Lines map_gradient;       // of an input map
  Lines dense;              // a product, or its gradient
  Lines sums;               // two vectors per row
  Lines taps;               // see Filter::gradient_scratch
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
  void reserve_blocks();
  void prepare(std::span<const std::uint8_t> images, std::size_t count,
               std::span<const LayerNumbers> numbers);
  /// Calls body(share, member) for every share on the team.
  template <class Body>
  void each_share(Body body);
  /// Calls body(block) for the blocks of a share.
  template <class Body>
  void each_block(std::size_t share, Body body) const;
  [[nodiscard]] std::size_t images_in(std::size_t block) const;
  [[nodiscard]] const float* lanes_of(std::size_t block) const;

  /// Layer `layer`'s input map for a block: read, computed anew or kept. `slot` is where kept maps
  /// lie: the block in training, the member in evaluation.
  const float* input_map(std::size_t layer, std::size_t block, std::size_t slot, std::size_t member,
                         const float* product);
  float* activate(std::size_t layer, std::size_t block, std::size_t slot, std::size_t member,
                  const float* product);
  void clear_sums(std::size_t rows, std::size_t member);
  void collect_sums(std::size_t rows, std::size_t block, std::size_t member, NormSums& sums);
  [[nodiscard]] NormSums total_sums(std::size_t rows) const;
  /// Adds up the sums, and the number of images, over the passes that share the batch.
  void sum_whole_batch(NormSums& sums);
  /// Values per row of layer `layer`'s output, over the whole batch.
  [[nodiscard]] double values_per_row(std::size_t layer) const;

  void forward_layer(std::size_t layer, std::size_t share, std::size_t member);
  void settle_bias(std::size_t layer);
  void pool(std::size_t block, const float* map);
  void linear(std::size_t block);
  void linear_backward(std::size_t share, std::size_t member);
  void backward_layer(std::size_t layer, std::size_t share, std::size_t member);
  /// From the gradient of layer `layer`'s activation, in the member's map_gradient, to that of its
  /// batch norm's output.
  void activation_backward(std::size_t layer, std::size_t block, std::size_t member,
                           const float* activation, NormSums& sums);
  void write_weight_gradient(std::size_t layer, float* out);

  NetworkDescription network_;
  const Kernels& kernels_;
  std::function<void(std::span<double>)> sum_over_shares_;
  std::vector<LayerGeometry> geometry_;
  std::vector<std::size_t> map_of_;  // layer -> workspace map
  ImageReader reader_;
  Team team_;
  std::vector<Workspace> workspaces_;  // per member
  std::vector<Hidden> hidden_;

  // Of the batch:
  std::span<const std::uint8_t> images_;
  std::size_t count_ = 0;
  double whole_count_ = 0;  // of all passes that share the batch; known from the first sums on
  std::size_t blocks_ = 0;
  std::size_t shares_ = 0;
  std::vector<LayerNumbers> numbers_;
  std::span<const float> dropout_;
  std::vector<Share> share_;
  std::vector<Lines> pooled_;                    // per block: channels, after dropout
  std::vector<Lines> logit_lanes_;               // per block: classes
  std::vector<Lines> gradient_, next_gradient_;  // per block, dense: by a batch norm's output
  std::vector<float> logits_;
  LaneVector all_lanes_, last_lanes_;  // 1 for images of a block, 0 beyond the last image
};

}  // namespace colcomb::backprop
