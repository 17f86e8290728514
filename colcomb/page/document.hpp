#pragma once

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <vector>

namespace colcomb::page {

using Json = nlohmann::ordered_json;

/// What a page shows: one JSON document (docs/reference/page.md) and the bytes of its matrices and
/// recordings, which the document names by place.
struct Document {
  Json json = Json::object();       // what the page shows
  std::vector<std::uint8_t> bytes;  // arrays that the JSON refers to

  /// Appends bytes. Gives {"offset", "bytes"}.
  Json add(std::span<const std::uint8_t> more);
  /// Says in the document why a panel is not there.
  void leave_out(const std::string& panel, const std::string& why);
};

/// zlib's format at its best level.
[[nodiscard]] std::vector<std::uint8_t> deflated(std::span<const std::uint8_t> bytes);

}  // namespace colcomb::page
