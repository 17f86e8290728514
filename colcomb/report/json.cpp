#include "colcomb/report/json.hpp"

#include "colcomb/report/allocation_table.hpp"
#include "colcomb/report/cost_json.hpp"
#include "colcomb/report/simulation_json.hpp"

namespace colcomb::report {

using Json = nlohmann::ordered_json;

Json to_json(const RunIdentity& identity) {
  Json json = Json::object();
  for (const IdentityField& field : identity.fields) json[field.name] = field.value;
  return json;
}

Json to_json(const LayerReport& layer) {
  return {{"name", layer.name},
          {"rows", layer.rows},
          {"columns", layer.columns},
          {"alpha", layer.alpha},
          {"nonzeros_before", layer.nonzeros_before},
          {"nonzeros", layer.nonzeros},
          {"nonempty_rows", layer.nonempty_rows},
          {"groups", layer.groups},
          {"utilization", layer.utilization},
          {"retained_magnitude", layer.retained_magnitude},
          {"retained_magnitude_bound",
           layer.retained_magnitude_bound ? Json(*layer.retained_magnitude_bound) : Json()},
          {"tiles_before", layer.tiles_before},
          {"tiles", layer.tiles},
          {"pixels", layer.pixels},
          {"macs_before", layer.macs_before},
          {"macs", layer.macs}};
}

Json to_json(const CombiningReport& report) {
  Json layers = Json::array();
  for (const LayerReport& layer : report.layers) layers.push_back(to_json(layer));
  return {{"array", {{"rows", report.array_rows}, {"columns", report.array_cols}}},
          {"layers", layers},
          {"total", to_json(report.total)}};
}

Json to_json(const Accuracy& accuracy) {
  return {{"images", accuracy.images},
          {"top1", accuracy.top1_share()},
          {"top5", accuracy.top5_share()}};
}

Json to_json(std::span<const NamedSimulation> runs) {
  Json json = Json::array();
  for (const NamedSimulation& run : runs) {
    Json one = to_json(run.result, false);
    one["setting"] = run.name;
    json.push_back(std::move(one));
  }
  return json;
}

Json to_json(const RunReport& report) {
  Json accuracy = {{"float", to_json(report.float_accuracy)},
                   {"fake_quantized", to_json(report.fake_quantized_accuracy)},
                   {"integer", to_json(report.integer_accuracy)}};
  if (report.dense_accuracy) accuracy["dense"] = to_json(*report.dense_accuracy);
  return {{"dataset", report.dataset},
          {"split", "test"},
          {"accuracy", accuracy},
          {"identical_logits", report.identical_logits},
          {"saturated_outputs", report.saturated},
          {"train_seconds", report.train_seconds},
          {"combining", to_json(report.combining)},
          {"allocation", report.allocation ? to_json(*report.allocation) : Json()},
          {"simulation", report.simulation ? to_json(*report.simulation, false) : Json()},
          {"comparison", to_json(report.baselines)},
          {"cost", report.cost ? to_json(*report.cost) : Json()},
          {"cost_comparison", report.cost_comparison ? to_json(*report.cost_comparison) : Json()},
          {"made_by", {{"version", report.made_by.version}, {"command", report.made_by.command}}},
          {"identity", to_json(report.identity)}};
}

}  // namespace colcomb::report
