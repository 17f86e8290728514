#include "colcomb/artifacts/npy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <limits>
#include <string>
#include <vector>

#include "colcomb/base/random.hpp"
#include "tests/support/corruption.hpp"
#include "tests/support/temporary_folder.hpp"

namespace colcomb {
namespace {

using ::testing::HasSubstr;
using tests::TemporaryFolder;

const tests::Loader kLoadNpy = [](const std::filesystem::path& path) { (void)load_npy(path); };

template <class T>
std::string raw(const std::vector<T>& values) {
  std::string bytes(values.size() * sizeof(T), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  return bytes;
}

std::string npy(const std::string& header, const std::string& data, int version = 1) {
  std::string text = "\x93NUMPY";
  text += static_cast<char>(version);
  text += '\0';
  const std::size_t size_bytes = version == 1 ? 2 : 4;
  for (std::size_t i = 0; i < size_bytes; ++i)
    text += static_cast<char>((header.size() >> (8 * i)) & 0xff);
  return text + header + data;
}

std::string header(const std::string& descr, const std::string& shape,
                   const std::string& fortran = "False") {
  return "{'descr': '" + descr + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }\n";
}

class Npy : public ::testing::Test {
 protected:
  void write(const std::string& content) const {
    tests::write_quickly(path(), std::as_bytes(std::span(content)));
  }
  [[nodiscard]] Matrix<float> load(const std::string& content) const {
    write(content);
    return load_npy(path());
  }
  [[nodiscard]] std::string refuse(const std::string& content) const {
    write(content);
    return tests::refusal(kLoadNpy, path());
  }
  [[nodiscard]] std::filesystem::path path() const { return folder_ / "m.npy"; }

