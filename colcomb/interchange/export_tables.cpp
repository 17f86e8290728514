// Activation tables as nodes.
#include <algorithm>
#include <vector>

#include "colcomb/interchange/export_steps.hpp"

namespace colcomb::interchange {

std::string looked_up(OnnxWriter& writer, const LayerDescription& layer, const std::string& map) {
  const std::string name = layer.name + "/table";
  const TableBytes table = bytes_of(*layer.activation);
  return writer.node("Gather", name,
                     {writer.constant<std::uint8_t>(name + ".bytes", {kTableEntries}, table),
                      writer.cast(name + ".entries", map, onnx::TensorProto::INT32)});
}

std::string on_lines(OnnxWriter& writer, const LayerDescription& layer, const std::string& name,
                     const std::string& sum) {
  const std::vector<float>& values = layer.activation->values;
  std::vector<float> slopes(values.size(), 0.0F);
  for (std::size_t p = 0; p + 1 < values.size(); ++p) slopes[p] = values[p + 1] - values[p];
  const auto number = [&](const char* what, float value) {
    return writer.scalar(name + what, value);
  };
  const std::string inside =
      writer.node("Clip", name + ".inside",
                  {writer.node("Div", name + ".bytes", {sum, "activation.step"}), "activation.low",
                   number(".last", static_cast<float>(kTableEntries - 1))});
  const std::string line = writer.node("Floor", name + ".line", {inside});
  const std::string index = writer.cast(name + ".index", line, onnx::TensorProto::INT32);
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
