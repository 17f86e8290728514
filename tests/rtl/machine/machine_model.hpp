#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "colcomb/rtl/bundles.hpp"
#include "colcomb/rtl/memory_images.hpp"
#include "colcomb/rtl/word_tokens.hpp"
#include "colcomb/simulation/machine/machine.hpp"
#include "tests/rtl/blocks/block_model.hpp"
#include "tests/rtl/machine/random_program.hpp"

namespace colcomb::tests {

/// Parameters of the machine's modules as a line of blocks.txt gives them: those of the array, the
/// memories' sizes and the numbers of records; widths that follow from these are set, and what it
/// says nothing of is 0.
[[nodiscard]] rtl::MachineParameters hardware_of(const Parameters& parameters);
/// The array of such a line; its buffers are the description's defaults.
[[nodiscard]] ArrayConfig array_of(const rtl::MachineParameters& hardware);

/// The simulator's machine on a random program that the hardware of a line runs, clock by clock,
/// and what its blocks show, on the ports of sa_datapath and sa_buffers.
class MachineModel : public BlockModel {
 public:
  /// A line's `seed` is added, where it has one; its `image_side` asks for images of that side.
  MachineModel(const Parameters& parameters, std::uint64_t seed);

  /// The tile, word and image that enter the array: for who finds a difference.
  [[nodiscard]] std::string where() const override;

 protected:
  using Machine = simulation::machine::Machine;

  [[nodiscard]] const rtl::MachineParameters& hardware() const { return hardware_; }
  [[nodiscard]] const RandomProgram& drawn() const { return drawn_; }
  [[nodiscard]] const TileProgram& program() const { return drawn_.program; }
  [[nodiscard]] const rtl::Bundles& bundles() const { return bundles_; }
  [[nodiscard]] const rtl::WordTokens& tokens() const { return *tokens_; }
  [[nodiscard]] const rtl::MemoryImages& images() const { return images_; }
  [[nodiscard]] Machine& machine() { return *machine_; }
  [[nodiscard]] const Machine& machine() const { return *machine_; }

  // Ports in the order of these lists; `put_` functions give what the machine shows.
  // Datapath to buffers:
  [[nodiscard]] std::vector<Wire> column_reads() const;   // read_data, read_input, read_address
  [[nodiscard]] std::vector<Wire> column_writes() const;  // write_data, write_address, data
  [[nodiscard]] std::vector<Wire> weight_reads() const;   // read_weights, weights_address
  [[nodiscard]] std::vector<Wire> row_reads() const;
  [[nodiscard]] std::vector<Wire> bus_writes() const;
  [[nodiscard]] std::vector<Wire> line_reads() const;
  [[nodiscard]] std::vector<Wire> line_writes() const;
  void put_column_reads(WireValues& values) const;
  void put_column_writes(WireValues& values) const;
  void put_weight_reads(WireValues& values) const;
  void put_row_reads(WireValues& values) const;
  void put_bus_writes(WireValues& values) const;
  void put_line_reads(WireValues& values) const;
  void put_line_writes(WireValues& values) const;

 private:
  RandomProgram drawn_;
  rtl::MachineParameters hardware_;
  rtl::Bundles bundles_;
  std::optional<rtl::ProgramIndex> index_;
  std::optional<rtl::WordTokens> tokens_;
  rtl::MemoryImages images_;
  std::unique_ptr<Machine> machine_;
};

[[nodiscard]] rtl::Word word_of(const simulation::machine::WordToken& token);
/// All bits of a value; fields that are not set are 0.
[[nodiscard]] rtl::Bits known_bits(const rtl::Values& values);
void put_bits(WireValues& values, const rtl::Bits& bits);
/// `bytes` bytes, the first lowest, of which the port has `bits` bits.
void put_bytes(WireValues& values, const std::uint8_t* bytes, std::size_t bits);

}  // namespace colcomb::tests
