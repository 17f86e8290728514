#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <vector>

#include "colcomb/artifacts/input_parts.hpp"
#include "colcomb/backprop/filter.hpp"
#include "colcomb/backprop/geometry.hpp"
#include "colcomb/backprop/images.hpp"
#include "colcomb/backprop/norm.hpp"
#include "colcomb/backprop/pass.hpp"
#include "colcomb/backprop/vector_buffer.hpp"
#include "colcomb/base/thread_pool.hpp"

namespace colcomb::backprop {

/// Largest activation of an integer-valued network.
inline constexpr float kMaxIntegerActivation = 255;

/// A hidden layer between forward and backward.
struct Hidden {
  std::vector<LayerPart> parts;         // the maps that it reads
  std::optional<std::size_t> residual;  // source layer
  std::size_t residual_stride = 1;
  bool is_source = false;    // of a residual addition
  bool has_windows = false;  // of a pooling
  /// Whether other columns than those of the next layer read its result, or those of the next layer
  /// among others. Such a layer's gradient is summed up whole before it goes on.
  bool is_gathered = false;

  /// Whether its whole result is computed before the next layer reads it.
  [[nodiscard]] bool is_kept() const { return is_source || has_windows || is_gathered; }
  /// Whether kept_gradient is only a part of the gradient by its result.
  [[nodiscard]] bool adds_kept_gradient() const { return is_source && !is_gathered; }

  Norm norm;
  BlockBuffer product;  // before batch norm; of the geometry State::stored()
  // Of the geometry LayerGeometry::result:
  BlockBuffer kept;  // the result, if is_kept()
  // Gradients by it through residual additions, if is_source; by all its readers, if is_gathered.
  BlockBuffer kept_gradient;
};

/// One thread's scratch.
struct Workspace {
  std::vector<VectorBuffer> maps;  // tiles of input maps by geometry: their halos stay zero
  VectorBuffer map_gradient;       // of a tile's input
  VectorBuffer tile;               // the gradient of a tile of a product
  VectorBuffer products[2];        // in evaluation: one layer's and the next one's
  VectorBuffer row, row_gradient;  // one row of the last map, and of its gradient
  // Where pooling windows are: a map of activations and its gradient, and that of the result.
  VectorBuffer activations, activation_gradient, result_gradient;
  VectorBuffer sums;     // two vectors per row of a filter matrix
  VectorBuffer entries;  // see Filter::gradient_scratch
  VectorBuffer packed;   // see Filter::bf16_scratch
};

/// What one partition of the batch's blocks adds up to. The partitions are fixed by the number of
/// blocks and summed in order, so that results do not depend on the number of threads.
struct PartialSums {
  NormSums sums;
  std::vector<float> weights;
};

class Pass::State {
 public:
  State(const NetworkDescription& network, const PassOptions& options);

  std::span<const float> forward(std::span<const std::uint8_t> images, std::size_t count,
                                 std::span<const LayerParameters> parameters,
                                 std::span<const float> dropout, double momentum);
  void backward(std::span<const float> logit_gradients, std::span<const LayerGradients> gradients);
  std::span<const float> infer(std::span<const std::uint8_t> images, std::size_t count,
                               std::span<const LayerParameters> parameters);

  std::vector<Filter> filters;
  std::optional<IntegerScales> integers;

 private:
  [[nodiscard]] std::size_t hidden_layers() const { return hidden_.size(); }
  /// Where products and their gradients lie until the backward pass.
  [[nodiscard]] const MapGeometry& stored(std::size_t layer) const {
    return bf16_maps_ ? geometry_[layer].output_bf16 : geometry_[layer].output;
  }
  /// Whether the gradient of a product's tile is bf16-packed, as its products read it.
  [[nodiscard]] bool bf16_tile(std::size_t layer) const {
    return bf16_maps_ && filters[layer].bf16();
  }
  void find_gathered();
  void reserve_workspaces();
  void reserve_window_workspaces();
  void reserve_blocks();
  void reserve_kept(std::size_t layer, std::size_t slots);
  void prepare(std::span<const std::uint8_t> images, std::size_t count,
               std::span<const LayerParameters> parameters, Precision precision);
  /// Calls body(task, thread) for every task, on the thread pool.
  template <class Body>
  void each_task(std::size_t tasks, Body body);
  /// The same with a partition for a task.
  template <class Body>
  void each_partition(Body body);
  /// Calls body(block) for the blocks of a partition.
  template <class Body>
  void each_block(std::size_t partition, Body body) const;
  [[nodiscard]] std::size_t images_in(std::size_t block) const;
  [[nodiscard]] const float* image_mask(std::size_t block) const;

