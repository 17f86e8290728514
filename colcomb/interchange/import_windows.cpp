// Where the windows of convolutions and poolings lie, and the poolings.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "colcomb/base/arithmetic.hpp"
#include "colcomb/interchange/constants.hpp"
#include "colcomb/interchange/import_graph.hpp"

namespace colcomb::interchange {
namespace {

std::size_t bounded(const char* what, std::int64_t value, std::int64_t least, std::int64_t most) {
  if (value < least || value > most)
    throw Unsupported{fmt::format("{} is {}: must be {} to {}", what, value, least, most)};
  return static_cast<std::size_t>(value);
}

std::pair<std::size_t, std::size_t> pair_of(const char* what, const std::vector<std::int64_t>& list,
                                            std::int64_t least, std::int64_t most) {
  if (list.size() != 2) {
    throw Unsupported{
        fmt::format("{} has {} values: must have 2, for height and width", what, list.size())};
  }
  return {bounded(what, list[0], least, most), bounded(what, list[1], least, most)};
}

enum class AutoPad { kNone, kUpper, kLower };

/// One side of the windows.
struct Side {
  std::size_t in = 0;  // without padding
  std::size_t kernel = 1, dilation = 1, stride = 1;
  std::size_t before = 0, behind = 0;  // padding
  std::size_t out = 0;
  bool overhangs = false;

