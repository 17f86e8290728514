// JPEG by libjpeg, whose warnings are told apart: those that lose no part of the picture (bytes
// between two markers, an unknown version) are passed over, all others are damage.
#include <fmt/format.h>
#include <jerror.h>
#include <jpeglib.h>

#include <algorithm>
#include <array>
#include <csetjmp>
#include <cstdio>
#include <string>

#include "colcomb/base/error.hpp"
#include "colcomb/dataset/decode_formats.hpp"

namespace colcomb::dataset {
namespace {

namespace fs = std::filesystem;

constexpr int kMostScans = 500;  // a small progressive file can hold scans without end

/// libjpeg's callbacks find it by the address of `base`. Errors jump to `on_error`, since C++
/// exceptions must not pass through C.
struct ErrorManager {
  jpeg_error_mgr base;
  std::jmp_buf on_error;
  std::array<char, JMSG_LENGTH_MAX> message;  // of the first damage
  bool damaged;
};

ErrorManager& manager_of(j_common_ptr decoder) {
  return *reinterpret_cast<ErrorManager*>(decoder->err);
}

void note_damage(j_common_ptr decoder) {
  ErrorManager& manager = manager_of(decoder);
  if (!manager.damaged) decoder->err->format_message(decoder, manager.message.data());
  manager.damaged = true;
}

[[noreturn]] void fail(j_common_ptr decoder) {
  note_damage(decoder);
  std::longjmp(manager_of(decoder).on_error, 1);
}

bool loses_nothing(int warning) {
  return warning == JWRN_EXTRANEOUS_DATA || warning == JWRN_JFIF_MAJOR ||
         warning == JWRN_ADOBE_XFORM || warning == JWRN_NOT_SEQUENTIAL;
}

void on_message(j_common_ptr decoder, int level) {
  const bool warning = level < 0;
  if (warning && !loses_nothing(decoder->err->msg_code)) note_damage(decoder);
}

void limit_scans(j_common_ptr decoder) {
  if (reinterpret_cast<j_decompress_ptr>(decoder)->input_scan_number > kMostScans) {
    decoder->err->msg_code = JERR_BAD_PROGRESSION;
    fail(decoder);
  }
}

class JpegDecoder {
 public:
  explicit JpegDecoder(const Bytes& content) : content_(content) {
    info_.err = jpeg_std_error(&errors_.base);
    errors_.base.error_exit = fail;
    errors_.base.emit_message = on_message;
    progress_.progress_monitor = limit_scans;
  }
  JpegDecoder(const JpegDecoder&) = delete;
  JpegDecoder& operator=(const JpegDecoder&) = delete;
  ~JpegDecoder() { jpeg_destroy_decompress(&info_); }

  /// False for a file without a picture.
  bool read_header() {
    if (setjmp(errors_.on_error) != 0) return false;
    jpeg_create_decompress(&info_);
    info_.progress = &progress_;
    jpeg_mem_src(&info_, reinterpret_cast<const unsigned char*>(content_.data()), content_.size());
    jpeg_read_header(&info_, TRUE);
    return true;
  }
  /// False if they cannot all be read. Requires: read_header(); room for height() rows of width()
  /// samples of `space`.
  bool read_rows(J_COLOR_SPACE space, std::uint8_t* samples) {
    if (setjmp(errors_.on_error) != 0) return false;
    info_.out_color_space = space;
    info_.dct_method = JDCT_ISLOW;
    jpeg_start_decompress(&info_);
    const std::size_t row_bytes =
        info_.output_width * static_cast<std::size_t>(info_.output_components);
    while (info_.output_scanline < info_.output_height) {
      JSAMPROW row = samples + info_.output_scanline * row_bytes;
      jpeg_read_scanlines(&info_, &row, 1);
    }
    jpeg_finish_decompress(&info_);
    return true;
  }

  [[nodiscard]] std::size_t height() const { return info_.image_height; }
  [[nodiscard]] std::size_t width() const { return info_.image_width; }
  [[nodiscard]] bool has_inks() const {
    return info_.jpeg_color_space == JCS_CMYK || info_.jpeg_color_space == JCS_YCCK;
  }
  /// Adobe's programs store inks inverted.
  [[nodiscard]] bool is_adobes() const { return info_.saw_Adobe_marker != 0; }
  /// Whether any part of the picture is lost, as far as it has been read.
  [[nodiscard]] bool damaged() const { return errors_.damaged; }
  [[nodiscard]] std::string message() const { return errors_.message.data(); }

 private:
  const Bytes& content_;
  ErrorManager errors_{};
  jpeg_progress_mgr progress_{};
  jpeg_decompress_struct info_{};
};

Samples rgb_of_inverted_cmyk(const Samples& cmyk) {
  Samples rgb;
  rgb.reserve(cmyk.size() / 4 * 3);
  for (std::size_t i = 0; i + 3 < cmyk.size(); i += 4)
    for (std::size_t c = 0; c < 3; ++c)
      rgb.push_back(static_cast<std::uint8_t>((cmyk[i + c] * cmyk[i + 3] + 127) / 255));
  return rgb;
}

}  // namespace

Image decode_jpeg(const fs::path& path, const Bytes& content) {
  JpegDecoder decoder(content);
  const auto refuse = [&]() -> UserError {
    return file_error(path.string(), "JPEG data", "", "are damaged: " + decoder.message());
  };
  if (!decoder.read_header()) throw refuse();
  require_decodable_size(path, decoder.height(), decoder.width());
  const bool inks = decoder.has_inks();
  if (inks && !decoder.is_adobes()) {
    throw file_error(path.string(), "colour space", "CMYK without Adobe's marker",
                     "cannot be converted: ink polarity unknown; convert the file to RGB");
  }
  Samples samples(decoder.height() * decoder.width() * (inks ? 4 : 3));
  // The grey rest of a truncated picture is no data.
  if (!decoder.read_rows(inks ? JCS_CMYK : JCS_RGB, samples.data()) || decoder.damaged())
    throw refuse();
  return planar(inks ? rgb_of_inverted_cmyk(samples) : samples, decoder.height(), decoder.width());
}

}  // namespace colcomb::dataset
