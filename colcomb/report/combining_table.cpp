#include "colcomb/report/combining_table.hpp"

#include <fmt/format.h>

#include <vector>

#include "colcomb/base/csv.hpp"
#include "colcomb/report/table.hpp"

namespace colcomb::report {
namespace {

using Cells = std::vector<std::string>;

Cells header(const CombiningReport& report) {
  return {"layer",
          "filters x columns",
          "alpha",
          "nonzeros",
          "kept",
          "groups",
          "utilization",
          "retained",
          fmt::format("tiles {} x {}", report.array_rows, report.array_cols),
          "MACs/image",
          "fewer"};
}

std::string reduction(double before, double after) {
  return after > 0 ? fmt::format("{:.2f}x", before / after) : "-";
}

Cells line_of(const LayerReport& layer, bool total) {
  const double kept = layer.nonzeros_before > 0 ? 100.0 * static_cast<double>(layer.nonzeros) /
                                                      static_cast<double>(layer.nonzeros_before)
                                                : 0.0;
  return {layer.name,
          total ? "" : fmt::format("{} x {}", layer.rows, layer.columns),
          total ? "" : fmt::to_string(layer.alpha),
          fmt::to_string(layer.nonzeros),
          fmt::format("{:.1f}%", kept),
          fmt::to_string(layer.groups),
          fmt::format("{:.1f}%", 100 * layer.utilization),
          fmt::format("{:.3f}", layer.retained_magnitude),
          fmt::format("{} -> {}", layer.tiles_before, layer.tiles),
          fmt::format("{} -> {}", layer.macs_before, layer.macs),
          reduction(static_cast<double>(layer.macs_before), static_cast<double>(layer.macs))};
}

}  // namespace

std::string combining_table(const CombiningReport& report) {
  std::vector<Cells> lines = {header(report)};
  for (const LayerReport& layer : report.layers) lines.push_back(line_of(layer, false));
  lines.push_back(line_of(report.total, true));
  return format_table(lines, true);
}

std::string combining_csv(const CombiningReport& report) {
  std::string text =
      CsvRow("layer", "rows", "columns", "alpha", "nonzeros_before", "nonzeros", "nonempty_rows",
             "groups", "utilization", "retained_magnitude", "retained_magnitude_bound",
             "tiles_before", "tiles", "pixels", "macs_before", "macs")
          .line();
  const auto append = [&text](const LayerReport& layer) {
    const std::string bound = layer.retained_magnitude_bound
                                  ? fmt::format("{}", *layer.retained_magnitude_bound)
                                  : std::string();
    text += CsvRow(layer.name, layer.rows, layer.columns, layer.alpha, layer.nonzeros_before,
                   layer.nonzeros, layer.nonempty_rows, layer.groups, layer.utilization,
                   layer.retained_magnitude, bound, layer.tiles_before, layer.tiles, layer.pixels,
                   layer.macs_before, layer.macs)
                .line();
  };
  for (const LayerReport& layer : report.layers) append(layer);
  append(report.total);
  return text;
}

}  // namespace colcomb::report
