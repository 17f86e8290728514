#include "colcomb/simulation/dram_run.hpp"

#include <cstring>
#include <string>

#include "colcomb/simulation/machine/run_program.hpp"

namespace colcomb::simulation {
namespace {

class Writes : public Probe {
 public:
  explicit Writes(std::vector<DramWrite>& writes) : writes_(writes) {}

  void clock(std::uint64_t clock, std::uint32_t, const ArrayFront&) override { clock_ = clock; }
  void access(const std::string& store, const char* operation, std::size_t address) override {
    if (store == "DRAM" && std::strcmp(operation, "write") == 0)
      writes_.push_back({clock_, address});
  }

 private:
  std::vector<DramWrite>& writes_;
  std::uint64_t clock_ = 0;
};

}  // namespace

DramRun run_with_dram(const TileProgram& program, std::span<const std::uint8_t> images) {
  DramRun run;
  Writes writes(run.writes);
  ExactOptions options;
  options.probe = &writes;
  run.simulation = machine::run_program(program, images, options);
  run.images = machine::images_in_memory(program, images);
  return run;
}

}  // namespace colcomb::simulation
