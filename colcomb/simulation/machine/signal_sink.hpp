#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace colcomb::simulation {

/// Told of signals in a fixed order, each with its scope, width and present value.
class SignalSink {
 public:
  SignalSink() = default;
  SignalSink(const SignalSink&) = delete;
  SignalSink& operator=(const SignalSink&) = delete;
  virtual ~SignalSink() = default;

  virtual void open(const std::string& scope) = 0;
  virtual void close() = 0;
  /// `bits`: 1 to 64.
  virtual void signal(const char* name, std::size_t bits, std::uint64_t value) = 0;
};

}  // namespace colcomb::simulation
