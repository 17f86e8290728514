#include "colcomb/base/gzip.hpp"

#include <zlib.h>

#include <array>

#include "colcomb/base/error.hpp"

namespace colcomb {
namespace {

Bytes decompress(const Bytes& compressed, const std::filesystem::path& path) {
  z_stream stream{};
  constexpr int kGzipOnly = 16 + MAX_WBITS;
  if (inflateInit2(&stream, kGzipOnly) != Z_OK) throw failure(path.string(), "zlib does not start");
  struct End {
    z_stream* stream;
    ~End() { inflateEnd(stream); }
  } end{&stream};
  Bytes result;
  std::array<std::byte, 1 << 16> chunk;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(compressed.data()));
  stream.avail_in = static_cast<uInt>(compressed.size());
  int status = Z_OK;
  while (status != Z_STREAM_END) {
    stream.next_out = reinterpret_cast<Bytef*>(chunk.data());
    stream.avail_out = static_cast<uInt>(chunk.size());
    status = inflate(&stream, Z_NO_FLUSH);
    if (status == Z_BUF_ERROR ||
        (status == Z_OK && stream.avail_out != 0 && stream.avail_in == 0)) {
      throw file_error(path.string(), "gzip stream", "", "ends early: the file is truncated");
    }
    if (status != Z_OK && status != Z_STREAM_END) {
      throw file_error(path.string(), "gzip stream", "",
                       stream.msg != nullptr ? std::string("is corrupted: ") + stream.msg
                                             : std::string("is corrupted"));
    }
    const std::size_t produced = chunk.size() - stream.avail_out;
    result.insert(result.end(), chunk.begin(),
                  chunk.begin() + static_cast<std::ptrdiff_t>(produced));
  }
  return result;
}

}  // namespace

Bytes read_maybe_gzipped(const std::filesystem::path& path) {
  Bytes content = read_file(path);
  const bool gzipped =
      content.size() >= 2 && content[0] == std::byte{0x1f} && content[1] == std::byte{0x8b};
  return gzipped ? decompress(content, path) : content;
}

}  // namespace colcomb