  TemporaryFolder folder_;
};

const std::vector<float> kSix = {1, 2, 3, 4, 5, 6};
const Matrix<float> kTwoByThree(2, 3, {1, 2, 3, 4, 5, 6});

TEST_F(Npy, ReadsEveryTypeOrderAndVersion) {
  EXPECT_EQ(load(npy(header("<f4", "(2, 3)"), raw(kSix))), kTwoByThree);
  EXPECT_EQ(load(npy(header("<f8", "(2, 3)"), raw(std::vector<double>{1, 2, 3, 4, 5, 6}))),
            kTwoByThree);
  const std::vector<float> by_columns = {1, 4, 2, 5, 3, 6};
  for (const int version : {1, 2, 3}) {
    EXPECT_EQ(load(npy(header("<f4", "(2, 3)", "True"), raw(by_columns), version)), kTwoByThree);
  }
  EXPECT_EQ(load(npy("{\"shape\":(2L,3L,),\"fortran_order\":False,\"descr\":\"<f4\"}", raw(kSix))),
            kTwoByThree);
}

TEST_F(Npy, ReadsHalfPrecision) {
  // 1, -2, smallest subnormal 2^-24, largest 65504, 1/3 rounded, -0: bit patterns of IEEE 754.
  const std::vector<std::uint16_t> halves = {0x3c00, 0xc000, 0x0001, 0x7bff, 0x3555, 0x8000};
  const Matrix<float> expected(1, 6, {1.0F, -2.0F, 0x1p-24F, 65504.0F, 0x1.554p-2F, -0.0F});
  EXPECT_EQ(load(npy(header("<f2", "(1, 6)"), raw(halves))), expected);
  EXPECT_THAT(refuse(npy(header("<f2", "(1, 1)"), raw(std::vector<std::uint16_t>{0x7c00}))),
              HasSubstr("row 0, column 0"));
  EXPECT_THAT(refuse(npy(header("<f2", "(1, 1)"), raw(std::vector<std::uint16_t>{0x7e00}))),
              HasSubstr("'nan'"));
}

TEST_F(Npy, FlattensFourDimensionsIntoRowsOfTaps) {
  // Element (n, c, y, x) has the value 1000 n + 100 c + 10 y + x; shape (2, 3, 3, 3).
  std::vector<float> c_order;
  std::vector<float> fortran(54);
  Matrix<float> expected(2, 27);
  for (std::size_t n = 0; n < 2; ++n) {
    for (std::size_t c = 0; c < 3; ++c) {
      for (std::size_t y = 0; y < 3; ++y) {
        for (std::size_t x = 0; x < 3; ++x) {
          const auto value = static_cast<float>(1000 * n + 100 * c + 10 * y + x);
          c_order.push_back(value);
          fortran[n + 2 * (c + 3 * (y + 3 * x))] = value;
          expected(n, 9 * c + 3 * y + x) = value;
        }
      }
    }
  }
  EXPECT_EQ(load(npy(header("<f4", "(2, 3, 3, 3)"), raw(c_order))), expected);
  EXPECT_EQ(load(npy(header("<f4", "(2, 3, 3, 3)", "True"), raw(fortran))), expected);
}

TEST_F(Npy, SavedFileIsAsNumPyWritesIt) {
  save_npy(kTwoByThree, path());
  std::string text = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
  text.resize(117, ' ');  // 10 bytes before and a newline after make 128
  EXPECT_EQ(read_text_file(path()), npy(text + "\n", raw(kSix)));
}

TEST_F(Npy, RoundTripIsExact) {
  Random random(1);
  for (const std::size_t rows : {1, 2, 7, 31}) {
    for (const std::size_t cols : {1, 3, 64, 127}) {
      Matrix<float> matrix(rows, cols);
      for (float& value : matrix.values()) value = static_cast<float>(random.normal());
      save_npy(matrix, path());
      EXPECT_EQ(load_npy(path()), matrix);
    }
  }
}

TEST_F(Npy, NamesRowAndColumnOfBadValues) {
  std::vector<float> values = kSix;
  values[4] = std::numeric_limits<float>::quiet_NaN();
  EXPECT_THAT(refuse(npy(header("<f4", "(2, 3)"), raw(values))),
              HasSubstr("value at row 1, column 1 (counted from 0) is 'nan': must be finite"));
  values[4] = -std::numeric_limits<float>::infinity();
  EXPECT_THAT(refuse(npy(header("<f4", "(2, 3)", "True"), raw(values))),
              HasSubstr("value at row 0, column 2"));
  EXPECT_THAT(refuse(npy(header("<f8", "(1, 1)"), raw(std::vector<double>{1e300}))),
              HasSubstr("is '1e+300': must be within the range of float32"));
}

TEST_F(Npy, RefusesMalformedHeaders) {
  EXPECT_THAT(refuse("P5 plain text"), HasSubstr("is not a .npy file"));
  EXPECT_THAT(refuse(npy(header("<f4", "(2, 3)"), raw(kSix), 4)), HasSubstr("format version"));
  EXPECT_THAT(refuse(npy(header(">f4", "(2, 3)"), raw(kSix))), HasSubstr("descr is '>f4'"));
  EXPECT_THAT(refuse(npy(header("<i4", "(2, 3)"), raw(kSix))), HasSubstr("descr is '<i4'"));
  EXPECT_THAT(refuse(npy(header("<f4", "(6,)"), raw(kSix))), HasSubstr("shape is '(6)'"));
  EXPECT_THAT(refuse(npy(header("<f4", "()"), raw(kSix))), HasSubstr("2 dimensions"));
  EXPECT_THAT(refuse(npy(header("<f4", "(1, 1, 2, 3)"), raw(kSix))), HasSubstr("square kernel"));
  EXPECT_THAT(refuse(npy(header("<f4", "(0, 3)"), "")), HasSubstr("no dimension of 0"));
  EXPECT_THAT(refuse(npy(header("<f4", "(-2, 3)"), raw(kSix))), HasSubstr("whole numbers"));
  EXPECT_THAT(refuse(npy(header("<f4", "(99999999999999999999, 3)"), raw(kSix))),
              HasSubstr("whole numbers"));
  EXPECT_THAT(refuse(npy(header("<f4", "(4294967296, 4294967296)"), raw(kSix))),
              HasSubstr("is truncated"));
  EXPECT_THAT(refuse(npy(header("<f4", "(2, 3)", "Maybe"), raw(kSix))), HasSubstr("True or False"));
  EXPECT_THAT(refuse(npy(header("<f4", "(2, 4)"), raw(kSix))), HasSubstr("is truncated"));
  EXPECT_THAT(refuse(npy(header("<f4", "(2, 2)"), raw(kSix))), HasSubstr("must fill the file"));
  EXPECT_THAT(refuse(npy(header("<f4", "(2, 3)"), raw(kSix) + "x")),
              HasSubstr("must fill the file"));
  EXPECT_THAT(refuse(npy("{'descr': '<f4', 'shape': (2, 3)}", raw(kSix))),
              HasSubstr("must have the keys"));
  EXPECT_THAT(refuse(npy("{'descr': '<f4', 'descr': '<f4'}", raw(kSix))),
              HasSubstr("must not repeat"));
  EXPECT_THAT(refuse(npy("{'extra': 1}", raw(kSix))), HasSubstr("must have the keys"));
  EXPECT_THAT(refuse(npy("[1, 2]", raw(kSix))), HasSubstr("must be a dictionary"));
  EXPECT_THAT(refuse(npy("{'descr", raw(kSix))), HasSubstr("must close its strings"));
  EXPECT_THAT(refuse(npy(header("<f4", "(2, 3)") + "x", raw(kSix))),
              HasSubstr("must end after its dictionary"));
}

TEST_F(Npy, RefusesEveryTruncationAndSurvivesEveryFlip) {
  save_npy(kTwoByThree, path());
  const Bytes content = read_file(path());
  tests::expect_every_truncation_refused(kLoadNpy, content, path());
  // A .npy file has no checksum: a changed byte may give another matrix, but never a crash.
  Random random(3);
  std::size_t accepted = 0;
  for (std::size_t i = 0; i < content.size(); ++i) {
    Bytes changed = content;
    changed[i] ^= static_cast<std::byte>(1 + random.below(255));
    tests::write_quickly(path(), changed);
    try {
      EXPECT_EQ(load_npy(path()).size(), 6U);
      ++accepted;
    } catch (const UserError& error) {
      EXPECT_EQ(error.parts().where, path().string());
    }
  }
  EXPECT_GE(accepted, 18U);  // at least the low three bytes of each of the six values
}

}  // namespace
}  // namespace colcomb
