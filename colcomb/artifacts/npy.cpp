#include "colcomb/artifacts/npy.hpp"

#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "colcomb/artifacts/npy_header.hpp"
#include "colcomb/base/error.hpp"
#include "colcomb/base/files.hpp"
#include "colcomb/base/half.hpp"

namespace colcomb {
namespace {

static_assert(std::endian::native == std::endian::little, "files are read by memcpy");

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kAlignment = 64;  // of the data; what NumPy itself writes

template <class Stored>
double element(std::span<const std::byte> data, std::size_t index) {
  Stored value;
  std::memcpy(&value, data.data() + index * sizeof(Stored), sizeof(Stored));
  if constexpr (std::is_same_v<Stored, std::uint16_t>) {
    return from_half(value);
  } else {
    return static_cast<double>(value);
  }
}

/// Position in a Fortran-ordered array (first index fastest) of the element that stands at `index`
/// in C order (last index fastest).
std::size_t fortran_index(std::size_t index, const std::vector<std::size_t>& shape) {
  std::size_t stride = 1;
  for (const std::size_t extent : shape) stride *= extent;
  std::size_t result = 0;
  for (std::size_t d = shape.size(); d-- > 0;) {
    stride /= shape[d];
    result += index % shape[d] * stride;
    index /= shape[d];
  }
  return result;
}

struct Contents {
  Bytes bytes;
  std::size_t data_begin = 0;
  NpyHeader header;

  [[nodiscard]] std::span<const std::byte> data() const {
    return std::span(bytes).subspan(data_begin);
  }
};

Contents read_contents(const std::filesystem::path& path) {
  const std::string file = path.string();
  Contents contents{read_file(path), 0, {}};
  const Bytes& bytes = contents.bytes;
  const std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (text.substr(0, kMagic.size()) != kMagic)
    throw file_error(file, "", "", "is not a .npy file (its first 6 bytes must be \\x93NUMPY)");
  const auto truncated = [&file, &bytes] {
    return file_error(file, "size", fmt::format("{} bytes", bytes.size()),
                      "is truncated: its header does not end");
  };
  if (bytes.size() < 10) throw truncated();
  const auto byte = [&bytes](std::size_t i) { return std::to_integer<std::size_t>(bytes[i]); };
  const std::size_t major = byte(6);
  if (major < 1 || major > 3)
    throw file_error(file, "format version", fmt::format("{}.{}", major, byte(7)),
                     "must be 1 to 3");
  const std::size_t size_bytes = major == 1 ? 2 : 4;
  if (bytes.size() < 8 + size_bytes) throw truncated();
  std::size_t header_size = 0;
  for (std::size_t i = 0; i < size_bytes; ++i) header_size |= byte(8 + i) << (8 * i);
  contents.data_begin = 8 + size_bytes + header_size;
  if (bytes.size() < contents.data_begin) throw truncated();
  contents.header = parse_npy_header(text.substr(8 + size_bytes, header_size), file);
  return contents;
}

/// Rows and columns of the matrix. Ensures: their product fits the data.
std::pair<std::size_t, std::size_t> matrix_shape(const Contents& contents, std::size_t item,
                                                 const std::string& file) {
  const std::vector<std::size_t>& shape = contents.header.shape;
  const auto error = [&](const std::string& rule) {
    return file_error(file, "shape", fmt::format("({})", fmt::join(shape, ", ")), rule);
  };
  if (shape.size() != 2 && shape.size() != 4)
    throw error("must have 2 dimensions (rows, columns) or 4 (N, C, k, k)");
  if (shape.size() == 4 && shape[2] != shape[3])
    throw error("must have a square kernel: its last two dimensions equal");
  for (const std::size_t extent : shape) {
    if (extent == 0) throw error("must have no dimension of 0");
  }
  const std::size_t present = contents.data().size();
  std::size_t left = present / item;
  for (const std::size_t extent : shape) left /= extent;
  if (left == 0)
    throw error(fmt::format("is truncated: {} bytes of data do not fill the shape", present));
  std::size_t cols = 1;
  for (std::size_t d = 1; d < shape.size(); ++d) cols *= shape[d];
  if (shape[0] * cols * item != present)
    throw error(fmt::format("must fill the file: it has {} bytes of data, the shape {}", present,
                            shape[0] * cols * item));
  return {shape[0], cols};
}

template <class Stored>
Matrix<float> read_matrix(const Contents& contents, const std::string& file) {
  const auto [rows, cols] = matrix_shape(contents, sizeof(Stored), file);
  Matrix<float> matrix(rows, cols);
  const NpyHeader& header = contents.header;
  for (std::size_t i = 0; i < matrix.size(); ++i) {
    const std::size_t place = header.fortran_order ? fortran_index(i, header.shape) : i;
    const double value = element<Stored>(contents.data(), place);
    matrix.values()[i] = static_cast<float>(value);
    if (std::isfinite(matrix.values()[i])) continue;
    throw file_error(
        file, fmt::format("value at row {}, column {} (counted from 0)", i / cols, i % cols),
        fmt::to_string(value),
        std::isfinite(value) ? "must be within the range of float32" : "must be finite");
  }
  return matrix;
}

}  // namespace

Matrix<float> load_npy(const std::filesystem::path& path) {
  const std::string file = path.string();
  const Contents contents = read_contents(path);
  const std::string& descr = contents.header.descr;
  if (descr == "<f4") return read_matrix<float>(contents, file);
  if (descr == "<f8") return read_matrix<double>(contents, file);
  if (descr == "<f2") return read_matrix<std::uint16_t>(contents, file);
  throw file_error(file, "descr", descr,
                   "must be little-endian float16, float32 or float64 ('<f2', '<f4', '<f8')");
}

void save_npy(const Matrix<float>& matrix, const std::filesystem::path& path) {
  constexpr std::size_t kPreamble = 10;
  std::string header =
      fmt::format("{{'descr': '<f4', 'fortran_order': False, 'shape': ({}, {}), }}", matrix.rows(),
                  matrix.cols());
  const std::size_t unpadded = kPreamble + header.size() + 1;
  header.append((kAlignment - unpadded % kAlignment) % kAlignment, ' ');
  header += '\n';
  std::string content(kMagic);
  content += {'\x01', '\x00', static_cast<char>(header.size() & 0xff),
              static_cast<char>(header.size() >> 8)};
  content += header;
  const auto values = matrix.values();
  content.append(reinterpret_cast<const char*>(values.data()), values.size_bytes());
  write_file_atomically(path, content);
}

}  // namespace colcomb
