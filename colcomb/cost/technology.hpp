#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "colcomb/artifacts/cost_report.hpp"

namespace colcomb::cost {

/// How an entry of a technology file came about.
enum class EntryKind : std::uint8_t { kPublished, kExtracted, kSynthesized, kModelled };
[[nodiscard]] const char* name_of(EntryKind kind);

/// A number of a technology file.
struct TechnologyEntry {
  Range value;                             // pJ, um2, mW, ns, MHz, bytes or a count (units.def)
  std::string unit;                        // as written
  std::optional<double> node_nm;           // where it is not the file's
  std::vector<std::string> sources;        // ids
  EntryKind kind = EntryKind::kPublished;  // how the entry was found
  std::string note;                        // what else is to be said of it
};

/// A kind of on-chip memory, one size a row. Its numbers are entries named
/// "sram.PORTSp.BITSbit.BYTESB." and read, write (pJ an access), leakage, access or area.
struct SramTable {
  std::size_t bits = 8;              // of a word
  std::size_t ports = 1;             // 1: one for reads and writes; 2: one each
  bool interpolate = false;          // sizes between the rows exist too
  std::vector<std::uint64_t> bytes;  // rising
};

/// What one process gives: docs/reference/cost.md, "Technology files".
struct Technology {
  std::string name;                     // file name without extension, or the built-in name
  double node_nm = 0;                   // of the process, nm
  std::optional<double> voltage;        // of the supply, where it is known
  std::optional<double> temperature_c;  // where it is known
  std::vector<CostSource> sources;      // that entries refer to
  std::map<std::string, TechnologyEntry> entries;  // by path, e.g. "cell.mx.alpha8.area"
  std::vector<SramTable> srams;                    // memories of several sizes

  /// Whether there is an entry of this name.
  [[nodiscard]] bool has(const std::string& path) const { return entries.contains(path); }
  /// Absent, naming the path, where there is none.
  [[nodiscard]] CostFigure entry(const std::string& path) const;
  /// The entry "PREFIX.DIMENSIONn.QUANTITY" of n; between two of the table in a straight line,
  /// absent beyond it.
  [[nodiscard]] CostFigure tabulated(const std::string& prefix, const std::string& dimension,
                                     std::size_t n, const std::string& quantity) const;
};

/// Errors: UserError naming `where`, key, value and rule.
[[nodiscard]] Technology parse_technology(std::string_view toml, const std::string& where);
/// Errors: the same, and where the file cannot be read.
[[nodiscard]] Technology load_technology(const std::filesystem::path& path);

/// Names of the technologies that are part of the program: files of configs/technologies.
[[nodiscard]] const std::vector<std::string>& technology_names();
/// One of these names, else a file. Errors: option_error naming `technology` where it is neither;
/// as load_technology.
[[nodiscard]] Technology find_technology(const std::string& name);

}  // namespace colcomb::cost
