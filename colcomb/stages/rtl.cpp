#include "colcomb/stages/rtl.hpp"

#include <fmt/format.h>

#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/rtl/machine_folder.hpp"
#include "colcomb/rtl/pipeline_folder.hpp"
#include "colcomb/simulation/dram_run.hpp"
#include "colcomb/simulation/pipeline_dram_run.hpp"

namespace colcomb::stages {
namespace {

namespace fs = std::filesystem;

/// The first words of every machine's README.
constexpr std::string_view kMark = "# The machine for ";

void require_own_folder(const RtlOptions& options) {
  std::error_code error;
  if (!fs::exists(options.out) || options.force) return;
  if (!fs::is_directory(options.out))
    throw option_error("out", options.out.string(), "is no folder");
  if (fs::is_empty(options.out, error)) return;
  const fs::path readme = options.out / "README.md";
  if (fs::exists(readme) && read_text_file(readme).starts_with(kMark)) return;
  throw option_error("out", options.out.string(),
                     "holds something else: use another folder, or `force`");
}

/// The logits of all images where they lie in the external memory.
std::vector<rtl::ExpectedRun::Logit> logits_of(const TileProgram& program,
                                               const simulation::DramRun& run) {
  const MemoryMap& memory = program.memory;
  const std::size_t batch = program.array.batch;
  const std::size_t classes = program.layers.back().filters;
  const std::uint64_t plane = (memory.batch_bytes - memory.logits) / classes;
  std::vector<rtl::ExpectedRun::Logit> logits;
  for (std::size_t i = 0; i < run.simulation.values.size(); ++i) {
    const std::uint64_t begin = memory.batches + i / batch * memory.batch_bytes + memory.logits;
    for (std::size_t n = 0; n < classes; ++n)
      logits.push_back({begin + n * plane + 4 * (i % batch), run.simulation.values[i].logits[n]});
  }
  return logits;
}

void write_files(const std::vector<rtl::FolderFile>& files, const fs::path& folder) {
  for (const rtl::FolderFile& file : files) {
    const fs::path path = folder / file.path;
    require_writable(path, "out");
    write_file_atomically(path, std::string_view(file.content));
    if (file.executable) {
      fs::permissions(path, fs::perms::owner_exec | fs::perms::group_exec | fs::perms::others_exec,
                      fs::perm_options::add);
    }
  }
}

}  // namespace

RtlFolder write_rtl(const TileProgram& program, std::span<const std::uint8_t> images,
                    const RtlOptions& options) {
  require_own_folder(options);
  const simulation::DramRun run = simulation::run_with_dram(program, images);
  rtl::ExpectedRun expected;
  for (const auto& [clock, address] : run.writes) expected.writes.push_back({clock, address});
  expected.logits = logits_of(program, run);
  const auto files = rtl::machine_folder(program, run.images, expected, options.name);
  write_files(files, options.out);
  return {files.size(), run.images.size() / program.memory.logits, run.writes.size(),
          run.writes.back().clock};
}

PipelineRtlFolder write_pipeline_rtl(const QuantizedNetwork& network, const ArrayConfig& config,
                                     std::span<const std::uint8_t> images,
                                     const RtlOptions& options) {
  require_own_folder(options);
  const simulation::PipelineRun run = simulation::run_pipeline_with_dram(network, config, images);
  std::vector<rtl::ExpectedLogit> logits;
  for (const simulation::PipelineLogit& logit : run.logits)
    logits.push_back({logit.clock, logit.number, logit.value});
  const auto files = rtl::pipeline_folder(network, config, run.images, logits, options.name);
  write_files(files, options.out);
  return {files.size(), logits.size(), run.simulation.result.configuration, logits.back().clock};
}

}  // namespace colcomb::stages
