#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace colcomb::netlist {

/// Changes of a scope's signals, from the waveforms of a simulation (value change dump, IEEE 1364).
/// Only changes between 0 and 1 count: one to or from x or z is none.
struct Toggles {
  double nanoseconds = 0;                                // from the first to the last time counted
  std::map<std::string, std::vector<std::uint64_t>> of;  // per signal and bit, the lowest first
};

/// From time `begin` (included) to `end` (excluded), in ns. `scope`: the innermost scope's name.
/// Errors: UserError naming `where`, the line and the rule: no such scope, a file that ends early.
[[nodiscard]] Toggles count_toggles(std::string_view vcd, const std::string& scope, double begin,
                                    double end, const std::string& where);

[[nodiscard]] Toggles load_toggles(const std::filesystem::path& path, const std::string& scope,
                                   double begin, double end);

}  // namespace colcomb::netlist
