#include <zlib.h>

#include <span>

#include "colcomb/page/figures/figures.hpp"

namespace colcomb::page {
namespace {

void put_number(std::string& text, std::uint32_t number) {
  for (const unsigned shift : {24U, 16U, 8U, 0U}) text += static_cast<char>(number >> shift & 255U);
}

void put_chunk(std::string& text, const std::string& type, const std::string& data) {
  put_number(text, static_cast<std::uint32_t>(data.size()));
  const std::string checked = type + data;
  text += checked;
  put_number(text, static_cast<std::uint32_t>(
                       crc32_z(0, reinterpret_cast<const Bytef*>(checked.data()), checked.size())));
}

}  // namespace

std::string png(const Matrix<std::uint32_t>& pixels) {
  std::vector<std::uint8_t> raw;
  for (std::size_t row = 0; row < pixels.rows(); ++row) {
    raw.push_back(0);  // no filter
    for (std::size_t column = 0; column < pixels.cols(); ++column) {
      for (const unsigned shift : {16U, 8U, 0U})
        raw.push_back(static_cast<std::uint8_t>(pixels(row, column) >> shift));
    }
  }
  std::string header;
  put_number(header, static_cast<std::uint32_t>(pixels.cols()));
  put_number(header, static_cast<std::uint32_t>(pixels.rows()));
  header += std::string("\x08\x02\x00\x00\x00", 5);  // 8 bits, RGB
  const auto packed = deflated(raw);
  std::string text = "\x89PNG\r\n\x1a\n";
  put_chunk(text, "IHDR", header);
  put_chunk(text, "IDAT", std::string(packed.begin(), packed.end()));
  put_chunk(text, "IEND", "");
  return text;
}

}  // namespace colcomb::page
