#include "colcomb/inference/worker.hpp"

#include <algorithm>

#include "colcomb/base/arithmetic.hpp"
#include "colcomb/inference/look_up.hpp"
#include "colcomb/semantics/requantize.hpp"

namespace colcomb::inference {
namespace {

std::size_t chunks_of(const Prepared& prepared, std::size_t i) {
  return ceil_divide(prepared.plan.layers[i].rows, prepared.geometry.chunk);
}

constexpr std::size_t kTile = 8;  // pixels that parts are not cut within

std::size_t tiles_of(const Prepared& prepared, std::size_t i) {
  return ceil_divide(prepared.plan.layers[i].pixels, kTile);
}

struct Bands {
  std::size_t pixels = 1;
  std::size_t rows = 1;
};

Bands bands_of(const Prepared& prepared, std::size_t i, std::size_t parts) {
  Bands bands;
  bands.pixels = std::min(parts, tiles_of(prepared, i));
  bands.rows = std::min(chunks_of(prepared, i), parts / bands.pixels);
  return bands;
}

void fill_border(const MapPlan& map, std::uint8_t* bytes) {
  const auto pixel = static_cast<std::size_t>(map.pitch.pixel);
  for (std::size_t y = 0; y < map.top + map.height + map.bottom; ++y) {
    for (std::size_t x = 0; x < map.left + map.width + map.right; ++x) {
      const bool inside =
          y >= map.top && y < map.top + map.height && x >= map.left && x < map.left + map.width;
      if (!inside) std::ranges::copy(map.padding, bytes + kSlack + y * map.row_bytes() + x * pixel);
    }
  }
}

}  // namespace

Prepared::Prepared(const QuantizedNetwork& network, const Kernel& kernel)
    : input(network.description.input),
      classes(network.description.classes),
      pooling_fraction_bits(network.pooling.fraction_bits),
      geometry(kernel.geometry),
      plan(plan_network(network, kernel.geometry)) {
  for (std::size_t i = 0; i < plan.layers.size(); ++i) {
    const auto& source = network.description.layer(i).residual;
    residual_sources.push_back(source ? *source + 1 : 0);
    kernels.push_back(kernel.make(plan.layers[i]));
    plan.layers[i].cells = {};  // the kernel holds them in its own order
  }
}

Maps::Maps(const Prepared& prepared)
    : activations_(prepared.plan.activation_bytes),
      joined_(prepared.plan.joined_bytes),
      pooled_(prepared.plan.pooled.bytes()),
      logits_(chunks_of(prepared, prepared.plan.layers.size() - 1) * prepared.geometry.chunk *
              sizeof(std::int32_t)),
      some_(prepared.plan.pooled.order.size()),
      sums_(prepared.plan.pooled.order.size()) {
  std::size_t next = 0;
  for (const MapPlan& map : prepared.plan.maps) {
    if (map.buffer != next) continue;
    ++next;
    fill_border(map, buffers_.emplace_back(map.bytes()).data());
  }
}

std::uint8_t* Maps::map(const Prepared& prepared, std::size_t i) {
  const MapPlan& plan = prepared.plan.maps[i];
  return buffers_[plan.buffer].data() + plan.origin();
}

void Maps::load(const Prepared& prepared, std::span<const std::uint8_t> image) {
  const MapPlan& plan = prepared.plan.maps[0];
  const std::size_t s = prepared.input.reshape_stride;
  const auto pixel = static_cast<std::size_t>(plan.pitch.pixel);
  for (std::size_t p = 0; p < plan.order.size(); ++p) {
    const std::size_t channel = plan.order[p] / (s * s);
    const std::size_t row = plan.order[p] / s % s;
    const std::size_t column = plan.order[p] % s;
    std::uint8_t* to = map(prepared, 0) + p;
    for (std::size_t y = 0; y < plan.height; ++y) {
      const std::uint8_t* from =
          image.data() + (channel * prepared.input.height + y * s + row) * prepared.input.width +
          column;
      std::uint8_t* to_row = to + y * plan.row_bytes();
      for (std::size_t x = 0; x < plan.width; ++x) to_row[x * pixel] = from[x * s];
    }
  }
}

void Maps::join(const Prepared& prepared, std::size_t i, std::size_t begin, std::size_t end) {
  const LayerPlan& layer = prepared.plan.layers[i];
  std::uint8_t* const joined = joined_.data() + kSlack;
  std::size_t first = 0;  // column of the part
  for (const JoinedColumns::Part& part : layer.joined->parts) {
    const std::uint8_t* const from = map(prepared, part.map);
    for (std::size_t y = begin; y < end; ++y) {
      for (std::size_t x = 0; x < layer.width; ++x) {
        const std::uint8_t* const pixel = from + part.pitch.at(y, x);
        std::uint8_t* const to = joined + layer.input.at(y, x) + first;
        for (std::size_t m = 0; m < part.columns.size(); ++m) to[m] = pixel[part.columns[m]];
      }
    }
    first += part.columns.size();
  }
}

std::uint8_t* Maps::input(const Prepared& prepared, std::size_t i) {
  const LayerPlan& layer = prepared.plan.layers[i];
  if (layer.joined) return joined_.data() + kSlack;
  return layer.linear ? classifier_input(prepared) : map(prepared, layer.map);
}

std::uint8_t* Maps::activations(const Prepared& prepared, std::size_t i) {
  return prepared.plan.layers[i].pooling ? activations_.data() + kSlack : map(prepared, i + 1);
}

void Maps::look_up(const Prepared& prepared, std::size_t i, const Part& part) {
  const LayerPlan& layer = prepared.plan.layers[i];
  const std::size_t begin = part.chunk_begin * prepared.geometry.chunk;
  const std::size_t end = std::min(part.chunk_end * prepared.geometry.chunk, layer.rows);
  std::uint8_t* const map = activations(prepared, i);
  for (std::size_t p = part.pixel_begin; p < part.pixel_end;) {  // row by row of the map
    const std::size_t x = p % layer.width;
    const std::size_t pixels = std::min(layer.width - x, part.pixel_end - p);
    std::uint8_t* const first =
        map + layer.output.at(p / layer.width, x) + static_cast<std::ptrdiff_t>(begin);
    const ByteRuns runs{first, pixels, layer.output.pixel, end - begin};
    if (layer.table) {
      supported_look_ups().front().run(*layer.table, runs);
    } else {
      look_up_by_row(std::span(layer.row_tables).subspan(begin, end - begin), runs);
    }
    p += pixels;
  }
}

void Maps::pool_windows(const Prepared& prepared, std::size_t i, std::size_t begin,
                        std::size_t end) {
  const LayerPlan& layer = prepared.plan.layers[i];
  const PoolingWindow& pooling = *layer.pooling;
  const MapPlan& out = prepared.plan.maps[i + 1];
  const std::size_t height = layer.pixels / layer.width;
  const PoolingSide vertical = pooling.vertical();
  const PoolingSide horizontal = pooling.horizontal();
  const auto bytes = static_cast<std::size_t>(out.pitch.pixel);
  std::vector<std::uint32_t> sums(bytes);
  for (std::size_t y = begin; y < end; ++y) {
    for (std::size_t x = 0; x < pooling.out_width; ++x) {
      std::uint8_t* const to = map(prepared, i + 1) + out.pitch.at(y, x);
      std::ranges::fill(sums, 0);
      std::fill_n(to, bytes, std::uint8_t{0});
      for (std::size_t r = vertical.begin(y); r < vertical.end(y, height); ++r) {
        for (std::size_t s = horizontal.begin(x); s < horizontal.end(x, layer.width); ++s) {
          const std::uint8_t* const from = activations(prepared, i) + layer.output.at(r, s);
          if (pooling.kind == PoolingKind::kMax) {
            for (std::size_t p = 0; p < bytes; ++p) to[p] = std::max(to[p], from[p]);
          } else {
            for (std::size_t p = 0; p < bytes; ++p) sums[p] += from[p];
          }
        }
      }
      if (pooling.kind == PoolingKind::kMax) continue;
      const auto divisor = static_cast<std::uint32_t>(pooling.divisor(y, x, height, layer.width));
      for (std::size_t p = 0; p < bytes; ++p)
        to[p] = static_cast<std::uint8_t>((2 * sums[p] + divisor) / (2 * divisor));
    }
  }
}

void Maps::pool(const Prepared& prepared) {
  constexpr std::size_t kMost = 257;  // bytes whose sum fits 16 bits
  const MapPlan& plan = prepared.plan.maps.back();
  const std::uint8_t* last = map(prepared, prepared.plan.maps.size() - 1);
  const std::size_t pixels = plan.height * plan.width;
  std::ranges::fill(sums_, 0);
  for (std::size_t begin = 0; begin < pixels; begin += kMost) {
    std::ranges::fill(some_, 0);
    for (std::size_t i = begin; i < std::min(begin + kMost, pixels); ++i) {
      const std::uint8_t* from = last + plan.pitch.at(i / plan.width, i % plan.width);
      for (std::size_t p = 0; p < some_.size(); ++p)
        some_[p] = static_cast<std::uint16_t>(some_[p] + from[p]);
    }
    for (std::size_t p = 0; p < some_.size(); ++p) sums_[p] += some_[p];
  }
  for (std::size_t p = 0; p < sums_.size(); ++p) {
    classifier_input(prepared)[p] =
        semantics::pool(sums_[p], pixels, prepared.pooling_fraction_bits);
  }
}

void Maps::copy_pool_sums(const Prepared& prepared, std::span<std::uint64_t> sums) const {
  for (std::size_t p = 0; p < sums_.size(); ++p) sums[prepared.plan.pooled.order[p]] = sums_[p];
}

std::size_t most_parts(const Prepared& prepared, std::size_t i, std::size_t wanted) {
  const Bands bands = bands_of(prepared, i, wanted);
  return bands.pixels * bands.rows;
}

Part share(const Prepared& prepared, std::size_t i, std::size_t part, std::size_t parts) {
  const Bands bands = bands_of(prepared, i, parts);
  const std::size_t band = part / bands.rows;
  const std::size_t row_band = part % bands.rows;
  const std::size_t tiles = tiles_of(prepared, i);
  const std::size_t chunks = chunks_of(prepared, i);
  Part result;
  result.pixel_begin = band * tiles / bands.pixels * kTile;
  result.pixel_end =
      std::min((band + 1) * tiles / bands.pixels * kTile, prepared.plan.layers[i].pixels);
  result.chunk_begin = row_band * chunks / bands.rows;
  result.chunk_end = (row_band + 1) * chunks / bands.rows;
  return result;
}

}  // namespace colcomb::inference
