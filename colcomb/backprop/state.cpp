#include "colcomb/backprop/state.hpp"

#include <algorithm>

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
  throw usage_error("kernel", name, "this processor runs: " + known);
}

MapGeometry output_of(const std::vector<LayerGeometry>& geometry, std::size_t layer) {
  const LayerGeometry& g = geometry[layer];
  // The last hidden layer's map is pooled, which needs no halo.
  return layer + 2 < geometry.size() ? geometry[layer + 1].input
                                     : MapGeometry{g.rows, g.out_height, g.out_width, 0};
}

}  // namespace

Pass::State::State(const NetworkDescription& network, const PassOptions& options)
    : network_(network),
      kernels_(find_kernels(options.kernel)),
      sum_over_shares_(options.sum_over_shares),
      geometry_(layer_geometries(network)),
      reader_(network.input),
      team_(options.threads > 0 ? options.threads : available_threads()),
      workspaces_(team_.size()) {
  for (const LayerGeometry& g : geometry_) filters.emplace_back(g, kernels_);
  std::size_t dense = 1;
  std::size_t rows = 1;
  std::size_t map = 1;
  hidden_.resize(network.layers.size() - 1);
  for (std::size_t l = 0; l < hidden_layers(); ++l) {
    Hidden& layer = hidden_[l];
    layer.output = output_of(geometry_, l);
    layer.residual = network.layers[l].residual;
    if (layer.residual) {
      layer.residual_stride = residual_stride(network, l);
      hidden_[*layer.residual].is_source = true;
    }
    dense = std::max(dense, geometry_[l].out_floats() / kLanes);
    rows = std::max(rows, geometry_[l].rows);
    map = std::max({map, layer.output.floats() / kLanes, geometry_[l].input.floats() / kLanes});
  }
  // Maps of one geometry share scratch: of the images, then of each hidden layer's output.
  std::vector<MapGeometry> maps;
  for (std::size_t l = 0; l <= hidden_layers(); ++l) {
    const MapGeometry& g = l == 0 ? geometry_[0].input : hidden_[l - 1].output;
    const auto found = std::find_if(maps.begin(), maps.end(), [&](const MapGeometry& m) {
      return m.channels == g.channels && m.height == g.height && m.width == g.width &&
             m.halo == g.halo;
    });
    map_of_.push_back(static_cast<std::size_t>(found - maps.begin()));
    if (found == maps.end()) maps.push_back(g);
  }
  for (Workspace& workspace : workspaces_) {
    for (const MapGeometry& g : maps) workspace.maps.emplace_back(g.floats() / kLanes);
    workspace.map_gradient.resize(map);
    workspace.dense.resize(dense);
    workspace.sums.resize(2 * rows);
  }
  std::fill(std::begin(all_lanes_.lanes), std::end(all_lanes_.lanes), 1.0F);
}

void Pass::State::prepare(std::span<const std::uint8_t> images, std::size_t count,
                          std::span<const LayerNumbers> numbers) {
  COLCOMB_CHECK((count > 0 || sum_over_shares_) && images.size() == count * reader_.image_size(),
                "images must be count x C x H x W bytes");
  COLCOMB_CHECK(numbers.size() == network_.layers.size(), "numbers of every layer are needed");
  images_ = images;
  count_ = count;
  whole_count_ = static_cast<double>(count);
  numbers_.assign(numbers.begin(), numbers.end());
  blocks_ = (count + kLanes - 1) / kLanes;
  constexpr std::size_t kMostShares = 16;
  shares_ = std::clamp<std::size_t>(blocks_, 1, kMostShares);
  share_.resize(std::max(share_.size(), shares_));
  last_lanes_ = {};
  if (blocks_ > 0) std::fill_n(last_lanes_.lanes, images_in(blocks_ - 1), 1.0F);
  for (std::size_t l = 0; l < filters.size(); ++l) filters[l].set_weights(numbers[l].weights);
  const std::size_t channels = hidden_.back().output.channels;
  while (pooled_.size() < blocks_) {
    pooled_.emplace_back(channels);
    logit_lanes_.emplace_back(network_.classes);
  }
  logits_.resize(count * network_.classes);
}

