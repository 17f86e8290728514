#include "colcomb/simulation/machine/buffer.hpp"

#include <gtest/gtest.h>

#include <array>

#include "colcomb/base/check.hpp"

namespace colcomb::simulation::machine {
namespace {

Buffer buffer(const Buffer::Shape& shape) {
  Buffer result("buffer", shape);
  for (std::size_t bank = 0; bank < shape.banks; ++bank) {
    for (std::uint64_t address = 0; address < shape.bank_bytes; ++address) {
      result.write(bank, address, static_cast<std::uint8_t>(10 * bank + address));
      result.commit();
    }
  }
  return result;
}

TEST(Buffer, AReadIsInTheOutputRegisterFromTheNextClockOn) {
  Buffer two = buffer({.banks = 2, .bank_bytes = 4});
  two.read(1, 0, 3);
  two.commit();
  EXPECT_EQ(*two.out(1), 13);
  two.commit();
  EXPECT_EQ(*two.out(1), 13);
  two.read(0, 0, 2);
  two.commit();
  EXPECT_EQ(*two.out(0), 2);
  EXPECT_EQ(*two.out(1), 13);
}

TEST(Buffer, AWriteIsReadInTheNextClockNotInItsOwn) {
  Buffer one = buffer({.bank_bytes = 4});
  one.write(0, 1, std::uint8_t{77});
  one.commit();
  one.read(0, 0, 1);
  one.commit();
  EXPECT_EQ(*one.out(0), 77);
  one.write(0, 2, std::uint8_t{78});
  one.read(0, 0, 2);
  EXPECT_THROW(one.commit(), InternalError);
}

TEST(Buffer, EachPortIsUsedOnceAClock) {
  Buffer one = buffer({.banks = 2, .bank_bytes = 4, .read_ports = 2});
  one.read(0, 0, 0);
  one.read(0, 1, 0);
  one.read(1, 0, 0);
  EXPECT_THROW(one.read(0, 1, 2), InternalError);
  EXPECT_THROW(one.read(0, 2, 2), InternalError);
  one.write(0, 1, std::uint8_t{1});
  one.write(1, 1, std::uint8_t{1});
  EXPECT_THROW(one.write(0, 3, std::uint8_t{1}), InternalError);
  one.commit();
  one.read(0, 1, 2);
  one.write(0, 3, std::uint8_t{1});
  one.commit();
}

TEST(Buffer, RefusesPlacesOutsideAndBytesNeverWritten) {
  Buffer one("one", {.bank_bytes = 4, .read_bytes = 4});
  EXPECT_THROW(one.read(1, 0, 0), InternalError);
  EXPECT_THROW(one.read(0, 0, 4), InternalError);
  EXPECT_THROW(one.read(0, 0, 1, 4), InternalError);
  EXPECT_THROW(one.write(0, 4, std::uint8_t{0}), InternalError);
  one.write(0, 0, std::array<std::uint8_t, 3>{1, 2, 3});
  one.commit();
  one.read(0, 0, 0, 3);
  one.commit();
  EXPECT_EQ(one.out(0)[2], 3);
  one.read(0, 0, 0, 4);
  EXPECT_THROW(one.commit(), InternalError);
}

}  // namespace
}  // namespace colcomb::simulation::machine
