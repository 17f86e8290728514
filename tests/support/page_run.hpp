#pragma once

#include <fmt/format.h>

#include <filesystem>
#include <string>

#include "colcomb/artifacts/run_report.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/report/json.hpp"
#include "colcomb/stages/cost.hpp"
#include "colcomb/stages/simulate.hpp"
#include "tests/support/block_network.hpp"

namespace colcomb::tests {

/// Groups of up to 8 columns; layer 1 is called what a page must not take for markup.
inline QuantizedNetwork page_network() {
  BlockNetwork blocks;
  blocks.filters = {8, 24};
  blocks.layers = {1, 2};
  blocks.strides = {1, 2};
  blocks.alphas = {4, 8};
  blocks.channels = 2;
  blocks.side = 8;
  QuantizedNetwork network = filled_block_network(blocks, 7);
  network.description.hidden[1].name = "<script>alert(1)</script>";
  network.description.data.name = "made <b>up</b>";
  for (std::size_t i = 0; i < network.description.input.size(); ++i)
    network.samples.pixels.push_back(static_cast<std::uint8_t>(17 * i % 251));
  network.samples.labels = {3};
  network.origin = "made for a test & <nothing> else";
  return network;
}

inline ArrayConfig page_array() {
  ArrayConfig array;
  array.name = "8x8";
  array.rows = array.columns = 8;
  return array;
}

inline LayerReport page_layer(const LayerDescription& description, const QuantizedLayer& layer) {
  LayerReport report;
  report.name = description.name;
  report.rows = layer.weights.rows();
  report.columns = layer.weights.columns;
  report.alpha = description.alpha;
  report.nonzeros_before = report.rows * report.columns;
  report.nonzeros = count_nonzeros(layer.weights.values);
  report.groups = layer.weights.groups.size();
  report.utilization = 0.75;
  report.retained_magnitude = 0.625;
  if (report.columns > 2) report.retained_magnitude_bound = 0.75;
  report.tiles_before = 5;
  report.tiles = 2;
  return report;
}

/// What `colcomb run` would leave in a folder, without its training: the figures of training are
/// made up, those of the array computed.
inline RunReport write_page_run(const QuantizedNetwork& network,
                                const std::filesystem::path& folder,
                                const ArrayConfig& array = page_array()) {
  std::filesystem::create_directories(folder);
  RunReport report;
  report.made_by = {"0.0.0", "colcomb run --out 'a b' <c>"};
  report.dataset = network.description.data.name;
  report.identity.add("seed", "1");
  report.identity.add("data.train", "96 images, digest 0123456789abcdef");
  report.combining.array_rows = report.combining.array_cols = 8;
  for (std::size_t i = 0; i < network.layer_count(); ++i) {
    report.combining.layers.push_back(page_layer(network.description.layer(i), network.layer(i)));
    LayerReport& total = report.combining.total;
    const LayerReport& layer = report.combining.layers.back();
    total.columns += layer.columns;
    total.groups += layer.groups;
    total.nonzeros += layer.nonzeros;
    total.nonzeros_before += layer.nonzeros_before;
    total.tiles += layer.tiles;
    total.tiles_before += layer.tiles_before;
  }
  report.combining.total.utilization = 0.75;
  report.float_accuracy = report.fake_quantized_accuracy = {200, 161, 190};
  report.integer_accuracy = {200, 160, 190};
  report.train_seconds = 75;
  stages::SimulateOptions options;
  options.baselines = true;
  const std::vector<std::uint8_t> images(array.batch * network.description.input.size());
  const stages::SimulationRun run = stages::simulate(network, array, images, options);
  report.simulation = run.simulation.result;
  report.baselines = run.baselines;
  stages::CostStageOptions cost;
  cost.compare = true;
  stages::CostRun costed = stages::cost_of_network(network, array, cost);
  report.cost = std::move(costed.cost);
  report.cost_comparison = std::move(costed.comparison);

  save_packed_network(network, folder / "network.packed");
  write_file_atomically(folder / "report.json", std::string_view(report::to_json(report).dump(2)));
  std::string history;
  for (int epoch = 1; epoch <= 4; ++epoch) {
    history += fmt::format(
        "{{\"epoch\":{},\"test_top1\":{},\"validation_top1\":{},\"nonzeros\":{},"
        "\"utilization\":{}}}\n",
        epoch, 0.5 + 0.075 * epoch, epoch == 1 ? "null" : "0.625",
        epoch < 3 ? 700 - 100 * epoch : 500, 0.25 * epoch);
  }
  write_file_atomically(folder / "network.history.jsonl", std::string_view(history));
  write_file_atomically(folder / "timeline.json", std::string_view("{}"));
  return report;
}

}  // namespace colcomb::tests
