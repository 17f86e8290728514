#include "colcomb/cost/entry_rules.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "colcomb/cost/cells.hpp"

namespace colcomb::cost {
namespace {

struct EntryRule {
  std::string_view path;
  Dimension dimension;
};

struct Unit {
  std::string_view name;
  Dimension dimension;
  double factor;
};

constexpr auto kEntries = std::to_array<EntryRule>({
#define COLCOMB_ENTRY(path, dimension) {path, Dimension::dimension},
#include "colcomb/cost/entries.def"
#undef COLCOMB_ENTRY
});

constexpr auto kUnits = std::to_array<Unit>({
#define COLCOMB_UNIT(name, dimension, factor) {name, Dimension::dimension, factor},
#include "colcomb/cost/units.def"
#undef COLCOMB_UNIT
});

/// Whether `word` is `rule` with a whole number from 1 on in place of its `#`.
bool is_numbered(std::string_view word, std::string_view rule) {
  constexpr std::size_t kMostDigits = 13;
  const std::string_view before = rule.substr(0, rule.find('#'));
  const std::string_view after = rule.substr(before.size() + 1);
  if (!word.starts_with(before) || !word.ends_with(after)) return false;
  if (word.size() <= before.size() + after.size()) return false;
  const std::string_view digits =
      word.substr(before.size(), word.size() - before.size() - after.size());
  return digits.size() <= kMostDigits && digits[0] != '0' &&
         digits.find_first_not_of("0123456789") == std::string_view::npos;
}

bool word_matches(std::string_view word, std::string_view rule) {
  if (rule.find('#') != std::string_view::npos) return is_numbered(word, rule);
  if (rule == "KIND") return std::ranges::find(cell_kinds(), word) != cell_kinds().end();
  return word == rule;
}

/// The words between the dots.
std::vector<std::string_view> words_of(std::string_view path) {
  std::vector<std::string_view> words;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t dot = std::min(path.find('.', begin), path.size());
    words.push_back(path.substr(begin, dot - begin));
    begin = dot + 1;
  }
  return words;
}

bool matches(const std::vector<std::string_view>& words, std::string_view rule, bool whole) {
  const std::vector<std::string_view> rules = words_of(rule);
  if (whole ? rules.size() != words.size() : rules.size() <= words.size()) return false;
  for (std::size_t i = 0; i < words.size(); ++i)
    if (!word_matches(words[i], rules[i])) return false;
  return true;
}

}  // namespace

std::optional<Dimension> dimension_of(std::string_view path) {
  const auto words = words_of(path);
  for (const EntryRule& entry : kEntries)
    if (matches(words, entry.path, true)) return entry.dimension;
  return std::nullopt;
}

bool begins_entry(std::string_view path) {
  const auto words = words_of(path);
  return std::ranges::any_of(
      kEntries, [&words](const EntryRule& entry) { return matches(words, entry.path, false); });
}

std::optional<double> unit_factor(std::string_view unit, Dimension dimension) {
  for (const Unit& candidate : kUnits)
    if (candidate.name == unit && candidate.dimension == dimension) return candidate.factor;
  return std::nullopt;
}

std::string units_of(Dimension dimension) {
  std::string names;
  for (const Unit& unit : kUnits) {
    if (unit.dimension != dimension) continue;
    if (!names.empty()) names += ", ";
    names += unit.name;
  }
  return names;
}

}  // namespace colcomb::cost
