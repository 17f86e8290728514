// Activation tables as nodes.
#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "colcomb/interchange/export_steps.hpp"

namespace colcomb::interchange {

namespace {

/// `entries`, each behind those of the rows before its own where each row has a table.
std::string with_rows(OnnxWriter& writer, const LayerDescription& layer, const std::string& name,
                      const std::string& entries, std::span<const std::size_t> rows = {}) {
  if (!layer.activation->by_row()) return entries;
  std::vector<std::int32_t> first(layer.out_channels);
  for (std::size_t p = 0; p < first.size(); ++p)
    first[p] = static_cast<std::int32_t>(kTableEntries * (rows.empty() ? p : rows[p]));
  const auto channels = static_cast<std::int64_t>(first.size());
  const Dimensions shape = rows.empty() ? Dimensions{channels, 1, 1} : Dimensions{channels};
  return writer.node("Add", name + ".rows",
                     {entries, writer.constant<std::int32_t>(name + ".row_begins", shape, first)});
}

}  // namespace

std::string looked_up(OnnxWriter& writer, const LayerDescription& layer, const std::string& map,
                      std::span<const std::size_t> rows) {
  const std::string name = layer.name + "/table";
  const std::vector<std::uint8_t> bytes = all_bytes_of(*layer.activation);
  const std::string entries = writer.cast(name + ".entries", map, onnx::TensorProto::INT32);
  return writer.node("Gather", name,
                     {writer.constant<std::uint8_t>(
                          name + ".bytes", {static_cast<std::int64_t>(bytes.size())}, bytes),
                      with_rows(writer, layer, name, entries, rows)});
}

std::string on_lines(OnnxWriter& writer, const LayerDescription& layer, const std::string& name,
                     const std::string& sum) {
  const std::vector<float>& values = layer.activation->values;
  std::vector<float> slopes(values.size(), 0.0F);
  for (std::size_t p = 0; p + 1 < values.size(); ++p) {
    if (p % kTableEntries < kTableEntries - 1) slopes[p] = values[p + 1] - values[p];
  }
  const auto number = [&](const char* what, float value) {
    return writer.scalar(name + what, value);
  };
  const std::string inside =
      writer.node("Clip", name + ".inside",
                  {writer.node("Div", name + ".bytes", {sum, "activation.step"}), "activation.low",
                   number(".last", static_cast<float>(kTableEntries - 1))});
  const std::string line = writer.node("Floor", name + ".line", {inside});
  const std::string index =
      with_rows(writer, layer, name, writer.cast(name + ".index", line, onnx::TensorProto::INT32));
  const std::string first =
      writer.node("Gather", name + ".first", {writer.constant(name + ".values", values), index});
  const std::string slope =
      writer.node("Gather", name + ".slope", {writer.constant(name + ".slopes", slopes), index});
  const std::string way = writer.node("Sub", name + ".way", {inside, line});
  const std::string along = writer.node("Mul", name + ".along", {slope, way});
  const std::string value = writer.node("Add", name + ".value", {first, along});
  const std::string real = writer.node("Mul", name + ".real", {value, "activation.step"});
  return writer.node("Clip", name, {real, "activation.low", "activation.high"});
}

}  // namespace colcomb::interchange
