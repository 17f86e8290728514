#include "colcomb/report/quantization_report.hpp"

#include <fmt/format.h>

#include <vector>

#include "colcomb/report/table.hpp"

namespace colcomb::report {
namespace {

using Json = nlohmann::ordered_json;
using Lines = std::vector<std::vector<std::string>>;

std::string decibels(const SignalToNoise& ratio) {
  const auto value = ratio.decibels();
  return value ? fmt::format("{:.1f}", *value) : "-";
}

Json json_decibels(const SignalToNoise& ratio) {
  const auto value = ratio.decibels();
  return value ? Json(*value) : Json(nullptr);
}

double fraction_of(std::uint64_t part, std::uint64_t whole) {
  return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0.0;
}

std::string percent(std::uint64_t part, std::uint64_t whole) {
  return fmt::format("{:.2f}%", 100 * fraction_of(part, whole));
}

Lines stage_lines(const QuantizationCheck& check) {
  Lines lines = {{"layer", "largest difference", "steps", "float", "integer",
                  "image, channel, y, x", "SNR dB", "at 255"}};
  for (const StageCheck& stage : check.stages) {
    const ValuePair& worst = stage.worst;
    // Logits do not saturate.
    const bool bytes = &stage != &check.stages.back();
    lines.push_back({stage.name, fmt::format("{:.4f}", worst.difference()),
                     fmt::format("{:.1f}", worst.difference() / stage.step),
                     fmt::format("{:.4f}", worst.real), fmt::format("{:.4f}", worst.integer),
                     fmt::format("{}, {}, {}, {}", worst.image, worst.channel, worst.y, worst.x),
                     decibels(stage.noise), bytes ? percent(stage.saturated, stage.clamped) : "-"});
  }
  return lines;
}

Lines sensitivity_lines(const QuantizationCheck& check) {
  Lines lines = {{"quantized", "only this", "up to this", "all but this", "logits' SNR dB, only"}};
  for (const LayerSensitivity& layer : check.sensitivity) {
    lines.push_back({layer.name, percent(layer.only, check.images),
                     percent(layer.up_to, check.images), percent(layer.all_but, check.images),
                     decibels(layer.only_logits)});
  }
  return lines;
}

Lines scales_lines(const QuantizationCheck& check) {
  Lines lines = {{"scales", "rows", "weights' SNR dB, layer", "channel", "coarse rows, layer",
                  "channel", "logits' SNR dB, only, layer", "channel"}};
  for (const LayerScales& layer : check.scales) {
    lines.push_back({layer.name, fmt::to_string(layer.rows), decibels(layer.layer.weights),
                     decibels(layer.channel.weights), fmt::to_string(layer.layer.coarse_rows),
                     fmt::to_string(layer.channel.coarse_rows), decibels(layer.layer.only_logits),
                     decibels(layer.channel.only_logits)});
  }
  return lines;
}

std::string scales_text(const QuantizationCheck& check) {
  if (check.scales.empty()) return "";
  const auto outcome = [&check](const ScalesOutcome& scales) {
    return fmt::format("{} of {} images as in floating point, logits {} dB", scales.agreeing,
                       check.images, decibels(scales.logits));
  };
  const LayerScales& most = check.scales[check.most_gaining_layer()];
  return fmt::format(
      "\nweights with one scale per layer, or per channel (--weight-scales); coarse: rows whose "
      "largest integer is below {}\n{}layer: {}; channel: {}\n{}\n",
      ScaledWeights::kCoarse, format_table(scales_lines(check), false), outcome(check.layer_scales),
      outcome(check.channel_scales),
      most.gain() > 0
          ? fmt::format("{} gains most by a scale per channel: alone it leaves the logits {} dB in "
                        "place of {}",
                        most.name, decibels(most.channel.only_logits),
                        decibels(most.layer.only_logits))
          : "no layer gains by a scale per channel");
}

Json to_json(const ScaledWeights& weights) {
  return {{"weights_snr_db", json_decibels(weights.weights)},
          {"coarse_rows", weights.coarse_rows},
          {"only_logits_snr_db", json_decibels(weights.only_logits)}};
}

Json to_json(const ScalesOutcome& outcome) {
  return {{"agreeing", outcome.agreeing}, {"logits_snr_db", json_decibels(outcome.logits)}};
}

Json scales_json(const QuantizationCheck& check) {
  Json json = {{"layer", to_json(check.layer_scales)},
               {"channel", to_json(check.channel_scales)},
               {"layers", Json::array()}};
  for (const LayerScales& layer : check.scales) {
    json["layers"].push_back({{"name", layer.name},
                              {"rows", layer.rows},
                              {"layer", to_json(layer.layer)},
                              {"channel", to_json(layer.channel)}});
  }
  return json;
}

}  // namespace

std::string quantization_table(const QuantizationCheck& check) {
  if (check.images == 0) return "";
  std::string text = fmt::format(
      "integer and fake-quantized network equal in every layer on {} images\n", check.images);
  text += format_table(stage_lines(check), false);
  text += "\ntop-1 class as the float network's\n";
  text += format_table(sensitivity_lines(check), false);
  const LayerSensitivity& noisiest = check.sensitivity[check.noisiest_layer()];
  text += fmt::format(
      "all layers quantized: {} of {} images as in floating point; {} costs the most: alone it "
      "leaves the logits {} dB, and with it alone in floating point {} of {} agree\n",
      check.agreeing, check.images, noisiest.name, decibels(noisiest.only_logits), noisiest.all_but,
      check.images);
  text += scales_text(check);
  return text;
}

Json to_json(const QuantizationCheck& check) {
  Json json = {{"images", check.images},
               {"agreeing", check.agreeing},
               {"stages", Json::array()},
               {"sensitivity", Json::array()}};
  for (const StageCheck& stage : check.stages) {
    const ValuePair& worst = stage.worst;
    json["stages"].push_back({{"name", stage.name},
                              {"step", stage.step},
                              {"largest_difference", worst.difference()},
                              {"largest_difference_steps", worst.difference() / stage.step},
                              {"image", worst.image},
                              {"channel", worst.channel},
                              {"y", worst.y},
                              {"x", worst.x},
                              {"float", worst.real},
                              {"integer", worst.integer},
                              {"snr_db", json_decibels(stage.noise)},
                              {"values", stage.values},
                              {"clamped", stage.clamped},
                              {"saturated", stage.saturated}});
  }
  for (const LayerSensitivity& layer : check.sensitivity) {
    json["sensitivity"].push_back({{"name", layer.name},
                                   {"only", layer.only},
                                   {"up_to", layer.up_to},
                                   {"all_but", layer.all_but},
                                   {"only_logits_snr_db", json_decibels(layer.only_logits)}});
  }
  if (!check.scales.empty()) json["weight_scales"] = scales_json(check);
  if (check.images > 0) json["noisiest_layer"] = check.sensitivity[check.noisiest_layer()].name;
  return json;
}

}  // namespace colcomb::report
