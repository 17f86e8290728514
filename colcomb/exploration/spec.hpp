#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace colcomb::exploration {

/// Settings of one point by name, sorted by name; values as TOML writes them.
using Settings = std::vector<std::pair<std::string, std::string>>;

/// What names of settings begin with that are flags of training.
inline constexpr std::string_view kTraining = "train.";

/// The value of this name; null if there is none.
[[nodiscard]] const std::string* find(const Settings& settings, std::string_view name);
/// A setting that is a string, without its quotes. Errors: UserError (file `where`) if it is none.
[[nodiscard]] std::string text_of(const std::string& name, const std::string& value,
                                  const std::string& where);

/// A setting's value for people and tables: strings without their quotes.
[[nodiscard]] std::string shown(const std::string& value);
/// The words that a setting of training stands for on a command line: a list's elements, a string
/// without its quotes, or the value as it is. Errors: as text_of.
[[nodiscard]] std::vector<std::string> words_of(const std::string& name, const std::string& value,
                                                const std::string& where);

/// The arguments of `colcomb` that train what a point's settings say (names without kTraining) into
/// `folder`: "run", "--out", ..., a flag for each setting: {"epochs", "5"} is --epochs 5, true the
/// flag alone, false none. Errors: as text_of.
[[nodiscard]] std::vector<std::string> training_arguments(const Settings& settings,
                                                          const std::filesystem::path& folder);

/// Settings that are set together, and the choices there are.
struct Axis {
  std::vector<std::string> names;                 // of the settings that go together
  std::vector<std::vector<std::string>> choices;  // one value per name each
};

/// A design question: every combination of one choice from each axis is a point
/// (docs/reference/exploration.md).
struct Spec {
  std::string name;            // of the exploration
  std::filesystem::path file;  // it was read from
  std::string text;            // the file's
  std::vector<Axis> axes;      // the choice of the last changes fastest from point to point

  /// Number of combinations.
  [[nodiscard]] std::size_t points() const;
  /// Settings of point `index`, from 0.
  [[nodiscard]] Settings point(std::size_t index) const;
};

/// Most points of a specification.
inline constexpr std::size_t kMaxPoints = 1000000;

/// Reads a TOML file. Errors: UserError naming file, key, value and rule: unknown names, a name
/// given twice, lists of different lengths in a [[together]], too many points.
[[nodiscard]] Spec load_spec(const std::filesystem::path& path);
[[nodiscard]] Spec parse_spec(std::string_view toml, const std::filesystem::path& path);

}  // namespace colcomb::exploration
