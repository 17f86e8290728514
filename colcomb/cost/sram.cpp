#include "colcomb/cost/sram.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "colcomb/base/arithmetic.hpp"
#include "colcomb/cost/figure.hpp"

namespace colcomb::cost {
namespace {

constexpr std::size_t kBlockRamBits = 16;  // widest word of a block RAM (iCE40)

std::string path_of(const SramTable& table, std::uint64_t bytes, const std::string& quantity) {
  return fmt::format("sram.{}p.{}bit.{}B.{}", table.ports, table.bits, bytes, quantity);
}

bool has_column(const Technology& technology, const SramTable& table, const std::string& quantity) {
  return technology.has(path_of(table, table.bytes.front(), quantity));
}

/// The best table of `ports` for words of `word_bits` that has the quantity; null: none.
const SramTable* choose(const Technology& technology, std::size_t word_bits, std::size_t ports,
                        const std::string& quantity) {
  const SramTable* best = nullptr;
  // Words that divide come first, the wider the better; then wider words, the narrower the better.
  const auto rank = [word_bits](const SramTable& table) {
    const bool divides = word_bits % table.bits == 0;
    const bool holds = table.bits > word_bits;
    return divides ? std::pair{0, -static_cast<std::ptrdiff_t>(table.bits)}
                   : std::pair{holds ? 1 : 2, static_cast<std::ptrdiff_t>(table.bits)};
  };
  for (const SramTable& table : technology.srams) {
    if (table.ports != ports || !has_column(technology, table, quantity)) continue;
    if (best == nullptr || rank(table) < rank(*best)) best = &table;
  }
  return best;
}

CostFigure between(const CostFigure& below, const CostFigure& above, double share) {
  const auto mix = [share](double a, double b) {
    return a > 0 && b > 0 ? std::exp((1 - share) * std::log(a) + share * std::log(b))
                          : (1 - share) * a + share * b;
  };
  CostFigure figure = below + above;  // for the grounds
  if (!figure.value) return figure;
  figure.value = {mix(below.value->low, above.value->low),
                  mix(below.value->high, above.value->high)};
  return assuming(std::move(figure), "log_sizes");
}

/// A memory built of a table's: `side` by side, each of `deep` of them.
struct Build {
  const SramTable* table = nullptr;
  std::uint64_t side = 1;
  std::uint64_t deep = 1;
  std::uint64_t bytes = 1;  // of each

  [[nodiscard]] CostFigure one(const Technology& technology, const std::string& quantity) const {
    const auto& sizes = table->bytes;
    const auto above = std::ranges::lower_bound(sizes, bytes);
    const bool exact = above != sizes.end() && (*above == bytes || !table->interpolate);
    if (exact) return technology.entry(path_of(*table, *above, quantity));
    if (above == sizes.end()) return technology.entry(path_of(*table, sizes.back(), quantity));
    if (above == sizes.begin())
      return assuming(technology.entry(path_of(*table, *above, quantity)), "log_sizes");
    const std::uint64_t below = *std::prev(above);
    const double share = std::log(static_cast<double>(bytes) / static_cast<double>(below)) /
                         std::log(static_cast<double>(*above) / static_cast<double>(below));
    return between(technology.entry(path_of(*table, below, quantity)),
                   technology.entry(path_of(*table, *above, quantity)), share);
  }
};

Build build(const SramTable& table, std::uint64_t bytes, std::size_t word_bits) {
  Build build;
  build.table = &table;
  build.side = ceil_divide(word_bits, table.bits);
  // Where a wider word holds one of word_bits, the rest of it is used too: bytes are bytes.
  const std::uint64_t each = ceil_divide(bytes, build.side);
  build.deep = std::max<std::uint64_t>(1, ceil_divide(each, table.bytes.back()));
  build.bytes = ceil_divide(each, build.deep);
  return build;
}

std::size_t ports_of(const Technology& technology) {
  const bool two = std::ranges::any_of(technology.srams,
                                       [](const SramTable& table) { return table.ports == 2; });
  return two ? 2 : 1;
}

/// A quantity of the whole bank; of an access where `of_access`.
CostFigure quantity_of(const Technology& technology, std::uint64_t bytes, std::size_t word_bits,
                       const std::string& quantity, bool of_access) {
  const std::size_t ports = ports_of(technology);
  const SramTable* own = choose(technology, word_bits, ports, "read");
  const SramTable* table = choose(technology, word_bits, ports, quantity);
  if (table == nullptr)
    return absent(fmt::format("{} gives no memory's {}", technology.name, quantity));
  const Build made = build(*table, bytes, word_bits);
  const double count = static_cast<double>(made.side * (of_access ? 1 : made.deep));
  CostFigure figure = count * made.one(technology, quantity);
  if (table != own) figure = assuming(std::move(figure), "other_width");
  if (ports == 1) figure = assuming(std::move(figure), "single_port");
  if (made.deep > 1 && table->interpolate) figure = assuming(std::move(figure), "log_sizes");
  return figure;
}

CostFigure block_rams_of(const Technology& technology, std::uint64_t bytes, std::size_t word_bits) {
  CostFigure block = technology.entry("block_ram.bytes");
  if (!block.value) return block;
  if (block.value->low < 1) return absent("block_ram.bytes is below 1");
  const std::uint64_t side = ceil_divide(word_bits, kBlockRamBits);
  const double deep = std::ceil(static_cast<double>(ceil_divide(bytes, side)) / block.value->low);
  block.value = Range{static_cast<double>(side) * deep, static_cast<double>(side) * deep};
  return block;
}

}  // namespace

BankCost bank_cost(const Technology& technology, std::uint64_t bytes, std::size_t word_bits) {
  return {quantity_of(technology, bytes, word_bits, "read", true),
          quantity_of(technology, bytes, word_bits, "write", true),
          quantity_of(technology, bytes, word_bits, "leakage", false),
          quantity_of(technology, bytes, word_bits, "area", false),
          block_rams_of(technology, bytes, word_bits)};
}

}  // namespace colcomb::cost
