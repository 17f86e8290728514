#pragma once

#include <deque>
#include <optional>

#include "colcomb/rtl/program_loads.hpp"
#include "tests/rtl/machine/machine_model.hpp"

namespace colcomb::tests {

/// sa_machine beside the simulator's machine on one random program: what is loaded, the external
/// memory around it, and what its blocks must show in every clock. The memory is the RTL's: it does
/// what the module asks.
class WholeModel : public MachineModel {
 public:
  WholeModel(const Parameters& parameters, std::uint64_t seed);

  [[nodiscard]] std::vector<Wire> inputs() const override;
  /// Ports of sa_machine, and wires between its blocks.
  [[nodiscard]] std::vector<Wire> outputs() const override;
  /// The name of an output in sa_machine.
  [[nodiscard]] static std::string name_inside(const std::string& output);

  void clock(WireValues& in, WireValues& out) override;

  /// What the module's DRAM port shows behind a clock. Bytes as the first lowest.
  struct DramPort {
    bool read = false;
    std::uint64_t read_address = 0;
    bool write = false;
    std::uint64_t write_address = 0;
    std::vector<bool> mask;
    std::vector<std::uint8_t> word;
  };
  void move(const DramPort& port);

  /// Start lies behind: from here on the inputs but DRAM's stay as they are.
  [[nodiscard]] bool running() const { return phase_ > loads_.size() + 4; }
  /// All logits are in DRAM, says the simulator.
  [[nodiscard]] bool finished() const { return finished_; }
  /// A logit of the integer network, and where it belongs in DRAM.
  struct Logit {
    std::size_t image;
    std::size_t filter;
    std::uint64_t address;
    std::int32_t value;
  };
  [[nodiscard]] std::vector<Logit> logits() const;
  [[nodiscard]] const std::vector<std::uint8_t>& dram() const { return dram_; }
  /// The first logit in the RTL's DRAM that differs from the integer network's, in words; "" if
  /// none.
  [[nodiscard]] std::string wrong_logit() const;
  [[nodiscard]] std::string describe() const;

 private:
  void put_channel(WireValues& out);
  void put_tokens(WireValues& out);

  std::size_t phase_ = 0;  // clocks since reset, until the machine runs
  std::uint64_t done_ = 0;
  bool finished_ = false;
  std::vector<std::uint8_t> dram_;
  std::vector<rtl::ProgramLoad> loads_;
  std::deque<std::optional<std::uint64_t>> requested_;  // addresses of this clock's word and on
  std::vector<std::uint8_t> word_;                      // from DRAM in this clock
};

}  // namespace colcomb::tests
