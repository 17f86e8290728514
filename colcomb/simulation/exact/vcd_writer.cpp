#include "colcomb/simulation/exact/vcd_writer.hpp"

#include <fmt/format.h>

#include "colcomb/base/check.hpp"

namespace colcomb::simulation {
namespace {

/// Short name of signal i: digits of the printable characters.
std::string code_of(std::size_t i) {
  constexpr char kFirst = '!';
  constexpr std::size_t kCount = '~' - kFirst + 1;
  std::string code;
  do {
    code += static_cast<char>(kFirst + static_cast<char>(i % kCount));
    i /= kCount;
  } while (i > 0);
  return code;
}

}  // namespace

void VcdWriter::open_scope(const std::string& name) {
  text_ += fmt::format("$scope module {} $end\n", name);
}

void VcdWriter::close_scope() {
  text_ += "$upscope $end\n";
}

std::size_t VcdWriter::declare(const std::string& name, std::size_t bits) {
  COLCOMB_CHECK(bits >= 1 && bits <= 64, "a signal has 1 to 64 bits");
  const Signal signal{code_of(signals_.size()), bits};
  const std::string range = bits == 1 ? "" : fmt::format(" [{}:0]", bits - 1);
  text_ += fmt::format("$var wire {} {} {}{} $end\n", bits, signal.code, name, range);
  signals_.push_back(signal);
  return signals_.size() - 1;
}

void VcdWriter::end_declarations() {
  text_ = "$timescale 1 ns $end\n" + text_ + "$enddefinitions $end\n";
}

void VcdWriter::value(std::size_t index, std::uint64_t value) {
  Signal& signal = signals_[index];
  if (signal.known && signal.value == value) return;
  signal.known = true;
  signal.value = value;
  if (!time_written_ || written_time_ != time_) text_ += fmt::format("#{}\n", time_);
  time_written_ = true;
  written_time_ = time_;
  text_ += signal.bits == 1 ? fmt::format("{}{}\n", value & 1U, signal.code)
                            : fmt::format("b{:b} {}\n", value, signal.code);
}

void VcdWriter::finish() {
  text_ += fmt::format("#{}\n", time_ + 1);
}

}  // namespace colcomb::simulation
