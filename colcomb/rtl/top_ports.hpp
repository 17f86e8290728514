#pragma once

#include <cstddef>
#include <span>
#include <string>

namespace colcomb::rtl {

/// A port of a folder's top, but for clock and reset.
struct TopPort {
  const char* name;
  bool input;
  std::size_t bits;
};

/// The head of module `machine` with clock, reset and these ports.
[[nodiscard]] std::string top_head(std::span<const TopPort> ports);
/// Module machine_scan: the machine between two shift registers of one pin each.
[[nodiscard]] std::string scan_text(std::span<const TopPort> ports);

}  // namespace colcomb::rtl
