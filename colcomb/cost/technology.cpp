#include "colcomb/cost/technology.hpp"

#include <fmt/format.h>

#include <charconv>

#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/cost/figure.hpp"

namespace colcomb::cost {
namespace {

/// n of a path "STEMn.QUANTITY".
std::optional<std::size_t> number_in(std::string_view path, std::string_view stem,
                                     std::string_view end) {
  if (!path.starts_with(stem) || !path.ends_with(end)) return std::nullopt;
  if (path.size() <= stem.size() + end.size()) return std::nullopt;
  path = path.substr(stem.size(), path.size() - stem.size() - end.size());
  std::size_t n = 0;
  const auto [last, error] = std::from_chars(path.data(), path.data() + path.size(), n);
  if (error != std::errc() || last != path.data() + path.size()) return std::nullopt;
  return n;
}

}  // namespace

const char* name_of(EntryKind kind) {
  switch (kind) {
    case EntryKind::kPublished:
      return "published";
    case EntryKind::kExtracted:
      return "extracted";
    case EntryKind::kSynthesized:
      return "synthesized";
    case EntryKind::kModelled:
      return "modelled";
  }
  return "unknown";
}

CostFigure Technology::entry(const std::string& path) const {
  const auto found = entries.find(path);
  if (found == entries.end()) return absent(fmt::format("{} gives no {}", name, path));
  CostFigure figure;
  figure.value = found->second.value;
  figure.entries.insert(path);
  figure.sources.insert(found->second.sources.begin(), found->second.sources.end());
  if (found->second.node_nm) figure = assuming(std::move(figure), "unscaled");
  return figure;
}

CostFigure Technology::tabulated(const std::string& prefix, const std::string& dimension,
                                 std::size_t n, const std::string& quantity) const {
  const std::string stem = fmt::format("{}.{}", prefix, dimension);
  const std::string end = "." + quantity;
  std::map<std::size_t, std::string> table;
  for (auto row = entries.lower_bound(stem); row != entries.end(); ++row) {
    if (!row->first.starts_with(stem)) break;
    if (const auto number = number_in(row->first, stem, end)) table[*number] = row->first;
  }
  const auto above = table.lower_bound(n);
  if (above == table.end() || (above->first != n && above == table.begin()))
    return absent(fmt::format("{} gives no {}{}{}", name, stem, n, end));
  if (above->first == n) return entry(above->second);
  const auto below = std::prev(above);
  const double share =
      static_cast<double>(n - below->first) / static_cast<double>(above->first - below->first);
  return assuming((1 - share) * entry(below->second) + share * entry(above->second),
                  "interpolated");
}

Technology load_technology(const std::filesystem::path& path) {
  return parse_technology(read_text_file(path), path.string());
}

}  // namespace colcomb::cost
