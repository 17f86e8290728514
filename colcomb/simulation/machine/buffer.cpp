#include "colcomb/simulation/machine/buffer.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "colcomb/base/check.hpp"

namespace colcomb::simulation::machine {

Buffer::Buffer(std::string name, const Shape& shape)
    : name_(std::move(name)),
      shape_(shape),
      values_(shape.whole_words
                  ? std::make_unique<std::uint8_t[]>(shape.banks * shape.bank_bytes)
                  : std::make_unique_for_overwrite<std::uint8_t[]>(shape.banks * shape.bank_bytes)),
      known_((shape.banks * shape.bank_bytes + 63) / 64),
      out_(shape.banks * shape.read_ports * shape.read_bytes),
      reads_(shape.banks * shape.read_ports),
      last_write_(shape.banks, ~std::uint64_t{0}),
      write_count_(shape.banks) {}

bool Buffer::all_known(std::size_t begin, std::size_t bytes) const {
  for (std::size_t at = begin; at < begin + bytes;) {
    const std::size_t bits = std::min(begin + bytes - at, 64 - at % 64);
    const std::uint64_t mask = ~std::uint64_t{0} >> (64 - bits) << at % 64;
    if ((known_[at / 64] & mask) != mask) return false;
    at += bits;
  }
  return true;
}

void Buffer::set_known(std::size_t begin, std::size_t bytes) {
  for (std::size_t at = begin; at < begin + bytes;) {
    const std::size_t bits = std::min(begin + bytes - at, 64 - at % 64);
    known_[at / 64] |= ~std::uint64_t{0} >> (64 - bits) << at % 64;
    at += bits;
  }
}

void Buffer::refuse(std::size_t bank, std::uint64_t address, const char* what) const {
  throw InternalError(name_ + ", bank " + std::to_string(bank) + ", address " +
                      std::to_string(address) + ", clock " + std::to_string(clock_) + ": " + what);
}

void Buffer::require_place(std::size_t bank, std::uint64_t address, std::size_t bytes,
                           const char* operation) const {
  if (bank >= shape_.banks || address > shape_.bank_bytes || bytes > shape_.bank_bytes - address)
      [[unlikely]]
    refuse(bank, address, operation);
}

void Buffer::read(std::size_t bank, std::size_t port, std::uint64_t address, std::size_t bytes) {
  require_place(bank, address, bytes, "a read outside the bank");
  if (port >= shape_.read_ports || bytes > shape_.read_bytes) [[unlikely]]
    refuse(bank, address, "no such read port");
  const std::size_t at = bank * shape_.read_ports + port;
  if (reads_[at].clock == clock_) [[unlikely]]
    refuse(bank, address, "a second read through one port in a clock");
  reads_[at] = {clock_, address, bytes};
  asked_.push_back(at);
  if (probe_ != nullptr) probe_->access(name_, "read", bank * shape_.bank_bytes + address);
}

void Buffer::write(std::size_t bank, std::uint64_t address, std::span<const std::uint8_t> bytes) {
  require_place(bank, address, bytes.size(), "a write outside the bank");
  if (last_write_[bank] != clock_) write_count_[bank] = 0;
  last_write_[bank] = clock_;
  if (++write_count_[bank] > shape_.write_ports) [[unlikely]]
    refuse(bank, address, "a second write through one port in a clock");
  writes_.push_back({bank, address, written_.size(), bytes.size()});
  written_.insert(written_.end(), bytes.begin(), bytes.end());
  if (probe_ != nullptr) probe_->access(name_, "write", bank * shape_.bank_bytes + address);
}

void Buffer::commit() {
  for (const std::size_t at : asked_) {
    const Read& read = reads_[at];
    const std::size_t bank = at / shape_.read_ports;
    const std::size_t begin = bank * shape_.bank_bytes + read.address;
    if (!shape_.whole_words && !all_known(begin, read.bytes)) [[unlikely]]
      refuse(bank, read.address, "a byte is read that was never written");
    std::memcpy(out_.data() + at * shape_.read_bytes, values_.get() + begin, read.bytes);
  }
  for (const Write& write : writes_) {
    for (std::size_t port = 0; port < shape_.read_ports; ++port) {
      const Read& read = reads_[write.bank * shape_.read_ports + port];
      if (read.clock == clock_ && read.address < write.address + write.bytes &&
          write.address < read.address + read.bytes) [[unlikely]]
        refuse(write.bank, write.address, "a byte is read in the clock of its write");
    }
    const std::size_t begin = write.bank * shape_.bank_bytes + write.address;
    std::memcpy(values_.get() + begin, written_.data() + write.begin, write.bytes);
    set_known(begin, write.bytes);
  }
  asked_.clear();
  writes_.clear();
  written_.clear();
  ++clock_;
}

}  // namespace colcomb::simulation::machine
