#include "colcomb/rtl/machine_folder.hpp"

#include <fmt/format.h>

#include <string_view>

#include "colcomb/base/check.hpp"
#include "colcomb/rtl/axi_top.hpp"
#include "colcomb/rtl/export_files.hpp"
#include "colcomb/rtl/folder_numbers.hpp"
#include "colcomb/rtl/folder_readme.hpp"
#include "colcomb/rtl/machine_parameters.hpp"
#include "colcomb/rtl/memory_images.hpp"
#include "colcomb/rtl/program_loads.hpp"
#include "colcomb/rtl/top_ports.hpp"

namespace colcomb::rtl {
namespace {

std::vector<TopPort> ports_of(const FolderNumbers& n) {
  const std::size_t dram_bits = n.value_of("DramBits");
  const std::size_t dram_bytes = n.value_of("DramBytes");
  return {{"load_i", true, 1},
          {"load_memory_i", true, 3},
          {"load_place_i", true, n.place_bits},
          {"load_index_i", true, n.index_bits},
          {"load_word_i", true, n.word_bits},
          {"start_i", true, 1},
          {"done_o", false, 1},
          {"finished_o", false, 1},
          {"dram_read_o", false, 1},
          {"dram_read_address_o", false, dram_bits},
          {"dram_word_i", true, 8 * dram_bytes},
          {"dram_write_o", false, 1},
          {"dram_write_address_o", false, dram_bits},
          {"dram_mask_o", false, dram_bytes},
          {"dram_word_o", false, 8 * dram_bytes}};
}

std::string top_text(const FolderNumbers& numbers, const MemoryImages& images,
                     std::uint64_t batches, const std::string& name) {
  const auto ports = ports_of(numbers);
  std::string text = fmt::format(
      "// The machine for {}: sa_machine with this program's sizes. Ports: sa_machine.sv.\n{}{}",
      name, top_head(ports),
      machine_instance(numbers, images, fmt::format("{}'d{}", numbers.batch_bits, batches)));
  for (const TopPort& port : ports) text += fmt::format(",\n    .{}", port.name);
  return text + "\n  );\nendmodule\n";
}

std::string bench_numbers(const FolderNumbers& numbers, std::size_t loads, std::size_t dram_words,
                          const ExpectedRun& expected, std::uint64_t batches) {
  std::string text = "// Numbers of the test bench.\n";
  const auto add = [&text](std::string_view name, std::uint64_t value) {
    text += fmt::format("localparam int {} = {};\n", name, value);
  };
  for (const char* name : {"DramBytes", "DramBits", "DramLatency"})
    add(name, numbers.value_of(name));
  add("LoadPlaceBits", numbers.place_bits);
  add("LoadIndexBits", numbers.index_bits);
  add("LoadWordBits", numbers.word_bits);
  add("LoadCount", loads);
  add("DramWords", dram_words);
  add("WriteCount", expected.writes.size());
  add("LogitCount", expected.logits.size());
  add("Batches", batches);
  return text;
}

std::string loads_text(const std::vector<ProgramLoad>& loads, const FolderNumbers& numbers) {
  std::string text;
  for (const ProgramLoad& load : loads) {
    Bits bits = load.word;
    bits.resize(numbers.word_bits);
    append(bits, load.index, numbers.index_bits);
    append(bits, load.place, numbers.place_bits);
    append(bits, load.memory, 3);
    text += hex(bits) + '\n';
  }
  return text;
}

std::string writes_text(const ExpectedRun& expected) {
  std::string text;
  for (const auto& [clock, address] : expected.writes)
    text += fmt::format("{:016x}{:016x}\n", clock, address);
  return text;
}

std::string logits_text(const ExpectedRun& expected) {
  std::string text;
  for (const auto& [address, value] : expected.logits)
    text += fmt::format("{:016x}{:08x}\n", address, static_cast<std::uint32_t>(value));
  return text;
}

}  // namespace

std::vector<FolderFile> machine_folder(const TileProgram& program,
                                       std::span<const std::uint8_t> images,
                                       const ExpectedRun& expected, const std::string& name) {
  const std::uint64_t batches = images.size() / program.memory.logits;
  COLCOMB_CHECK(batches > 0 && images.size() % program.memory.logits == 0,
                "images must be whole batches");
  COLCOMB_CHECK(!expected.writes.empty() && !expected.logits.empty(), "a machine gives logits");
  const MachineParameters parameters = machine_parameters(program, batches, name);
  const MemoryImages memories = memory_images(program, parameters);
  const std::vector<ProgramLoad> loads = program_loads(memories);
  const FolderNumbers numbers = folder_numbers(parameters, loads, batches);
  const std::vector<std::uint8_t> dram = dram_image(program, images);
  std::string sources;
  std::vector<FolderFile> files = library_sources();
  for (FolderFile& file : files) {
    file.path = "sv/" + file.path;
    sources += file.path + '\n';
  }
  files.push_back({"sources.txt", sources});
  for (const FolderFile& file : export_files()) {
    if (!file.path.starts_with("pipeline_")) files.push_back(file);
  }
  files.push_back({"machine.sv", top_text(numbers, memories, batches, name)});
  files.push_back({"machine_scan.sv", scan_text(ports_of(numbers))});
  files.push_back(
      {"machine_axi.sv", axi_top(numbers, memories, dram.size() / parameters.DramBytes, name)});
  files.push_back(
      {"machine.svh", bench_numbers(numbers, loads.size(), dram.size() / parameters.DramBytes,
                                    expected, batches)});
  files.push_back({"program.hex", loads_text(loads, numbers)});
  files.push_back({"dram.hex", readmemh_text(dram, parameters.DramBytes)});
  files.push_back({"writes.hex", writes_text(expected)});
  files.push_back({"logits.hex", logits_text(expected)});
  files.push_back({"README.md", folder_readme(program, expected, batches, name)});
  return files;
}

}  // namespace colcomb::rtl
