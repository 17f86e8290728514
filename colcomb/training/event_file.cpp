// Written by hand rather than with the protobuf library: four messages of a few fields each need no
// generated code in a room that has no other use for it. Little-endian throughout.
#include "colcomb/training/event_file.hpp"

#include <bit>

namespace colcomb::training {
namespace {

/// Castagnoli's polynomial, reflected. Bit by bit: a history has some kilobytes.
std::uint32_t crc32c(std::string_view bytes) {
  std::uint32_t crc = ~std::uint32_t{0};
  for (const char byte : bytes) {
    crc ^= static_cast<std::uint8_t>(byte);
    for (int bit = 0; bit < 8; ++bit) crc = crc >> 1 ^ (crc & 1 ? 0x82F63B78U : 0U);
  }
  return ~crc;
}

/// The format masks its checksums, so that the checksum of bytes that hold one is still of use.
std::uint32_t masked_crc(std::string_view bytes) {
  return std::rotr(crc32c(bytes), 15) + 0xA282EAD8U;
}

std::string fixed(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text += static_cast<char>(value >> 8 * i & 0xFF);
  return text;
}

std::string varint(std::uint64_t value) {
  std::string text;
  for (; value >= 0x80; value >>= 7) text += static_cast<char>(0x80 | (value & 0x7F));
  return text + static_cast<char>(value);
}

enum WireType { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

std::string key_of(int field, WireType type) {
  return varint(static_cast<std::uint64_t>(field << 3 | type));
}

std::string bytes_field(int field, std::string_view content) {
  return key_of(field, kBytes) + varint(content.size()) + std::string(content);
}

std::string double_field(int field, double value) {
  return key_of(field, kFixed64) + fixed(std::bit_cast<std::uint64_t>(value), 8);
}

std::string float_field(int field, double value) {
  return key_of(field, kFixed32) +
         fixed(std::bit_cast<std::uint32_t>(static_cast<float>(value)), 4);
}

/// Event: wall_time = 1, step = 2, file_version = 3, summary = 5. Summary: value = 1, repeated,
/// with tag = 1 and simple_value = 2.
std::string message(const ScalarEvent& event) {
  std::string summary;
  for (const Scalar& scalar : event.scalars) {
    summary += bytes_field(1, bytes_field(1, scalar.tag) + float_field(2, scalar.value));
  }
  return double_field(1, event.wall_time) + key_of(2, kVarint) +
         varint(static_cast<std::uint64_t>(event.step)) + bytes_field(5, summary);
}

std::string framed(std::string_view payload) {
  const std::string length = fixed(payload.size(), 8);
  return length + fixed(masked_crc(length), 4) + std::string(payload) +
         fixed(masked_crc(payload), 4);
}

}  // namespace

std::string event_file(std::span<const ScalarEvent> events) {
  std::string content = framed(double_field(1, 0) + bytes_field(3, "brain.Event:2"));
  for (const ScalarEvent& event : events) content += framed(message(event));
  return content;
}

}  // namespace colcomb::training
