#include "colcomb/report/simulation_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

#include "colcomb/base/csv.hpp"
#include "colcomb/report/table.hpp"

namespace colcomb::report {
namespace {

using Lines = std::vector<std::vector<std::string>>;

std::string share(std::uint64_t part, std::uint64_t whole) {
  return whole > 0
             ? fmt::format("{:.1f}%", 100 * static_cast<double>(part) / static_cast<double>(whole))
             : "-";
}

std::string ratio(double value, double reference) {
  return reference > 0 ? fmt::format("{:.2f}x", value / reference) : "-";
}

std::string shape(const SimulatedPart& part) {
  return fmt::format("{} x {}", part.rows, part.groups);
}

/// Clocks and their parts; `first` are the line's first cells.
std::vector<std::string> clock_line(std::vector<std::string> first, const SimulatedPart& part,
                                    std::uint64_t all) {
  const CycleCount& cycles = part.cycles;
  const std::uint64_t total = cycles.total();
  for (std::string& cell : std::vector<std::string>{
           fmt::to_string(total), share(total, all), share(cycles.compute, total),
           share(cycles.fill, total), share(cycles.drain, total), share(cycles.weight_load, total),
           share(cycles.stall, total), share(part.nonzeros, part.cells)}) {
    first.push_back(std::move(cell));
  }
  return first;
}

std::string milliseconds(double seconds) {
  return seconds < 1e-3 ? fmt::format("{:.2f} us", 1e6 * seconds)
                        : fmt::format("{:.3f} ms", 1e3 * seconds);
}

std::string heading(const SimulationResult& result) {
  const ArrayConfig& config = result.config;
  std::string text =
      config.cross_layer
          ? fmt::format(
                "an array per layer, cross-layer pipelined, {} cells and {} bytes of line buffers "
                "in all, ",
                result.total.array_cells, result.total.line_buffer_bytes)
          : fmt::format("{} x {} array, {}, batch {}, ", config.rows, config.columns,
                        name_of(config.order), config.batch);
  text += fmt::format("alpha {}, {} cells, {} bits, {} MHz ({} engine, {} image{})\n", config.alpha,
                      name_of(config.cell), config.accumulation_bits, config.clock_mhz,
                      result.engine, result.images, result.images == 1 ? "" : "s");
  text += fmt::format("latency {} clocks = {}; one {} every {} clocks: {:.1f} frames/s\n",
                      result.latency, milliseconds(result.latency_seconds()),
                      config.batch == 1 ? "image" : "batch", result.interval,
                      result.frames_per_second());
  if (result.configuration > 0)
    text += fmt::format("before clock 0: {} clocks to load all arrays\n", result.configuration);
  return text;
}

/// Counts of what moves, given in bytes.
bool is_traffic(const ActivityCounter& counter) {
  const std::string_view unit = counter.unit;
  return unit == "bytes" || unit == "bits";
}

/// The counter's name without its unit.
std::string heading_of(const ActivityCounter& counter) {
  std::string heading = counter.name;
  heading.resize(heading.size() - std::string_view(counter.unit).size() - 1);
  std::ranges::replace(heading, '_', ' ');
  return heading;
}

std::uint64_t bytes_of(const ActivityCounter& counter, const ActivityCount& activity) {
  const std::uint64_t count = activity.*counter.count;
  return std::string_view(counter.unit) == "bits" ? (count + 7) / 8 : count;
}

}  // namespace

std::string simulation_table(const SimulationResult& result) {
  const bool cross_layer = result.config.cross_layer;
  Lines lines = {{"layer", "filters x groups", cross_layer ? "line buffer" : "tiles", "clocks",
                  "of all", "compute", "fill", "drain", "weights", "stall", "cells used"}};
  const std::uint64_t images = std::max<std::uint64_t>(1, result.images);
  const auto tiles = [&](const SimulatedPart& part) {
    if (cross_layer) return fmt::format("{} bytes", part.line_buffer_bytes);
    return fmt::to_string(part.activity.tiles * result.config.batch / images);
  };
  const std::uint64_t all = result.total.cycles.total();
  for (const SimulatedPart& layer : result.layers)
    lines.push_back(clock_line({layer.name, shape(layer), tiles(layer)}, layer, all));
  lines.push_back(clock_line({"total", "", tiles(result.total)}, result.total, all));
  std::string text = heading(result) + format_table(lines, true);
  for (const SimulatedPart& layer : result.layers) {
    text += fmt::format("{}: {}\n", layer.name,
                        layer.fixed
                            ? "a layer of fixed weights: its input again, for a pooling of its own"
                            : layer.advice);
  }
  return text;
}

std::string tile_table(const SimulationResult& result) {
  Lines lines = {{"layer", "tile", "rows x groups", "clocks", "of all", "compute", "fill", "drain",
                  "weights", "stall", "cells used"}};
  const std::uint64_t all = result.total.cycles.total();
  for (const SimulatedPart& tile : result.tiles) {
    lines.push_back(
        clock_line({tile.name, fmt::to_string(tile.tile.value_or(0)), shape(tile)}, tile, all));
  }
  return format_table(lines, false);
}

std::string activity_table(const SimulationResult& result) {
  std::vector<std::string> header = {"layer", "MACs", "useful"};
  for (const ActivityCounter& counter : activity_counters())
    if (is_traffic(counter)) header.push_back(heading_of(counter));
  Lines lines = {std::move(header)};
  const auto append = [&lines](const SimulatedPart& part) {
    const ActivityCount& activity = part.activity;
    const std::uint64_t macs = activity.useful_macs + activity.wasted_macs;
    std::vector<std::string> line = {part.name, fmt::to_string(macs),
                                     share(activity.useful_macs, macs)};
    for (const ActivityCounter& counter : activity_counters())
      if (is_traffic(counter)) line.push_back(fmt::to_string(bytes_of(counter, activity)));
    lines.push_back(std::move(line));
  };
  for (const SimulatedPart& layer : result.layers) append(layer);
  append(result.total);
  std::string text = "bytes over all images:\n" + format_table(lines, true);
  for (const ActivityCounter& counter : activity_counters())
    if (is_traffic(counter)) text += fmt::format("{}: {}\n", heading_of(counter), counter.sentence);
  return text;
}

std::string comparison_table(std::span<const NamedSimulation> runs) {
  Lines lines = {
      {"setting", "array cells", "tiles", "", "MACs used", "latency", "", "frames/s", ""}};
  const auto tiles = [](const SimulationResult& result) {
    return static_cast<double>(result.config.cross_layer ? result.layers.size()
                                                         : result.tiles.size());
  };
  for (const NamedSimulation& run : runs) {
    const SimulationResult& result = run.result;
    const SimulationResult& first = runs.front().result;
    const ActivityCount& activity = result.total.activity;
    lines.push_back({run.name, fmt::to_string(result.total.array_cells),
                     fmt::format("{:.0f}", tiles(result)), ratio(tiles(result), tiles(first)),
                     share(activity.useful_macs, activity.useful_macs + activity.wasted_macs),
                     milliseconds(result.latency_seconds()),
                     ratio(result.latency_seconds(), first.latency_seconds()),
                     fmt::format("{:.1f}", result.frames_per_second()),
                     ratio(result.frames_per_second(), first.frames_per_second())});
  }
  return format_table(lines, false);
}

std::string simulation_csv(const SimulationResult& result, bool tiles) {
  CsvRow header("layer", "tile", "rows", "groups", "array_cells", "cells", "nonzeros", "clocks");
  for (const CyclePart& part : cycle_parts()) header.add(part.name);
  for (const ActivityCounter& counter : activity_counters()) header.add(counter.name);
  std::string text = header.line();
  const auto append = [&text](const SimulatedPart& part) {
    CsvRow row(part.name, part.tile ? fmt::to_string(*part.tile) : "", part.rows, part.groups,
               part.array_cells, part.cells, part.nonzeros, part.cycles.total());
    for (const CyclePart& cycles : cycle_parts()) row.add(part.cycles.*cycles.count);
    for (const ActivityCounter& counter : activity_counters())
      row.add(part.activity.*counter.count);
    text += row.line();
  };
  for (const SimulatedPart& part : tiles ? result.tiles : result.layers) append(part);
  append(result.total);
  return text;
}

}  // namespace colcomb::report
