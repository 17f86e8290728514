#include <algorithm>

#include "colcomb/backprop/state_loops.hpp"
#include "colcomb/base/check.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/threads.hpp"

namespace colcomb::backprop {
namespace {

const Kernels& find_kernels(const std::string& name) {
  for (const Kernels* kernels : supported_kernels()) {
    if (name.empty() || name == kernels->name) return *kernels;
  }
  std::string known;
  for (const Kernels* kernels : supported_kernels())
    known.append(known.empty() ? "" : ", ").append(kernels->name);
  throw option_error("kernel", name, "this processor runs: " + known);
}

}  // namespace

Pass::State::State(const NetworkDescription& network, const PassOptions& options)
    : network_(network),
      kernels_(find_kernels(options.kernel)),
      all_reduce_(options.all_reduce),
      precision_(options.precision),
      geometry_(layer_geometries(network, options.tile_bytes)),
      reader_(network.input),
      pool_(options.threads > 0 ? options.threads : available_threads()),
      workspaces_(pool_.size()) {
  for (const LayerGeometry& g : geometry_) filters.emplace_back(g, kernels_);
  hidden_.resize(network.hidden.size());
  for (std::size_t l = 0; l < hidden_layers(); ++l) {
    Hidden& layer = hidden_[l];
    layer.parts = parts_of(network, l);
    layer.has_windows = network.layer(l).pooling.has_value();
    layer.residual = network.layer(l).residual;
    if (!layer.residual) continue;
    layer.residual_stride = residual_stride(network, l);
    hidden_[*layer.residual].is_source = true;
  }
  find_gathered();
  reserve_workspaces();
  std::fill(std::begin(full_mask_.image), std::end(full_mask_.image), 1.0F);
}

void Pass::State::find_gathered() {
  std::vector<std::size_t> readers(hidden_layers());
  for (std::size_t l = 1; l < hidden_layers(); ++l) {
    for (const LayerPart& part : hidden_[l].parts) ++readers[*part.source];
  }
  for (std::size_t l = 0; l + 1 < hidden_layers(); ++l) {
    const bool by_the_next_alone =
        readers[l] == 1 && hidden_[l + 1].parts.size() == 1 && source_of(l + 1) == l;
    hidden_[l].is_gathered = !by_the_next_alone;
  }
}

void Pass::State::reserve_workspaces() {
  std::size_t tile = 1;
  std::size_t product = 1;
  std::size_t rows = 1;
  std::size_t map = 1;
  std::vector<MapGeometry> maps;  // maps of one geometry have one buffer
  for (std::size_t l = 0; l < hidden_layers(); ++l) {
    const LayerGeometry& g = geometry_[l];
    tile = std::max(tile, g.tile_height * g.output.strides().row / kVectorImages);
    product = std::max(product, g.output.floats() / kVectorImages);
    rows = std::max({rows, g.rows(), g.input.channels});
    map = std::max(map, g.input.floats() / kVectorImages);
    const auto found = std::find(maps.begin(), maps.end(), g.input);
    map_of_.push_back(static_cast<std::size_t>(found - maps.begin()));
    if (found == maps.end()) maps.push_back(g.input);
  }
  largest_product_ = product * kVectorImages;
  for (Workspace& workspace : workspaces_) {
    for (const MapGeometry& g : maps) workspace.maps.emplace_back(g.floats() / kVectorImages);
    workspace.map_gradient.resize(map);
    workspace.tile.resize(tile);
    workspace.row.resize(geometry_[hidden_layers() - 1].result.strides().row / kVectorImages);
    workspace.row_gradient.resize(workspace.row.size());
    workspace.sums.resize(2 * rows);
  }
  reserve_window_workspaces();
}

void Pass::State::reserve_window_workspaces() {
  std::size_t activations = 0;
  std::size_t results = 0;
  for (std::size_t l = 0; l < hidden_layers(); ++l) {
    if (!hidden_[l].has_windows) continue;
    activations = std::max(activations, geometry_[l].output.floats() / kVectorImages);
    results = std::max(results, geometry_[l].result.floats() / kVectorImages);
  }
  for (Workspace& workspace : workspaces_) {
    workspace.activations.resize(activations);
    workspace.activation_gradient.resize(activations);
    workspace.result_gradient.resize(results);
  }
}

void Pass::State::prepare(std::span<const std::uint8_t> images, std::size_t count,
                          std::span<const LayerParameters> parameters, Precision precision) {
  COLCOMB_CHECK((count > 0 || all_reduce_) && images.size() == count * reader_.image_size(),
                "images must be count x C x H x W bytes");
  COLCOMB_CHECK(parameters.size() == network_.layer_count(),
                "parameters of every layer are needed");
  images_ = images;
  count_ = count;
  bf16_maps_ = precision == Precision::kBfloat16 && !integers;  // whose sums must stay exact
  global_count_ = static_cast<double>(count);
  parameters_.assign(parameters.begin(), parameters.end());
  blocks_ = (count + kVectorImages - 1) / kVectorImages;
  constexpr std::size_t kMaxPartitions = 16;
  partitions_ = std::clamp<std::size_t>(blocks_, 1, kMaxPartitions);
  partials_.resize(std::max(partials_.size(), partitions_));
  last_mask_ = {};
  if (blocks_ > 0) std::fill_n(last_mask_.image, images_in(blocks_ - 1), 1.0F);
  each_task(filters.size(), [&](std::size_t layer, std::size_t /*thread*/) {
    filters[layer].set_weights(parameters[layer].weights, precision);
  });
  pooled_.reserve(blocks_, network_.classifier.columns.size() * kVectorImages);
  logit_vectors_.reserve(blocks_, geometry_.back().output.floats());
  logits_.resize(count * network_.classes);
}

void Pass::State::reserve_blocks() {
  std::size_t largest = 1;
  for (std::size_t l = 0; l < hidden_layers(); ++l) {
    Hidden& layer = hidden_[l];
    layer.product.reserve(blocks_, stored(l).floats());
    largest = std::max(largest, stored(l).floats());
    if (layer.is_source || layer.is_gathered)
      layer.kept_gradient.reserve(blocks_, geometry_[l].result.floats());
    reserve_kept(l, blocks_);
  }
  gradient_.reserve(blocks_, largest);
  next_gradient_.reserve(blocks_, largest);
  for (Workspace& workspace : workspaces_) {
    for (const Filter& filter : filters) {
      if (workspace.entries.size() < filter.gradient_scratch())
        workspace.entries.resize(filter.gradient_scratch());
      if (workspace.packed.size() < filter.bf16_scratch())
        workspace.packed.resize(filter.bf16_scratch());
    }
  }
}

void Pass::State::reserve_kept(std::size_t layer, std::size_t slots) {
  Hidden& h = hidden_[layer];
  if (h.is_kept()) h.kept.reserve(slots, geometry_[layer].result.floats());
}

std::size_t Pass::State::images_in(std::size_t block) const {
  return std::min(kVectorImages, count_ - block * kVectorImages);
}

const float* Pass::State::image_mask(std::size_t block) const {
  return block + 1 < blocks_ ? full_mask_.image : last_mask_.image;
}

void Pass::State::clear_sums(std::size_t rows, std::size_t thread) {
  std::fill_n(workspaces_[thread].sums.begin(), 2 * rows, ImageVector{});
}

void Pass::State::collect_sums(std::size_t rows, std::size_t block, std::size_t thread,
                               NormSums& sums) {
  const std::size_t images = images_in(block);
  const VectorBuffer& vectors = workspaces_[thread].sums;
  for (std::size_t n = 0; n < rows; ++n) {
    for (std::size_t i = 0; i < images; ++i) {
      sums.first[n] += vectors[2 * n].image[i];
      sums.second[n] += vectors[2 * n + 1].image[i];
    }
  }
}

NormSums Pass::State::total_sums(std::size_t rows) const {
  NormSums total{std::vector<double>(rows), std::vector<double>(rows)};
  for (std::size_t s = 0; s < partitions_; ++s) {
    for (std::size_t n = 0; n < rows; ++n) {
      total.first[n] += partials_[s].sums.first[n];
      total.second[n] += partials_[s].sums.second[n];
    }
  }
  return total;
}

}  // namespace colcomb::backprop
