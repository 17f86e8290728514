#include "colcomb/interchange/export_steps.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace colcomb::interchange {
namespace {

template <class T>
std::string with_border(OnnxWriter& writer, const std::string& name, const std::string& map,
                        const Layout& layout, const Border& border, T value) {
  Dimensions pads(8, 0);
  const auto at = [&pads](std::int64_t axis) -> std::int64_t& {
    return pads[static_cast<std::size_t>(axis)];
  };
  at(layout.y) = border.top;
  at(layout.x) = border.left;
  at(4 + layout.y) = border.bottom;
  at(4 + layout.x) = border.right;
  return writer.node(
      "Pad", name,
      {map, writer.constant(name + ".pads", pads), writer.scalar(name + ".value", value)});
}

}  // namespace

std::string reshaped_image(OnnxWriter& writer, const std::string& image,
                           const InputDescription& input, const Layout& layout) {
  const bool last = layout.channel == 3;
  const auto s = static_cast<std::int64_t>(input.reshape_stride);
  if (s == 1) {
    if (!last) return image;
    return writer.node("Transpose", "input.channels_last", {image},
                       {{"perm", Dimensions{0, 2, 3, 1}}});
  }
  const auto channels = static_cast<std::int64_t>(input.channels);
  const std::int64_t height = static_cast<std::int64_t>(input.height) / s;
  const std::int64_t width = static_cast<std::int64_t>(input.width) / s;
  // 0 keeps the batch as it is. SpaceToDepth would order the channels otherwise: (dy, dx, channel).
  const std::string split = writer.node(
      "Reshape", "input.blocks",
      {image, writer.constant("input.blocks.shape", Dimensions{0, channels, height, s, width, s})});
  const std::string turned =
      writer.node("Transpose", "input.checkerboard", {split},
                  {{"perm", last ? Dimensions{0, 2, 4, 1, 3, 5} : Dimensions{0, 1, 3, 5, 2, 4}}});
  const Dimensions shape = last ? Dimensions{0, height, width, channels * s * s}
                                : Dimensions{0, channels * s * s, height, width};
  return writer.node("Reshape", "input.reshaped",
                     {turned, writer.constant("input.reshaped.shape", shape)});
}

template <class T>
std::string bordered(OnnxWriter& writer, const std::string& name, const std::string& map,
                     const Layout& layout, const Border& border, const std::vector<T>& values) {
  if (border.top + border.bottom + border.left + border.right == 0) return map;
  // Pad takes one value: channels go in runs of equal ones.
  std::vector<T> run_values;
  Dimensions run_lengths;
  for (const T value : values) {
    if (run_values.empty() || run_values.back() != value) {
      run_values.push_back(value);
      run_lengths.push_back(0);
    }
    ++run_lengths.back();
  }
  if (run_values.size() == 1)
    return with_border(writer, name, map, layout, border, run_values.front());
  std::vector<std::string> parts;
  std::int64_t first = 0;
  for (std::size_t r = 0; r < run_values.size(); ++r) {
    const std::string part = fmt::format("{}{}", name, r);
    const std::int64_t end = first + run_lengths[r];
    const std::string channels =
        writer.node("Slice", part + ".channels",
                    {map, writer.constant(part + ".first", Dimensions{first}),
                     writer.constant(part + ".end", Dimensions{end}),
                     writer.constant(part + ".axis", Dimensions{layout.channel})});
    parts.push_back(with_border(writer, part, channels, layout, border, run_values[r]));
    first = end;
  }
  return writer.node("Concat", name, parts, {{"axis", layout.channel}});
}

template std::string bordered(OnnxWriter&, const std::string&, const std::string&, const Layout&,
                              const Border&, const std::vector<std::uint8_t>&);
template std::string bordered(OnnxWriter&, const std::string&, const std::string&, const Layout&,
                              const Border&, const std::vector<float>&);

std::string strided(OnnxWriter& writer, const std::string& name, const std::string& map,
                    const Layout& layout, std::size_t stride, const LayerDescription& source,
                    const LayerDescription& reader) {
  if (stride == 1 && source.out_height() == reader.sum_height() &&
      source.out_width() == reader.sum_width()) {
    return map;
  }
  const auto step = static_cast<std::int64_t>(stride);
  const auto end = [step](std::size_t count) {
    return static_cast<std::int64_t>(count - 1) * step + 1;
  };
  return writer.node("Slice", name,
                     {map, writer.constant(name + ".first", Dimensions{0, 0}),
                      writer.constant(name + ".end", Dimensions{end(reader.sum_height()),
                                                                end(reader.sum_width())}),
                      writer.constant(name + ".axes", Dimensions{layout.y, layout.x}),
                      writer.constant(name + ".steps", Dimensions{step, step})});
}

WindowPads window_pads(const LayerDescription& layer) {
  const PoolingWindow& pooling = *layer.pooling;
  const auto behind = [](const PoolingSide& side, std::size_t size) {
    const std::size_t end = side.last(side.out - 1) + 1;
    return static_cast<std::int64_t>(end > size ? end - size : 0);
  };
  const std::int64_t top = static_cast<std::int64_t>(pooling.pad_top);
  const std::int64_t left = static_cast<std::int64_t>(pooling.pad_left);
  return {{static_cast<std::int64_t>(pooling.kernel_height),
           static_cast<std::int64_t>(pooling.kernel_width)},
          {static_cast<std::int64_t>(pooling.stride), static_cast<std::int64_t>(pooling.stride)},
          {top, left, behind(pooling.vertical(), layer.sum_height()),
           behind(pooling.horizontal(), layer.sum_width())}};
}

std::string first_windows(OnnxWriter& writer, const std::string& name, const std::string& map,
                          const LayerDescription& layer) {
  const PoolingWindow& pooling = *layer.pooling;
  const auto windows = [](const PoolingSide& side, std::size_t size) {
    const std::size_t end = std::max(side.last(side.out - 1) + 1, size);
    return (end + side.padding - side.kernel) / side.stride + 1;
  };
  if (windows(pooling.vertical(), layer.sum_height()) == pooling.out_height &&
      windows(pooling.horizontal(), layer.sum_width()) == pooling.out_width)
    return map;
  return writer.node(
      "Slice", name,
      {map, writer.constant(name + ".first", Dimensions{0, 0}),
       writer.constant(name + ".end", Dimensions{static_cast<std::int64_t>(pooling.out_height),
                                                 static_cast<std::int64_t>(pooling.out_width)}),
       writer.constant(name + ".axes", Dimensions{2, 3})});
}

PooledMap pooled_map(const NetworkDescription& network) {
  const LayerDescription& last = network.hidden.back();
  return {last.out_channels, last.out_height() * last.out_width()};
}

}  // namespace colcomb::interchange
