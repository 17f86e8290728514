#pragma once

#include <flatbuffers/flatbuffers.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "colcomb/artifacts/column_groups.hpp"
#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/base/error.hpp"
#include "network_generated.h"

namespace colcomb {

// Conversions that the files share.

[[nodiscard]] flatbuffers::Offset<schema::NetworkDescription> write_description(
    flatbuffers::FlatBufferBuilder& builder, const NetworkDescription& network);
/// The version of a file that holds this network (sealed_file.hpp).
[[nodiscard]] std::uint32_t version_of(const NetworkDescription& network);
[[nodiscard]] flatbuffers::Offset<schema::PoolingWindow> write_pooling(
    flatbuffers::FlatBufferBuilder& builder, const PoolingWindow& pooling);
[[nodiscard]] flatbuffers::Offset<schema::ColumnGroups> write_groups(
    flatbuffers::FlatBufferBuilder& builder, const ColumnGroups& groups);

/// Strings are written with their length, so that any bytes survive.
[[nodiscard]] inline flatbuffers::Offset<flatbuffers::String> write_string(
    flatbuffers::FlatBufferBuilder& builder, const std::string& text) {
  return builder.CreateString(text.data(), text.size());
}

/// A builder that stores every field, so that -0.0 and a default's value survive too.
[[nodiscard]] inline flatbuffers::FlatBufferBuilder make_builder() {
  flatbuffers::FlatBufferBuilder builder(1 << 16);
  builder.ForceDefaults(true);
  return builder;
}

/// FlatBuffers address at most 2 GiB. Errors: UserError naming the file if `bulk_bytes`, the bytes
/// of all large vectors, would not leave room for the rest.
void require_payload_fits(std::uint64_t bulk_bytes, const std::string& file);

/// Reads a payload into the artifacts' structs. Offsets in a hostile file may overlap, so that a
/// small file unfolds into a huge struct; an honest writer never shares a vector. So the reader
/// refuses to copy more bytes than the payload has.
class PayloadReader {
 public:
  PayloadReader(std::span<const std::uint8_t> payload, std::string file)
      : payload_(payload), left_(payload.size()), file_(std::move(file)) {}

  /// The verified root table. Errors: UserError naming the file if the verifier refuses it.
  template <class Root>
  [[nodiscard]] const Root& root() const {
    constexpr flatbuffers::uoffset_t kMaxDepth = 16;
    constexpr flatbuffers::uoffset_t kMaxTables = 10'000'000;
    flatbuffers::Verifier verifier(payload_.data(), payload_.size(), kMaxDepth, kMaxTables);
    // The verifier takes for granted that there is room for the root's offset.
    if (payload_.size() < 8 || !verifier.VerifyBuffer<Root>(nullptr)) malformed();
    return *flatbuffers::GetRoot<Root>(payload_.data());
  }

  template <class T>
  [[nodiscard]] std::vector<T> vector(const flatbuffers::Vector<T>* source) {
    static_assert(FLATBUFFERS_LITTLEENDIAN && std::is_arithmetic_v<T>);
    const auto& present = need(source);
    charge(present.size() * sizeof(T));
    return std::vector<T>(present.data(), present.data() + present.size());
  }

  [[nodiscard]] std::string text(const flatbuffers::String* source) {
    charge(need(source).size());
    return source->str();
  }

  /// Calls convert(element) for each table of the vector and collects the results.
  template <class Table, class Convert>
  [[nodiscard]] auto tables(const flatbuffers::Vector<flatbuffers::Offset<Table>>* source,
                            Convert convert) {
    std::vector<std::invoke_result_t<Convert, const Table&>> result;
    constexpr std::size_t kLeastTable = 8;
    const auto& present = need(source);
    charge(present.size() * kLeastTable);
    result.reserve(present.size());
    for (const Table* const element : present) result.push_back(convert(need(element)));
    return result;
  }

  /// The same for a vector of structs, each copied first: the verifier does not ask for their
  /// alignment.
  template <class Struct, class Convert>
  [[nodiscard]] auto structs(const flatbuffers::Vector<const Struct*>* source, Convert convert) {
    static_assert(std::is_trivially_copyable_v<Struct>);
    std::vector<std::invoke_result_t<Convert, const Struct&>> result;
    const auto& present = need(source);
    charge(present.size() * sizeof(Struct));
    result.reserve(present.size());
    for (std::size_t i = 0; i < present.size(); ++i) {
      Struct element;
      std::memcpy(&element, present.Data() + i * sizeof(Struct), sizeof(Struct));
      result.push_back(convert(element));
    }
    return result;
  }

  [[nodiscard]] std::vector<std::string> texts(
      const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>* source);

  [[nodiscard]] NetworkDescription description(const schema::NetworkDescription* source);
  [[nodiscard]] PoolingWindow pooling(const schema::PoolingWindow& source);
  [[nodiscard]] ColumnGroups groups(const schema::ColumnGroups* source);

  /// What `pointer` points to. The verifier has seen every required field; this keeps that promise
  /// in one place, where the compiler sees it too.
  template <class T>
  [[nodiscard]] const T& need(const T* pointer) const {
    if (pointer == nullptr) malformed();
    return *pointer;
  }

  [[noreturn]] void malformed() const {
    throw file_error(file_, "payload", "", "is malformed, though its checksum is right");
  }

 private:
  [[nodiscard]] LayerDescription layer(const schema::LayerDescription& source);
  [[nodiscard]] std::optional<Window> window(const schema::Window* w);
  /// An index or -1 for none.
  [[nodiscard]] std::optional<std::size_t> index_of(std::int64_t stored) const;

  void charge(std::uint64_t bytes) {
    if (bytes > left_) malformed();
    left_ -= bytes;
  }

  std::span<const std::uint8_t> payload_;
  std::uint64_t left_;
  std::string file_;
};

}  // namespace colcomb
