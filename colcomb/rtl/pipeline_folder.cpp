#include "colcomb/rtl/pipeline_folder.hpp"

#include <fmt/format.h>

#include <string_view>

#include "colcomb/base/check.hpp"
#include "colcomb/rtl/export_files.hpp"
#include "colcomb/rtl/memory_images.hpp"
#include "colcomb/rtl/pipeline_axi.hpp"
#include "colcomb/rtl/pipeline_hardware.hpp"
#include "colcomb/rtl/pipeline_loads.hpp"
#include "colcomb/rtl/pipeline_readme.hpp"
#include "colcomb/rtl/pipeline_top.hpp"

namespace colcomb::rtl {
namespace {

std::string bench_numbers(const PipelineHardware& hardware, const LoadPort& port,
                          const ArrayConfig& array, std::size_t loads, std::size_t dram_words,
                          std::size_t logits, std::uint64_t images) {
  const MachineParameters& last = hardware.stages.back().path;
  std::string text = "// Numbers of the test bench.\n";
  const auto add = [&text](std::string_view name, std::uint64_t value) {
    text += fmt::format("localparam int {} = {};\n", name, value);
  };
  add("DramBytes", array.dram_bytes_per_clock);
  add("DramBits", hardware.dram_bits);
  add("DramLatency", array.dram_latency);
  add("LoadStageBits", port.stage_bits);
  add("LoadPlaceBits", port.place_bits);
  add("LoadIndexBits", port.index_bits);
  add("LoadWordBits", port.word_bits);
  add("LoadCount", loads);
  add("DramWords", dram_words);
  add("Buses", last.Buses);
  add("Interval", last.Interval);
  add("AddressBits", hardware.address_bits);
  add("ImageBits", hardware.image_bits);
  add("Configuration", hardware.configuration_clocks);
  add("LogitCount", logits);
  add("Images", images);
  return text;
}

std::string loads_text(const std::vector<PipelineLoad>& loads, const LoadPort& port) {
  std::string text;
  for (const PipelineLoad& load : loads) {
    Bits bits = load.word;
    bits.resize(port.word_bits);
    append(bits, load.index, port.index_bits);
    append(bits, load.place, port.place_bits);
    append(bits, load.memory, 3);
    append(bits, load.stage, port.stage_bits);
    text += hex(bits) + '\n';
  }
  return text;
}

std::string logits_text(std::span<const ExpectedLogit> logits, std::uint64_t configuration) {
  std::string text;
  for (const auto& [clock, number, value] : logits)
    text += fmt::format("{:016x}{:08x}{:08x}\n", configuration + clock, number,
                        static_cast<std::uint32_t>(value));
  return text;
}

/// Weights, layer after layer, and images.
std::vector<std::uint8_t> memory_of(const tiling::Pipeline& pipeline,
                                    std::span<const std::uint8_t> images) {
  std::vector<std::uint8_t> bytes;
  for (const tiling::Stage& stage : pipeline.stages)
    bytes.insert(bytes.end(), stage.program.weights.begin(), stage.program.weights.end());
  bytes.insert(bytes.end(), images.begin(), images.end());
  return bytes;
}

/// The files of export/ that a pipeline has: its own test benches under the machine's names.
std::vector<FolderFile> exported() {
  std::vector<FolderFile> files;
  for (FolderFile file : export_files()) {
    if (file.path == "machine_bench.sv" || file.path == "machine_axi_bench.sv") continue;
    if (file.path == "pipeline_bench.sv") file.path = "machine_bench.sv";
    if (file.path == "pipeline_axi_bench.sv") file.path = "machine_axi_bench.sv";
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace

std::vector<FolderFile> pipeline_folder(const QuantizedNetwork& network, const ArrayConfig& config,
                                        std::span<const std::uint8_t> images,
                                        std::span<const ExpectedLogit> logits,
                                        const std::string& name) {
  const tiling::Pipeline pipeline = tiling::compile_pipeline(network, config);
  const std::uint64_t count = images.size() / pipeline.image_bytes();
  COLCOMB_CHECK(count > 0 && images.size() % pipeline.image_bytes() == 0, "images are whole");
  COLCOMB_CHECK(!logits.empty(), "a machine gives logits");
  const PipelineHardware hardware = pipeline_hardware(pipeline, count, name);
  const std::vector<PipelineLoad> loads = pipeline_loads(pipeline, hardware);
  const LoadPort port = load_port(loads);
  const std::vector<std::uint8_t> dram = memory_of(pipeline, images);
  std::vector<FolderFile> files = pipeline_library_sources();
  std::string sources;
  for (FolderFile& file : files) {
    file.path = "sv/" + file.path;
    sources += file.path + '\n';
  }
  files.push_back({"sources.txt", sources});
  const std::vector<FolderFile> scripts = exported();
  files.insert(files.end(), scripts.begin(), scripts.end());
  files.push_back({"machine.sv", pipeline_top(pipeline, hardware, port, name)});
  files.push_back(
      {"machine_axi.sv", pipeline_axi_top(hardware, port, config,
                                          dram.size() / config.dram_bytes_per_clock, count, name)});
  files.push_back({"machine_scan.sv", scan_text(pipeline_ports(hardware, port))});
  files.push_back({"machine.svh",
                   bench_numbers(hardware, port, config, loads.size(),
                                 dram.size() / config.dram_bytes_per_clock, logits.size(), count)});
  files.push_back({"program.hex", loads_text(loads, port)});
  files.push_back({"dram.hex", readmemh_text(dram, config.dram_bytes_per_clock)});
  files.push_back({"logits.hex", logits_text(logits, hardware.configuration_clocks)});
  files.push_back({"README.md", pipeline_readme(pipeline, hardware, count, logits.size(),
                                                logits.back().clock, name)});
  return files;
}

}  // namespace colcomb::rtl
