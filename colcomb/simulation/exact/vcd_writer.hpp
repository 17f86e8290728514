#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace colcomb::simulation {

/// Value change dump (IEEE 1364, clause 18) in memory: declare signals, then give their values
/// clock by clock; only changes are written.
class VcdWriter {
 public:
  void open_scope(const std::string& name);
  void close_scope();
  /// Index of a signal of 1 to 64 bits.
  std::size_t declare(const std::string& name, std::size_t bits);
  void end_declarations();

  void time(std::uint64_t clock) { time_ = clock; }
  void value(std::size_t signal, std::uint64_t value);
  [[nodiscard]] const std::string& text() const { return text_; }
  /// Ends the last clock.
  void finish();

 private:
  struct Signal {
    std::string code;
    std::size_t bits;
    bool known = false;
    std::uint64_t value = 0;
  };

  std::string text_;
  std::vector<Signal> signals_;
  std::uint64_t time_ = 0;
  bool time_written_ = false;
  std::uint64_t written_time_ = 0;
};

}  // namespace colcomb::simulation
