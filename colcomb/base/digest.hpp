#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace colcomb {

/// 64-bit FNV-1a over bytes: tells files, networks and image sets apart; no protection against
/// intent.
class Digest {
 public:
  void add(std::span<const std::byte> bytes) {
    for (const std::byte b : bytes) {
      value_ ^= static_cast<std::uint64_t>(b);
      value_ *= 0x100000001b3;
    }
  }
  template <class T>
  void add_number(const T& number) {
    static_assert(std::is_arithmetic_v<T>);
    add(std::as_bytes(std::span(&number, 1)));
  }
  /// The length, then the elements' bytes.
  template <class T>
  void add_list(const T& list) {
    add_number(list.size());
    add(std::as_bytes(std::span(list.data(), list.size())));
  }

  [[nodiscard]] std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0xcbf29ce484222325;
};

}  // namespace colcomb
