#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace colcomb::netlist {

/// A group of a Liberty file, e.g. cell (nand2) { area : 7.2; pin (A) { ... } }: its kind, the
/// names in its parentheses, its attributes and the groups in it, in the file's order. Of an
/// attribute that is given several times the last counts. Texts are without quotation marks.
struct LibertyGroup {
  std::string kind;
  std::vector<std::string> names;
  std::map<std::string, std::vector<std::string>> attributes;  // name : a;  or  name (a, b);
  std::vector<LibertyGroup> groups;

  /// The attribute's first text; `otherwise` where it is not given.
  [[nodiscard]] std::string text(const std::string& name, const std::string& otherwise = "") const;
};

/// Errors: UserError naming `where`, the line, what stands there and what must.
[[nodiscard]] LibertyGroup parse_liberty(std::string_view content, const std::string& where);

/// Errors: UserError naming the file: one that cannot be read; as above.
[[nodiscard]] LibertyGroup load_liberty(const std::filesystem::path& path);

}  // namespace colcomb::netlist
