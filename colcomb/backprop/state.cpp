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
  throw usage_error("kernel", name, "this processor runs: " + known);
}

}  // namespace

Pass::State::State(const NetworkDescription& network, const PassOptions& options)
    : network_(network),
      kernels_(find_kernels(options.kernel)),
      sum_over_shares_(options.sum_over_shares),
      precision_(options.precision),
      geometry_(layer_geometries(network, options.strip_bytes)),
      reader_(network.input),
      team_(options.threads > 0 ? options.threads : available_threads()),
      workspaces_(team_.size()) {
  for (const LayerGeometry& g : geometry_) filters.emplace_back(g, kernels_);
  hidden_.resize(network.hidden.size());
  for (std::size_t l = 0; l < hidden_layers(); ++l) {
    Hidden& layer = hidden_[l];
    layer.residual = network.layer(l).residual;
    if (!layer.residual) continue;
    layer.residual_stride = residual_stride(network, l);
    hidden_[*layer.residual].is_source = true;
  }
  reserve_workspaces();
  std::fill(std::begin(all_lanes_.lanes), std::end(all_lanes_.lanes), 1.0F);
}

void Pass::State::reserve_workspaces() {
  std::size_t strip = 1;
  std::size_t product = 1;
  std::size_t rows = 1;
  std::size_t map = 1;
  std::vector<MapGeometry> maps;  // those of one geometry share scratch
  for (std::size_t l = 0; l < hidden_layers(); ++l) {
    const LayerGeometry& g = geometry_[l];
    strip = std::max(strip, g.strip_height * g.output.steps().row / kLanes);
    product = std::max(product, g.output.floats() / kLanes);
    rows = std::max({rows, g.rows(), g.input.channels});
    map = std::max(map, g.input.floats() / kLanes);
    const auto found = std::find(maps.begin(), maps.end(), g.input);
    map_of_.push_back(static_cast<std::size_t>(found - maps.begin()));
    if (found == maps.end()) maps.push_back(g.input);
  }
  largest_product_ = product * kLanes;
  for (Workspace& workspace : workspaces_) {
    for (const MapGeometry& g : maps) workspace.maps.emplace_back(g.floats() / kLanes);
    workspace.map_gradient.resize(map);
    workspace.strip.resize(strip);
    workspace.row.resize(geometry_[hidden_layers() - 1].output.steps().row / kLanes);
    workspace.row_gradient.resize(workspace.row.size());
    workspace.sums.resize(2 * rows);
  }
}

void Pass::State::prepare(std::span<const std::uint8_t> images, std::size_t count,
                          std::span<const LayerNumbers> numbers, Precision precision) {
  COLCOMB_CHECK((count > 0 || sum_over_shares_) && images.size() == count * reader_.image_size(),
                "images must be count x C x H x W bytes");
  COLCOMB_CHECK(numbers.size() == network_.layer_count(), "numbers of every layer are needed");
  images_ = images;
  count_ = count;
  narrow_ = precision == Precision::kBfloat16 && !integers;  // whose sums must stay whole
  whole_count_ = static_cast<double>(count);
  numbers_.assign(numbers.begin(), numbers.end());
  blocks_ = (count + kLanes - 1) / kLanes;
  constexpr std::size_t kMostShares = 16;
  shares_ = std::clamp<std::size_t>(blocks_, 1, kMostShares);
  share_.resize(std::max(share_.size(), shares_));
  last_lanes_ = {};
  if (blocks_ > 0) std::fill_n(last_lanes_.lanes, images_in(blocks_ - 1), 1.0F);
  each_task(filters.size(), [&](std::size_t layer, std::size_t /*member*/) {
    filters[layer].set_weights(numbers[layer].weights, precision);
  });
  pooled_.reserve(blocks_, geometry_[hidden_layers() - 1].rows() * kLanes);
  logit_lanes_.reserve(blocks_, geometry_.back().output.floats());
  logits_.resize(count * network_.classes);
}

void Pass::State::reserve_blocks() {
  std::size_t largest = 1;
  for (std::size_t l = 0; l < hidden_layers(); ++l) {
    Hidden& layer = hidden_[l];
    layer.product.reserve(blocks_, stored(l).floats());
    largest = std::max(largest, stored(l).floats());
    if (layer.is_source) layer.pending.reserve(blocks_, geometry_[l].output.floats());
    reserve_kept(l, blocks_);
  }
  gradient_.reserve(blocks_, largest);
  next_gradient_.reserve(blocks_, largest);
  for (Workspace& workspace : workspaces_) {
    for (const Filter& filter : filters) {
      if (workspace.taps.size() < filter.gradient_scratch())
        workspace.taps.resize(filter.gradient_scratch());
      if (workspace.pairs.size() < filter.pair_scratch())
        workspace.pairs.resize(filter.pair_scratch());
    }
  }
}

void Pass::State::reserve_kept(std::size_t layer, std::size_t slots) {
  Hidden& h = hidden_[layer];
  if (h.is_source) h.kept.reserve(slots, geometry_[layer].output.floats());
}

std::size_t Pass::State::images_in(std::size_t block) const {
  return std::min(kLanes, count_ - block * kLanes);
}

const float* Pass::State::lanes_of(std::size_t block) const {
  return block + 1 < blocks_ ? all_lanes_.lanes : last_lanes_.lanes;
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
