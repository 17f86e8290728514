#include "colcomb/interchange/export.hpp"

#include <fmt/format.h>

#include <limits>

#include "colcomb/base/check.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/interchange/export_forms.hpp"

namespace colcomb::interchange {

const char* name_of(OnnxForm form) {
  switch (form) {
    case OnnxForm::kInteger:
      return "integer";
    case OnnxForm::kQdq:
      return "qdq";
    case OnnxForm::kFloat:
      return "float";
  }
  return "unknown";
}

namespace {

void add_image(OnnxWriter& writer, const InputDescription& input) {
  writer.input(kImage, onnx::TensorProto::UINT8,
               {static_cast<std::int64_t>(input.channels), static_cast<std::int64_t>(input.height),
                static_cast<std::int64_t>(input.width)});
}

std::string serialized(const OnnxWriter& writer, const std::string& where, ExportSummary* summary) {
  const onnx::ModelProto& model = writer.model();
  if (model.ByteSizeLong() > std::numeric_limits<std::int32_t>::max())
    throw failure(where, "makes an ONNX model beyond 2 GiB, the most a file can hold");
  std::string bytes;
  COLCOMB_CHECK(model.SerializeToString(&bytes), "a complete model serializes");
  if (summary != nullptr)
    *summary = {static_cast<std::size_t>(model.graph().node_size()), bytes.size()};
  return bytes;
}

}  // namespace

std::string onnx_model(const QuantizedNetwork& network, const ExportOptions& options,
                       const std::string& where, ExportSummary* summary) {
  validate(network, where);
  OnnxWriter writer("colcomb");
  add_image(writer, network.description.input);
  if (options.form == OnnxForm::kInteger) {
    write_integer_form(writer, network);
  } else {
    write_float_forms(writer, network, options.form, where);
  }
  writer.metadata("form", name_of(options.form));
  writer.metadata("logit_scale", fmt::format("{}", logit_scale(network)));
  return serialized(writer, where, summary);
}

std::string onnx_model(const FloatNetwork& network, const std::string& where,
                       ExportSummary* summary) {
  validate(network, where);
  OnnxWriter writer("colcomb");
  add_image(writer, network.description.input);
  write_checkpoint_form(writer, network);
  writer.metadata("form", "checkpoint");
  return serialized(writer, where, summary);
}

ExportSummary save_onnx(const FloatNetwork& network, const std::filesystem::path& path) {
  ExportSummary summary;
  const std::string bytes = onnx_model(network, path.string(), &summary);
  write_file_atomically(path, std::string_view(bytes));
  return summary;
}

ExportSummary save_onnx(const QuantizedNetwork& network, const ExportOptions& options,
                        const std::filesystem::path& path) {
  ExportSummary summary;
  const std::string bytes = onnx_model(network, options, path.string(), &summary);
  write_file_atomically(path, std::string_view(bytes));
  return summary;
}

}  // namespace colcomb::interchange
