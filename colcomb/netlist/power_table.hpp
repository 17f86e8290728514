#pragma once

#include <string>
#include <vector>

#include "colcomb/netlist/liberty.hpp"

namespace colcomb::netlist {

/// What a change of a pin costs, by the time that its cause takes to change and the capacitance
/// that it drives: a table of a cell library, between whose points is interpolated, and beyond
/// which the nearest counts.
class PowerTable {
 public:
  PowerTable() = default;
  /// Of a group rise_power or fall_power. `library`: the file's outermost group, whose
  /// power_lut_template says what each index is.
  /// Errors: UserError naming `where`: a table whose values do not fill its indices.
  PowerTable(const LibertyGroup& group, const LibertyGroup& library, const std::string& where);

  [[nodiscard]] double at(double transition, double load) const;
  /// Multiplies all values, and the capacitances by which they are found.
  void scale(double value, double load);

 private:
  std::vector<double> transitions_;  // ascending; empty: of no influence
  std::vector<double> loads_;
  std::vector<double> values_;  // per transition, per load
};

/// Numbers of an attribute: of one text with commas, or of several.
[[nodiscard]] std::vector<double> numbers_of(const std::vector<std::string>& texts,
                                             const std::string& where);

}  // namespace colcomb::netlist
