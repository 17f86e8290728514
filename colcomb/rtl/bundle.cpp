#include "colcomb/rtl/bundle.hpp"

#include <algorithm>
#include <utility>

#include "colcomb/base/check.hpp"

namespace colcomb::rtl {
namespace {

Bits low_bits(std::uint64_t value, std::size_t count) {
  Bits bits(count);
  for (std::size_t i = 0; i < std::min<std::size_t>(count, 64); ++i)
    bits[i] = (value >> i) % 2 != 0;
  return bits;
}

}  // namespace

std::string hex(const Bits& bits) {
  std::string digits;
  for (std::size_t digit = (bits.size() + 3) / 4; digit-- > 0;) {
    std::size_t value = 0;
    for (std::size_t i = std::min(4 * digit + 4, bits.size()); i-- > 4 * digit;)
      value = 2 * value + (bits[i] ? 1 : 0);
    digits += "0123456789abcdef"[value];
  }
  return digits;
}

void append(Bits& bits, std::uint64_t value, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) bits.push_back(((value >> i) & 1U) != 0);
}

Bundle::Bundle(std::vector<Field> fields) : fields_(std::move(fields)) {
  for (const Field& field : fields_) bits_ += field.bits;
}

std::size_t Bundle::index(const std::string& name) const {
  const auto found = std::ranges::find(fields_, name, &Field::name);
  COLCOMB_CHECK(found != fields_.end(), "no field " + name);
  return static_cast<std::size_t>(found - fields_.begin());
}

Values::Values(const Bundle& bundle) : bundle_(bundle), values_(bundle.fields().size()) {}

void Values::set(const std::string& name, std::uint64_t value) {
  const std::size_t index = bundle_.index(name);
  const std::size_t bits = bundle_.fields()[index].bits;
  COLCOMB_CHECK(bits >= 64 || value >> bits == 0, name + " does not fit its field");
  values_[index] = low_bits(value, bits);
}

void Values::set_modulo(const std::string& name, std::int64_t value) {
  const std::size_t index = bundle_.index(name);
  const std::size_t bits = bundle_.fields()[index].bits;
  COLCOMB_CHECK(bits <= 64, name + " is no number");
  values_[index] = low_bits(static_cast<std::uint64_t>(value), bits);
}

void Values::set_bits(const std::string& name, Bits bits) {
  const std::size_t index = bundle_.index(name);
  COLCOMB_CHECK(bits.size() == bundle_.fields()[index].bits, name + " does not fit its field");
  values_[index] = std::move(bits);
}

Bits Values::bits() const {
  Bits all;
  all.reserve(bundle_.bits());
  for (std::size_t i = values_.size(); i-- > 0;) {
    COLCOMB_CHECK(values_[i].has_value(), bundle_.fields()[i].name + " is not set");
    all.insert(all.end(), values_[i]->begin(), values_[i]->end());
  }
  return all;
}

}  // namespace colcomb::rtl