void Pass::State::reserve_blocks() {
  std::size_t dense = 1;
  for (std::size_t l = 0; l < hidden_layers(); ++l) {
    Hidden& layer = hidden_[l];
    const std::size_t lines = geometry_[l].out_floats() / kLanes;
    dense = std::max(dense, lines);
    while (layer.product.size() < blocks_) layer.product.emplace_back(lines);
    if (!layer.is_source) continue;
    while (layer.pending.size() < blocks_) layer.pending.emplace_back(lines);
  }
  while (gradient_.size() < blocks_) {
    gradient_.emplace_back(dense);
    next_gradient_.emplace_back(dense);
  }
  for (Workspace& workspace : workspaces_) {
    for (const Filter& filter : filters) {
      if (workspace.taps.size() < filter.gradient_scratch())
        workspace.taps.resize(filter.gradient_scratch());
    }
  }
}

std::size_t Pass::State::images_in(std::size_t block) const {
  return std::min(kLanes, count_ - block * kLanes);
}

const float* Pass::State::lanes_of(std::size_t block) const {
  return block + 1 < blocks_ ? all_lanes_.lanes : last_lanes_.lanes;
}

const float* Pass::State::input_map(std::size_t layer, std::size_t block, std::size_t slot,
                                    std::size_t member, const float* product) {
  if (layer > 0) return activate(layer - 1, block, slot, member, product);
  float* const map = floats(workspaces_[member].maps[map_of_[0]]);
  reader_.read(images_.data() + block * kLanes * reader_.image_size(), images_in(block),
               geometry_[0].input, map);
  return map;
}

float* Pass::State::activate(std::size_t layer, std::size_t block, std::size_t slot,
                             std::size_t member, const float* product) {
  Hidden& h = hidden_[layer];
  float* const out =
      floats(h.is_source ? h.kept[slot] : workspaces_[member].maps[map_of_[layer + 1]]);
  Activation job;
  job.lanes = lanes_of(block);
  job.plane = {h.output.height, h.output.width, h.output.pitch()};
  job.rounded = integers.has_value();
  if (integers) job.top = kLargestWhole;
  for (std::size_t n = 0; n < h.output.channels; ++n) {
    job.y = product + n * h.output.pixels() * kLanes;
    job.scale = h.norm.scale[n];
    job.shift = h.norm.shift[n];
    job.out = out + n * h.output.plane() + h.output.at(0, 0);
    job.residual = nullptr;
    if (h.residual) {
      const Hidden& source = hidden_[*h.residual];
      if (n < source.output.channels) {
        job.residual =
            floats(source.kept[slot]) + n * source.output.plane() + source.output.at(0, 0);
        job.residual_row = h.residual_stride * source.output.pitch();
        job.residual_column = h.residual_stride * kLanes;
      }
    }
    kernels_.activate(job);
  }
  return out;
}

void Pass::State::clear_sums(std::size_t rows, std::size_t member) {
  std::fill_n(workspaces_[member].sums.begin(), 2 * rows, LaneVector{});
}

void Pass::State::collect_sums(std::size_t rows, std::size_t block, std::size_t member,
                               NormSums& sums) {
  const std::size_t images = images_in(block);
  const Lines& vectors = workspaces_[member].sums;
  for (std::size_t n = 0; n < rows; ++n) {
    for (std::size_t i = 0; i < images; ++i) {
      sums.first[n] += vectors[2 * n].lanes[i];
      sums.second[n] += vectors[2 * n + 1].lanes[i];
    }
  }
}

NormSums Pass::State::total_sums(std::size_t rows) const {
  NormSums total{std::vector<double>(rows), std::vector<double>(rows)};
  for (std::size_t s = 0; s < shares_; ++s) {
    for (std::size_t n = 0; n < rows; ++n) {
      total.first[n] += share_[s].sums.first[n];
      total.second[n] += share_[s].sums.second[n];
    }
  }
  return total;
}

}  // namespace colcomb::backprop
