#include "colcomb/report/simulation_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

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
          ? fmt::format("an array per layer, cross-layer pipelined, {} cells in all, ",
                        result.total.array_cells)
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

}  // namespace

std::string simulation_table(const SimulationResult& result) {
  Lines lines = {{"layer", "filters x groups", "tiles", "clocks", "of all", "compute", "fill",
                  "drain", "weights", "stall", "cells used"}};
  const std::uint64_t images = std::max<std::uint64_t>(1, result.images);
  const auto tiles = [&](const SimulatedPart& part) {
    if (result.config.cross_layer) return fmt::to_string(part.activity.tiles);
    return fmt::to_string(part.activity.tiles * result.config.batch / images);
  };
  const std::uint64_t all = result.total.cycles.total();
  for (const SimulatedPart& layer : result.layers)
    lines.push_back(clock_line({layer.name, shape(layer), tiles(layer)}, layer, all));
  lines.push_back(clock_line({"total", "", tiles(result.total)}, result.total, all));
  std::string text = heading(result) + format_table(lines, true);
  for (const SimulatedPart& layer : result.layers)
    text += fmt::format("{}: {}\n", layer.name, layer.advice);
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
  Lines lines = {{"layer", "MACs", "useful", "data read", "data written", "residual read",
                  "partial read", "partial written", "weights shifted", "memory read",
                  "memory written"}};
  const auto append = [&lines](const SimulatedPart& part) {
    const ActivityCount& a = part.activity;
    const std::uint64_t macs = a.useful_macs + a.wasted_macs;
    std::vector<std::string> line = {part.name, fmt::to_string(macs), share(a.useful_macs, macs)};
    for (const std::uint64_t bytes :
         {a.data_read_bytes, a.data_write_bytes, a.residual_read_bytes, a.partial_read_bytes,
          a.partial_write_bytes, (a.weight_load_bits + 7) / 8, a.memory_read_bytes,
          a.memory_write_bytes}) {
      line.push_back(fmt::to_string(bytes));
    }
    lines.push_back(std::move(line));
  };
  for (const SimulatedPart& layer : result.layers) append(layer);
  append(result.total);
  return "bytes over all images:\n" + format_table(lines, true);
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
  std::string text =
      "layer,tile,rows,groups,array_cells,cells,nonzeros,clocks,compute,fill,drain,weight_load,"
      "stall,tiles,words,useful_macs,wasted_macs,data_read_bytes,data_write_bytes,"
      "residual_read_bytes,partial_read_bytes,partial_write_bytes,weight_load_bits,"
      "memory_read_bytes,memory_write_bytes\n";
  const auto append = [&text](const SimulatedPart& p) {
    const CycleCount& c = p.cycles;
    const ActivityCount& a = p.activity;
    text += fmt::format(
        "{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{},{}\n", p.name,
        p.tile ? fmt::to_string(*p.tile) : "", p.rows, p.groups, p.array_cells, p.cells, p.nonzeros,
        c.total(), c.compute, c.fill, c.drain, c.weight_load, c.stall, a.tiles, a.words,
        a.useful_macs, a.wasted_macs, a.data_read_bytes, a.data_write_bytes, a.residual_read_bytes,
        a.partial_read_bytes, a.partial_write_bytes, a.weight_load_bits, a.memory_read_bytes,
        a.memory_write_bytes);
  };
  for (const SimulatedPart& part : tiles ? result.tiles : result.layers) append(part);
  append(result.total);
  return text;
}

}  // namespace colcomb::report
