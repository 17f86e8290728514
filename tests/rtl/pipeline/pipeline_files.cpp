// Writes the machine of a random cross-layer pipeline to FOLDER: the folder of
// rtl::pipeline_folder, and machine_watch.sv with signals.txt, which compare what every block shows
// in every clock with the simulator. usage: pipeline_files SEED FOLDER
#include <fmt/format.h>

#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include "colcomb/rtl/pipeline_folder.hpp"
#include "colcomb/simulation/exact/exact_options.hpp"
#include "colcomb/simulation/pipeline_dram_run.hpp"
#include "tests/rtl/pipeline/pipeline_signals.hpp"
#include "tests/rtl/pipeline/random_pipeline.hpp"

namespace {

using namespace colcomb;
using namespace colcomb::tests;

/// As a Verilog number of base 2: the last entry first.
std::string bits_text(const std::vector<std::uint8_t>& bits) {
  std::string text;
  for (auto bit = bits.rbegin(); bit != bits.rend(); ++bit) text += *bit != 0 ? '1' : '0';
  return text;
}

/// Writes a line a clock: which bits may not be X, which say something, the bits expected.
class Recorder : public simulation::Probe {
 public:
  Recorder(PipelineSignals& signals, const std::filesystem::path& path)
      : signals_(signals), file_(path) {}

  void pipeline(std::uint64_t, const simulation::machine::PipelineMachine& machine) override {
    values_.clear();
    signals_.put(machine, values_);
    file_ << bits_text(values_.known()) << bits_text(values_.given()) << bits_text(values_.bits())
          << '\n';
    ++clocks_;
  }
  [[nodiscard]] std::uint64_t clocks() const { return clocks_; }

 private:
  PipelineSignals& signals_;
  WireValues values_;
  std::ofstream file_;
  std::uint64_t clocks_ = 0;
};

/// In the test bench, from clock 0 of the run on.
std::string watch_text(const std::vector<Signal>& signals, std::uint64_t clocks) {
  std::size_t bits = 0;
  for (const Signal& signal : signals) bits += signal.bits;
  std::string checks;
  std::size_t at = 0;
  for (const Signal& signal : signals) {
    checks += fmt::format(
        "      if (((machine_bench.u_machine.{0} ^ expected[{1}+:{2}]) & given[{1}+:{2}]) !== "
        "{2}'d0 ||\n          ^(machine_bench.u_machine.{0} & known[{1}+:{2}]) === 1'bx) begin\n"
        "        $display(\"FAIL: clock %0d: {3}: {0} is %h, must be %h where %h\", clock,\n"
        "                 machine_bench.u_machine.{0}, expected[{1}+:{2}], given[{1}+:{2}]);\n"
        "        $finish;\n      end\n",
        signal.path, at, signal.bits, signal.block);
    at += signal.bits;
  }
  return fmt::format(
             "// Compares what the blocks show with signals.txt, clock by clock.\n"
             "module machine_watch;\n  `include \"machine.svh\"\n"
             "  logic [{}:0] lines_q [0:{}];\n  logic [{}:0] expected, given, known;\n"
             "  int clock;\n  initial begin\n    clock = 0;\n"
             "    $readmemb(\"signals.txt\", lines_q);\n  end\n"
             "  always @(posedge machine_bench.clk) begin\n"
             "    if (machine_bench.running_q && machine_bench.clock_q >= 64'(Configuration) &&\n"
             "        !machine_bench.finished) begin\n"
             "      {{known, given, expected}} = lines_q[clock];\n",
             3 * bits - 1, clocks - 1, bits - 1) +
         checks + "      clock = clock + 1;\n    end\n  end\nendmodule\n";
}

void write_all(std::uint64_t seed, const std::filesystem::path& folder) {
  const RandomPipeline random = random_pipeline(seed);
  const tiling::Pipeline pipeline = tiling::compile_pipeline(random.network, random.config);
  const simulation::PipelineRun run =
      simulation::run_pipeline_with_dram(random.network, random.config, random.images);
  std::vector<rtl::ExpectedLogit> logits;
  for (const auto& logit : run.logits) logits.push_back({logit.clock, logit.number, logit.value});
  const std::string name = fmt::format("random pipeline {}", seed);
  for (const rtl::FolderFile& file :
       rtl::pipeline_folder(random.network, random.config, run.images, logits, name)) {
    const std::filesystem::path path = folder / file.path;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << file.content;
  }
  const rtl::PipelineHardware hardware =
      rtl::pipeline_hardware(pipeline, run.images.size() / pipeline.image_bytes(), name);
  PipelineSignals signals(pipeline, hardware);
  Recorder recorder(signals, folder / "signals.txt");
  simulation::ExactOptions options;
  options.probe = &recorder;
  (void)simulation::simulate_exact(random.network, random.config, random.images, options);
  std::ofstream(folder / "machine_watch.sv") << watch_text(signals.signals(), recorder.clocks());
  std::cout << fmt::format("{}, {} layers, {} images, last logit in clock {}\n",
                           describe(random.config), pipeline.stages.size(),
                           run.images.size() / pipeline.image_bytes(), run.logits.back().clock);
}

}  // namespace

int main(int count, char** arguments) {
  try {
    if (count != 3) {
      std::cerr << "usage: pipeline_files SEED FOLDER\n";
      return EXIT_FAILURE;
    }
    write_all(std::stoull(arguments[1]), arguments[2]);
    return std::cout.flush().good() ? EXIT_SUCCESS : EXIT_FAILURE;
  } catch (const std::exception& error) {
    std::cerr << "pipeline_files: " << error.what() << '\n';
    return EXIT_FAILURE;
  }
}
