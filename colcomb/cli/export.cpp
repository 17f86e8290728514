#include "colcomb/interchange/export.hpp"

#include <fmt/format.h>

#include <memory>
#include <nlohmann/json.hpp>

#include "colcomb/artifacts/checkpoint.hpp"
#include "colcomb/artifacts/sealed_file.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/cli/command.hpp"

namespace colcomb::cli {
namespace {

struct ExportFlags {
  std::filesystem::path input;
  std::filesystem::path onnx;
  bool qdq = false;
  bool real = false;
  bool json = false;

  [[nodiscard]] interchange::ExportOptions options() const {
    using interchange::OnnxForm;
    return {qdq ? OnnxForm::kQdq : real ? OnnxForm::kFloat : OnnxForm::kInteger};
  }
};

/// A checkpoint has float weights, and so one form alone.
void run_checkpoint(const ExportFlags& flags) {
  if (flags.qdq)
    throw option_error("export.qdq", "", "is for packed networks: quantize the checkpoint first");
  const FloatNetwork network = load_checkpoint(flags.input).network;
  require_writable(flags.onnx, "--onnx");
  const auto summary = interchange::save_onnx(network, flags.onnx);
  if (flags.json) {
    const nlohmann::ordered_json json = {{"onnx", flags.onnx.string()},
                                         {"form", "checkpoint"},
                                         {"nodes", summary.nodes},
                                         {"bytes", summary.bytes}};
    fmt::print("{}\n", json.dump(2));
  } else {
    fmt::print("{}: checkpoint in float, {} nodes, {} bytes\n", flags.onnx.string(), summary.nodes,
               summary.bytes);
  }
}

void run(const ExportFlags& flags) {
  if (kind_of_file(flags.input) == FileKind::kCheckpoint) return run_checkpoint(flags);
  const QuantizedNetwork network = load_packed_network(flags.input);
  require_writable(flags.onnx, "--onnx");
  const interchange::ExportOptions options = flags.options();
  const auto summary = interchange::save_onnx(network, options, flags.onnx);
  const char* form = interchange::name_of(options.form);
  if (flags.json) {
    const nlohmann::ordered_json json = {{"onnx", flags.onnx.string()},
                                         {"form", form},
                                         {"nodes", summary.nodes},
                                         {"bytes", summary.bytes},
                                         {"logit_scale", logit_scale(network)}};
    fmt::print("{}\n", json.dump(2));
  } else {
    fmt::print("{}: {} form, {} nodes, {} bytes, logit step {}\n", flags.onnx.string(), form,
               summary.nodes, summary.bytes, logit_scale(network));
  }
}

}  // namespace

void add_export(CLI::App& app) {
  auto flags = std::make_shared<ExportFlags>();
  CLI::App* command = app.add_subcommand(
      "export", "Write a packed network as ONNX, whose integers equal ours bit for bit");
  command
      ->add_option("input", flags->input,
                   "Packed network, or checkpoint: its float weights, batch norm folded, without "
                   "any rounding")
      ->required();
  command->add_option("--onnx", flags->onnx, "ONNX model to write")->required();
  auto* qdq = command->add_flag("--qdq", flags->qdq,
                                "Float operators between QuantizeLinear and DequantizeLinear "
                                "instead of integer ones: equal but for rounding at ties");
  command
      ->add_flag("--float", flags->real,
                 "Float operators and no rounding: the same weights, activations clamped alone")
      ->excludes(qdq);
  command->add_flag("--json", flags->json, "Print JSON instead of text");
  command->callback([flags] { run(*flags); });
}

}  // namespace colcomb::cli
