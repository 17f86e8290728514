// The settings beside each other, and the machine's blocks with their traffic.
#include <fmt/format.h>

#include "colcomb/page/sections.hpp"

namespace colcomb::page {
namespace {

/// A block of the diagram: x, y, width and height of its box.
Json block(const char* id, const char* label, const std::string& size, const Json& box) {
  return {{"id", id}, {"label", label}, {"size", size}, {"box", box}};
}

std::string bytes_text(std::uint64_t bytes) {
  if (bytes >= 1024 && bytes % 1024 == 0) return fmt::format("{} KiB", bytes / 1024);
  return fmt::format("{} bytes", bytes);
}

/// The blocks of the machine that runs layer after layer.
Json layered_machine(const RunFolder& run) {
  const JsonReader report = run.read();
  const ArrayConfig& array = *run.array;
  const JsonReader activity = report["simulation"]["total"]["activity"];
  Json blocks = {
      block("dram", "DRAM", fmt::format("{} bytes a clock", array.dram_bytes_per_clock),
            {10, 20, 110, 340}),
      block("weight", "weight buffer", bytes_text(array.weight_bytes), {240, 20, 180, 56}),
      block("partial", "partial-sum buffer", bytes_text(array.partial_sum_bytes),
            {240, 100, 180, 56}),
      block("residual", "residual buffers",
            bytes_text(array.residual_bytes + array.residual_input_bytes), {240, 180, 180, 56}),
      block("data", "data buffer", bytes_text(array.data_bytes), {240, 260, 180, 56}),
      block("input", "input buffer", bytes_text(array.input_bytes), {240, 340, 180, 56}),
      block("array", fmt::format("{} × {} array", array.rows, array.columns).c_str(),
            fmt::format("{} cells, alpha {}", name_of(array.cell), array.alpha),
            {590, 100, 190, 220}),
      block("relu", "ReLU, quantization", fmt::format("{} rows", array.rows), {862, 180, 168, 64}),
      block("output", "output buffer", bytes_text(array.output_bytes), {862, 376, 168, 56}),
  };
  Json flows = Json::array();
  // Without `label` the counter is that of the flow before, which has both.
  const auto flow = [&](const char* from, const char* to, const char* counter, const Json& points,
                        const Json& label = nullptr) {
    Json one = {{"from", from}, {"to", to}, {"points", points}};
    if (counter != nullptr) {
      one["counter"] = counter;
      one["count"] = activity[counter].count();
    }
    if (!label.is_null()) one["label"] = label;
    flows.push_back(std::move(one));
  };
  flow("dram", "weight", "dram_read_bytes", {{120, 48}, {240, 48}}, {180, 40});
  flow("dram", "input", "dram_read_bytes", {{120, 352}, {240, 352}});
  flow("weight", "array", "weight_load_bits", {{420, 48}, {685, 48}, {685, 100}}, {505, 40});
  flow("partial", "array", "partial_sum_read_bytes", {{420, 116}, {590, 116}}, {505, 110});
  flow("array", "partial", "partial_sum_write_bytes", {{590, 146}, {420, 146}}, {505, 140});
  flow("residual", "array", "residual_read_bytes", {{420, 198}, {590, 198}}, {505, 192});
  flow("data", "array", "data_read_bytes", {{420, 276}, {590, 276}}, {505, 270});
  flow("input", "array", "data_read_bytes", {{420, 368}, {560, 368}, {560, 290}, {590, 290}});
  flow("array", "relu", nullptr, {{780, 212}, {862, 212}});
  flow("relu", "data", "data_write_bytes",
       {{880, 244}, {880, 340}, {460, 340}, {460, 300}, {420, 300}}, {700, 335});
  flow("relu", "residual", "residual_write_bytes",
       {{902, 244}, {902, 360}, {440, 360}, {440, 222}, {420, 222}}, {700, 355});
  flow("relu", "output", "output_write_bytes", {{1004, 244}, {1004, 376}}, {953, 320});
  flow("output", "dram", "dram_write_bytes", {{862, 418}, {65, 418}, {65, 360}}, {505, 412});
  return {
      {"blocks", blocks},
      {"flows", flows},
      {"sentence",
       "Sizes of the memories, and what moved between the blocks. DRAM's reads go to the weight "
       "and the input buffer, the array's words come from the data and the input buffer: each "
       "pair is counted as one."}};
}

}  // namespace

void add_comparison(const RunFolder& run, Document& document) {
  const JsonReader report = run.read();
  if (!report.has("comparison") || report["comparison"].elements().empty()) return;
  Json rows = Json::array();
  const auto settings = report["comparison"].elements();
  const bool costed = report.has("cost_comparison");
  for (std::size_t i = 0; i < settings.size(); ++i) {
    const JsonReader& setting = settings[i];
    Json row = {{"setting", setting["setting"].text()},
                {"interval", setting["interval"].count()},
                {"latency", setting["latency"].count()},
                {"frames_per_second", setting["frames_per_second"].number()},
                {"array_cells", setting["total"]["array_cells"].count()},
                {"cell_utilization", setting["total"]["cell_utilization"].number()}};
    if (costed) {
      for (const JsonReader& cost : report["cost_comparison"]["rows"].elements()) {
        if (cost["setting"].text() != setting["setting"].text()) continue;
        const JsonReader energy = cost["network"]["on_chip_pj_per_image"];
        if (energy.has("low")) row["energy"] = {energy["low"].number(), energy["high"].number()};
      }
    }
    rows.push_back(std::move(row));
  }
  document.json["comparison"] = {{"rows", rows}};
}

void add_machine(const RunFolder& run, Document& document) {
  if (!run.array) return;
  const JsonReader simulation = run.read()["simulation"];
  Json machine = {{"name", run.array->name}, {"images", simulation["images"].json()}};
  machine.update(run.array->cross_layer ? pipeline_machine(run) : layered_machine(run));
  machine["counters"] = Json::object();
  for (const ActivityCounter& counter : activity_counters())
    machine["counters"][counter.name] = {{"unit", counter.unit}, {"sentence", counter.sentence}};
  machine["config"] = simulation["config"].json();
  document.json["machine"] = std::move(machine);
}

}  // namespace colcomb::page