  /// The layer whose result layer `layer` reads by all its columns, unless those are several.
  [[nodiscard]] std::size_t source_of(std::size_t layer) const {
    return *hidden_[layer].parts.front().source;
  }
  /// The input rows of a tile of layer `layer`: of images, the activations of `product`, the
  /// layer before's output, or kept results. `slot`: index of kept activations: the block in
  /// training, the thread in evaluation.
  const float* input_tile(std::size_t layer, std::size_t block, std::size_t slot,
                          std::size_t thread, Rows tile, const float* product);
  /// Copies the rows of the map that a layer of several maps reads by each of its columns.
  void gather_columns(std::size_t layer, std::size_t slot, Rows rows, float* out) const;
  /// Adds the gradient by these columns' rows to those by the results that they read.
  void scatter_columns(std::size_t layer, std::size_t block, Rows rows, const float* gradient);
  /// These rows of a layer's activation, to `out` with the given strides.
  void activate(std::size_t layer, Rows rows, std::size_t block, std::size_t slot,
                const float* product, float* out, MapStrides strides) const;
  /// Computes the result of a layer whose is kept; nothing for other layers.
  void keep(std::size_t layer, std::size_t block, std::size_t slot, std::size_t thread,
            const float* product);
  void clear_sums(std::size_t rows, std::size_t thread);
  void collect_sums(std::size_t rows, std::size_t block, std::size_t thread, NormSums& sums);
  [[nodiscard]] NormSums total_sums(std::size_t rows) const;
  /// All-reduces the sums and the number of images over the processes that share the batch.
  void sum_global_batch(NormSums& sums);
  /// Values per row of layer `layer`'s output, over the whole batch.
  [[nodiscard]] double values_per_row(std::size_t layer) const;

  void forward_layer(std::size_t layer, std::size_t partition, std::size_t thread);
  /// Layer `layer`'s product from the one before it, both dense.
  void product(std::size_t layer, std::size_t block, std::size_t slot, std::size_t thread,
               const float* before, float* out, RowSums sums, bool non_temporal);
  void apply_bias(std::size_t layer);
  /// What the pooling windows of layer `layer` make of its activations, of geometry output.
  void windows_forward(std::size_t layer, const float* activations, float* result) const;
  /// The activations' gradient by the result's.
  void windows_backward(std::size_t layer, const float* activations, const float* result,
                        const float* result_gradient, float* activation_gradient) const;
  /// Row y of the last hidden layer's result, of the geometry's strides.
  const float* last_row(std::size_t y, std::size_t block, std::size_t slot, std::size_t thread,
                        const float* product);
  /// What the classifier reads: the last result's means, or all its values.
  void pool(std::size_t block, std::size_t slot, std::size_t thread, const float* product);
  void linear(std::size_t block, std::size_t thread);
  void linear_backward(std::size_t partition, std::size_t thread);
  void backward_layer(std::size_t layer, std::size_t partition, std::size_t thread);
  void backward_tile(std::size_t layer, std::size_t block, std::size_t thread, std::size_t tile,
                     std::vector<float>& weights);
  /// A tile's product gradient: back through batch norm.
  void norm_backward(std::size_t layer, std::size_t block, std::size_t thread, Rows rows);
  /// Passes a tile's gradient by the layer's input to the layers that it reads, as far as no later
  /// tile adds to it. `input`: what the tile read.
  void input_backward(std::size_t layer, std::size_t block, std::size_t thread, std::size_t tile,
                      const float* input);
  /// From the whole gradient by the result of layer `layer`, a gathered one, to that of its batch
  /// norm's output.
  void gathered_backward(std::size_t layer, std::size_t partition, std::size_t thread);
  /// Makes room in the gradient of layer `layer`'s input for the next tile.
  void next_gradient_tile(std::size_t layer, std::size_t thread, std::size_t tile);
  /// From the gradient `d` of these rows of layer `layer`'s result `a` to that of its batch norm's
  /// output. Both have the given strides. Rows come in order, and all of them.
  void result_backward(std::size_t layer, Rows rows, std::size_t block, std::size_t thread,
                       const float* d, const float* a, MapStrides strides);
  /// The same from activations.
  void activation_backward(std::size_t layer, Rows rows, std::size_t block, std::size_t thread,
                           const float* d, const float* a, MapStrides strides);
  /// Adds these rows of that to the gradient kept_gradient at the residual addition's source.
  void residual_backward(std::size_t layer, Rows rows, std::size_t block);
  void write_weight_gradient(std::size_t layer, float* out);

  NetworkDescription network_;
  const Kernels& kernels_;
  std::function<void(std::span<double>)> all_reduce_;
  Precision precision_;  // of training
  std::vector<LayerGeometry> geometry_;
  std::vector<std::size_t> map_of_;  // layer -> workspace map
  ImageReader reader_;
  ThreadPool pool_;
  std::vector<Workspace> workspaces_;  // per thread
  std::size_t largest_product_ = 0;    // floats
  std::vector<Hidden> hidden_;

  // Of the batch:
  std::span<const std::uint8_t> images_;
  std::size_t count_ = 0;
  bool bf16_maps_ = false;  // products and their gradients are stored in bfloat16
  double global_count_ =
      0;  // of all processes that share the batch; known from the first all-reduce on
  std::size_t blocks_ = 0;
  std::size_t partitions_ = 0;
  std::vector<LayerParameters> parameters_;
  std::span<const float> dropout_;
  std::vector<PartialSums> partials_;
  BlockBuffer pooled_;                    // what the classifier reads, after dropout
  BlockBuffer logit_vectors_;             // classes
  BlockBuffer gradient_, next_gradient_;  // of a layer's batch norm's output, as stored()
  std::vector<float> logits_;
  ImageVector full_mask_, last_mask_;  // 1 for images of a block, 0 beyond the last image
};

}  // namespace colcomb::backprop