  void place(AutoPad automatic, bool ceil_mode) {
    const std::size_t extent = (kernel - 1) * dilation + 1;
    if (extent > 1024)
      throw Unsupported{fmt::format("its taps reach over {} pixels: at most 1024", extent)};
    if (automatic != AutoPad::kNone) {
      const std::size_t padded = before + in + behind;
      out = ceil_divide(padded, stride);
      const std::size_t covered = (out - 1) * stride + extent;
      const std::size_t missing = covered > padded ? covered - padded : 0;
      before += automatic == AutoPad::kLower ? missing - missing / 2 : missing / 2;
      behind += automatic == AutoPad::kLower ? missing / 2 : missing - missing / 2;
    } else {
      const std::size_t padded = before + in + behind;
      if (padded < extent) {
        throw Unsupported{
            fmt::format("its window of {} is larger than the padded map of {}", extent, padded)};
      }
      out = (padded - extent) / stride + 1;
      const bool remainder = (padded - extent) % stride != 0;
      // A window that would begin in the padding behind the map is left out.
      if (ceil_mode && remainder && out * stride < in + before) ++out;
    }
    overhangs = (out - 1) * stride + extent > before + in + behind;
    bounded("padding", static_cast<std::int64_t>(before), 0, 255);
    bounded("output side", static_cast<std::int64_t>(out), 1, 1 << 14);
  }
};

}  // namespace

GraphImporter::Geometry GraphImporter::geometry(const OnnxNode& node, const Shape& in,
                                                const Padding& around,
                                                std::vector<std::int64_t> kernel) const {
  const auto [kernel_height, kernel_width] = pair_of("kernel_shape", kernel, 1, 256);
  const auto [dilation_height, dilation_width] =
      pair_of("dilations", list(node, "dilations", {1, 1}), 1, 1024);
  const auto [stride_y, stride_x] = pair_of("strides", list(node, "strides", {1, 1}), 1, 64);
  if (stride_y != stride_x) {
    throw Unsupported{fmt::format("strides are {} and {}: must be equal", stride_y, stride_x)};
  }
  const std::vector<std::int64_t> pads = list(node, "pads", {0, 0, 0, 0});
  if (pads.size() != 4)
    throw Unsupported{fmt::format("pads has {} values: must have 4", pads.size())};
  std::size_t given[4];
  for (std::size_t i = 0; i < 4; ++i) given[i] = bounded("pads", pads[i], 0, 255);
  const std::string mode = text(node, "auto_pad", "NOTSET");
  if (mode != "NOTSET" && mode != "VALID" && mode != "SAME_UPPER" && mode != "SAME_LOWER")
    throw Unsupported{"auto_pad must be NOTSET, VALID, SAME_UPPER or SAME_LOWER"};
  if (mode != "NOTSET") std::fill(std::begin(given), std::end(given), std::size_t{0});
  const AutoPad automatic = mode == "SAME_UPPER"   ? AutoPad::kUpper
                            : mode == "SAME_LOWER" ? AutoPad::kLower
                                                   : AutoPad::kNone;
  const bool ceil_mode = integer(node, "ceil_mode", 0) != 0;
  Side y{in.height,
         kernel_height,
         dilation_height,
         stride_y,
         around.top + given[0],
         around.bottom + given[2],
         0,
         false};
  Side x{in.width,
         kernel_width,
         dilation_width,
         stride_x,
         around.left + given[1],
         around.right + given[3],
         0,
         false};
  y.place(automatic, ceil_mode);
  x.place(automatic, ceil_mode);
  return {{kernel_height, kernel_width, dilation_height, dilation_width, y.before, x.before, y.out,
           x.out},
          stride_y,
          y.behind,
          x.behind,
          y.overhangs || x.overhangs};
}

namespace {

std::string in_words(const PoolingWindow& p) {
  return fmt::format("{} x {} windows, stride {}", p.kernel_height, p.kernel_width, p.stride);
}

PoolingWindow pooling_of(PoolingKind kind, const Window& w, std::size_t stride) {
  if (w.dilation_height != 1 || w.dilation_width != 1)
    throw Unsupported{"dilations of a pooling must be 1"};
  return {kind,      w.kernel_height, w.kernel_width, stride,
          w.pad_top, w.pad_left,      w.out_height,   w.out_width};
}

/// Whether each window is one pixel of the map, which is then what comes out.
bool changes_nothing(const PoolingWindow& p, const Shape& padded) {
  return p.kernel_height == 1 && p.kernel_width == 1 && p.stride == 1 &&
         p.out_height == padded.height && p.out_width == padded.width;
}

/// A maximum or mean over padding alone has no value.
void require_pixels(const PoolingWindow& p, const Shape& in) {
  if (p.pad_top < p.kernel_height && p.pad_left < p.kernel_width &&
      (p.out_height - 1) * p.stride < in.height + p.pad_top &&
      (p.out_width - 1) * p.stride < in.width + p.pad_left)
    return;
  throw Unsupported{"a window lies in the padding alone"};
}

}  // namespace

std::string GraphImporter::max_pool(const OnnxNode& node) {
  const Value& value = input(node, 0);
  require_map(value.shape);
  Value result = value;
  const auto* map = std::get_if<MapValue>(&value.content);
  const Padding around = map == nullptr ? Padding{} : map->padding;
  Shape in = value.shape;
  in.height -= around.top + around.bottom;
  in.width -= around.left + around.right;
  const Geometry g = geometry(node, in, around, list(node, "kernel_shape", {}));
  const PoolingWindow pooling = pooling_of(PoolingKind::kMax, g.window, g.stride);
  if (changes_nothing(pooling, value.shape)) return pass_through(node);
  require_pixels(pooling, in);
  result.shape.height = pooling.out_height;
  result.shape.width = pooling.out_width;
  std::string what = "maxima of " + in_words(pooling);
  if (auto* product = std::get_if<Product>(&result.content)) {
    product->poolings.push_back(pooling);
    what += ", taken after the ReLU that must follow";
  } else {
    const MapValue from = map_input(node, 0);
    if (!from.layer || from.averaged)
      throw Unsupported{"takes maxima of the image or of a mean: must read a layer's map"};
    result.content = chain_.append_pooling(node.name, from.unpadded(), pooling);
  }
  give(node, std::move(result));
  return what;
}

std::string GraphImporter::average_pool(const OnnxNode& node) {
  const Value& value = input(node, 0);
  require_map(value.shape);
  const auto* map = std::get_if<MapValue>(&value.content);
  const Padding around = map == nullptr ? Padding{} : map->padding;
  Shape in = value.shape;
  in.height -= around.top + around.bottom;
  in.width -= around.left + around.right;
  const Geometry g = geometry(node, in, around, list(node, "kernel_shape", {}));
  PoolingWindow pooling = pooling_of(PoolingKind::kMean, g.window, g.stride);
  if (changes_nothing(pooling, value.shape)) return pass_through(node);
  const bool padded = g.window.pad_top + g.window.pad_left + g.pad_bottom + g.pad_right > 0;
  if (!padded && pooling.kernel_height == in.height && pooling.kernel_width == in.width &&
      !g.overhangs)
    return average_over_map(node, true);
  const MapValue from = map_input(node, 0);
  if (!from.layer || from.averaged)
    throw Unsupported{"takes means of the image or of a mean: must read a layer's map"};
  const bool own_padding = g.window.pad_top > around.top || g.window.pad_left > around.left ||
                           g.pad_bottom > around.bottom || g.pad_right > around.right;
  require_pixels(pooling, in);
  // Pixels of a Pad node count, those of the pooling's own padding if it says so, and what
  // ceil_mode adds never does.
  const bool counts_own = integer(node, "count_include_pad", 0) != 0;
  pooling.count_padding = padded && (around.any() || counts_own);
  if (pooling.count_padding && (g.overhangs || (own_padding && !counts_own))) {
    throw Unsupported{"some of its padding counts as pixels and some does not: all or none must"};
  }
  Value result = value;
  result.shape.height = pooling.out_height;
  result.shape.width = pooling.out_width;
  result.content = chain_.append_pooling(node.name, from.unpadded(), pooling);
  give(node, std::move(result));
  return "means of " + in_words(pooling);
}

/// Whether the mean of the product is the product of the mean.
bool GraphImporter::commutes_with_mean(const Product& product, const Shape& shape) const {
  const Window& w = product.window;
  if (std::isfinite(product.upper) || w.kernel_height * w.kernel_width != 1 ||
      product.stride != 1 || w.pad_top + w.pad_left > 0 || w.out_height != shape.height ||
      w.out_width != shape.width || product.residual || !product.more.empty() ||
      !product.poolings.empty() || !product.source.layer || product.source.padding.any())
    return false;
  const Shape in = chain_.shape_of(product.source);
  return in.height == w.out_height && in.width == w.out_width;
}

std::string GraphImporter::average_over_map(const OnnxNode& node, bool keeps_map) {
  Value result = input(node, 0);
  auto* const product = std::get_if<Product>(&result.content);
  if (product != nullptr && commutes_with_mean(*product, result.shape)) {
    product->source.averaged = true;
    product->window = {};
  } else {
    MapValue map = map_input(node, 0);
    if (!map.layer || map.padding.any())
      throw Unsupported{"takes the mean of the image or of a padded map: must read a layer"};
    map.averaged = true;
    result.content = map;
  }
  result.shape.height = result.shape.width = 1;
  if (!keeps_map) result.shape.order = Order::kVector;
  give(node, std::move(result));
  return "mean over the map";
}

std::string GraphImporter::global_average_pool(const OnnxNode& node) {
  require_map(input(node, 0).shape);
  return average_over_map(node, true);
}

/// Whether the node reduces height and width alone.
bool GraphImporter::over_pixels(const OnnxNode& node, const Shape& shape) const {
  std::vector<std::int64_t> axes = has_input(node, 1) ? integers(node, 1) : list(node, "axes", {});
  for (std::int64_t& axis : axes) axis = static_cast<std::int64_t>(axis_of(axis, 4));
  std::ranges::sort(axes);
  return (shape.order == Order::kChannelsFirst && axes == std::vector<std::int64_t>{2, 3}) ||
         (shape.order == Order::kChannelsLast && axes == std::vector<std::int64_t>{1, 2});
}

std::string GraphImporter::reduce_mean(const OnnxNode& node) {
  if (!over_pixels(node, input(node, 0).shape))
    throw Unsupported{"axes must be those of height and width"};
  return average_over_map(node, integer(node, "keepdims", 1) != 0);
}

std::string GraphImporter::maxima_over_map(const OnnxNode& node, bool keeps_map) {
  Value result = input(node, 0);
  const auto* map = std::get_if<MapValue>(&result.content);
  constexpr std::size_t kMost = 256;
  if (map != nullptr && map->padding.any()) throw Unsupported{"takes maxima of a padded map"};
  if (result.shape.height > kMost || result.shape.width > kMost) {
    throw Unsupported{fmt::format("takes maxima over {} x {} pixels: at most {} x {}",
                                  result.shape.height, result.shape.width, kMost, kMost)};
  }
  const PoolingWindow pooling{.kernel_height = result.shape.height,
                              .kernel_width = result.shape.width};
  if (pooling.kernel_height * pooling.kernel_width > 1) {
    if (auto* product = std::get_if<Product>(&result.content)) {
      product->poolings.push_back(pooling);
    } else {
      const MapValue from = map_input(node, 0);
      if (!from.layer || from.averaged)
        throw Unsupported{"takes maxima of the image or of a mean: must read a layer's map"};
      result.content = chain_.append_pooling(node.name, from, pooling);
    }
  }
  result.shape.height = result.shape.width = 1;
  if (!keeps_map) result.shape.order = Order::kVector;
  give(node, std::move(result));
  return "maxima over the map";
}

std::string GraphImporter::global_max_pool(const OnnxNode& node) {
  require_map(input(node, 0).shape);
  return maxima_over_map(node, true);
}

std::string GraphImporter::reduce_max(const OnnxNode& node) {
  if (!over_pixels(node, input(node, 0).shape))
    throw Unsupported{"axes must be those of height and width"};
  return maxima_over_map(node, integer(node, "keepdims", 1) != 0);
}

}  // namespace colcomb::interchange
