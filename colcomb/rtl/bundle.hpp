#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace colcomb::rtl {

/// A word of a memory or of a set of wires, of any length: entry i is bit i.
using Bits = std::vector<bool>;

/// `bits` in hexadecimal digits, the highest first, ceil(bits / 4) of them, as $readmemh reads
/// them.
[[nodiscard]] std::string hex(const Bits& bits);

/// The lowest `count` bits of `value`, behind those that are there.
void append(Bits& bits, std::uint64_t value, std::size_t count);

/// One number of a bundle.
struct Field {
  std::string name;      // as in the SystemVerilog
  std::size_t bits = 1;  // its width

  bool operator==(const Field&) const = default;
};

/// Fields of a token or of a record, in the order of SystemVerilog's {...}: the first has the
/// highest bits. Names differ.
class Bundle {
 public:
  Bundle() = default;
  /// The first field is the lowest.
  explicit Bundle(std::vector<Field> fields);

  /// From the lowest bit up.
  [[nodiscard]] const std::vector<Field>& fields() const { return fields_; }
  /// Of all fields.
  [[nodiscard]] std::size_t bits() const { return bits_; }
  /// Position of a field in `fields`. Requires: there is one of that name.
  [[nodiscard]] std::size_t index(const std::string& name) const;

 private:
  std::vector<Field> fields_;
  std::size_t bits_ = 0;
};

/// Values of a bundle's fields. A field that was not set may hold anything.
class Values {
 public:
  /// `bundle` must outlive the object.
  explicit Values(const Bundle& bundle);

  /// Requires: the value fits the field.
  void set(const std::string& name, std::uint64_t value);
  /// The value modulo 2^bits: of addresses, whose sums are modulo that, and of negative numbers.
  void set_modulo(const std::string& name, std::int64_t value);
  /// A field of any length. Requires: as many bits as the field has.
  void set_bits(const std::string& name, Bits bits);

  /// Whose fields it sets.
  [[nodiscard]] const Bundle& bundle() const { return bundle_; }
  /// Bits of a field; nothing where it was not set.
  [[nodiscard]] const std::optional<Bits>& field(std::size_t index) const { return values_[index]; }
  /// All bits. Requires: every field is set.
  [[nodiscard]] Bits bits() const;

 private:
  const Bundle& bundle_;
  std::vector<std::optional<Bits>> values_;  // per field
};

}  // namespace colcomb::rtl
