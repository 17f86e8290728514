#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "colcomb/simulation/exact/probe.hpp"

namespace colcomb::simulation::machine {

/// An on-chip memory of banks that all have the same ports. A port is used once a clock at most; a
/// second use, an address outside the bank, a byte that was never written, or one read in the clock
/// of its write, is a broken invariant. What is asked in a clock is in the read port's output
/// register from the next clock on, until the port is used again.
class Buffer {
 public:
  struct Shape {
    std::size_t banks = 1;
    std::uint64_t bank_bytes = 0;
    std::size_t read_ports = 1;
    std::size_t read_bytes = 1;  // most that a port reads at a time
    std::size_t write_ports = 1;
    bool whole_words = false;  // reads are of whole words, of which the reader may use a part:
                               // bytes that were never written are no fault
  };

  Buffer(std::string name, const Shape& shape);

  // In: the ports' wires in this clock.
  void read(std::size_t bank, std::size_t port, std::uint64_t address, std::size_t bytes = 1);
  void write(std::size_t bank, std::uint64_t address, std::span<const std::uint8_t> bytes);
  void write(std::size_t bank, std::uint64_t address, std::uint8_t byte) {
    write(bank, address, std::span(&byte, 1));
  }
  void commit();

  /// Out: the read port's register, read_bytes long.
  [[nodiscard]] const std::uint8_t* out(std::size_t bank, std::size_t port = 0) const {
    return out_.data() + (bank * shape_.read_ports + port) * shape_.read_bytes;
  }

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const Shape& shape() const { return shape_; }
  void observe(AccessProbe* probe) { probe_ = probe; }

 private:
  struct Read {
    std::uint64_t clock = ~std::uint64_t{0};
    std::uint64_t address = 0;
    std::size_t bytes = 0;
  };
  struct Write {
    std::size_t bank;
    std::uint64_t address;
    std::size_t begin;  // in written_
    std::size_t bytes;
  };

  void require_place(std::size_t bank, std::uint64_t address, std::size_t bytes,
                     const char* operation) const;
  /// Of consecutive bytes from `begin` on.
  [[nodiscard]] bool all_known(std::size_t begin, std::size_t bytes) const;
  void set_known(std::size_t begin, std::size_t bytes);
  [[noreturn]] void refuse(std::size_t bank, std::uint64_t address, const char* what) const;

  std::string name_;
  Shape shape_;
  std::unique_ptr<std::uint8_t[]> values_;  // those that are not known may hold anything
  std::vector<std::uint64_t> known_;        // a bit per byte: it was written
  std::vector<std::uint8_t> out_;
  std::vector<Read> reads_;                // per bank and port, of the clock in them
  std::vector<std::size_t> asked_;         // of reads_, in this clock
  std::vector<Write> writes_;              // in this clock
  std::vector<std::uint8_t> written_;      // their bytes
  std::vector<std::uint64_t> last_write_;  // per bank: clock of write_count_
  std::vector<std::uint32_t> write_count_;
  std::uint64_t clock_ = 0;
  AccessProbe* probe_ = nullptr;
};

}  // namespace colcomb::simulation::machine
