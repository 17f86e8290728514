#include "colcomb/page/document.hpp"

#include <zlib.h>

#include "colcomb/base/check.hpp"

namespace colcomb::page {

Json Document::add(std::span<const std::uint8_t> more) {
  Json place = {{"offset", bytes.size()}, {"bytes", more.size()}};
  bytes.insert(bytes.end(), more.begin(), more.end());
  return place;
}

void Document::leave_out(const std::string& panel, const std::string& why) {
  json["left_out"].push_back({{"panel", panel}, {"why", why}});
}

std::vector<std::uint8_t> deflated(std::span<const std::uint8_t> bytes) {
  uLongf size = compressBound(static_cast<uLong>(bytes.size()));
  std::vector<std::uint8_t> result(size);
  const int status = compress2(result.data(), &size, bytes.data(), static_cast<uLong>(bytes.size()),
                               Z_BEST_COMPRESSION);
  COLCOMB_CHECK(status == Z_OK, "zlib compresses into a buffer of its own bound");
  result.resize(size);
  return result;
}

}  // namespace colcomb::page
