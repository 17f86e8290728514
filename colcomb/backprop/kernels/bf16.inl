// bf16-packed vectors: lane i holds two bfloat16 numbers of image i, in its lower and upper 16
// bits.
#pragma once

#include "colcomb/backprop/kernels/vector.inl"

namespace colcomb::backprop {
namespace {

/// sum + a * b per lane, of floats.
struct FloatProduct {
  static Vector add(const Vector& sum, const Vector& a, const Vector& b) { return sum + a * b; }
};
/// sum + a.low * b.low + a.high * b.high per lane, of bf16-packed vectors; the sum is a float.
struct Bf16Product {
  static Vector add(Vector sum, const Vector& a, const Vector& b) {
#pragma GCC unroll 4
    for (int i = 0; i < kRegisters; ++i)
      sum.registers[i] = bf16_dot<Isa>(sum.registers[i], a.registers[i], b.registers[i]);
    return sum;
  }
};
/// Both rounded to bfloat16, `low` in the lower halves.
inline Vector pack(Vector low, const Vector& high) {
#pragma GCC unroll 4
  for (int i = 0; i < kRegisters; ++i)
    low.registers[i] = bf16_pack<Isa>(low.registers[i], high.registers[i]);
  return low;
}

/// The lower, or the upper, numbers of a packed vector as floats.
inline Vector lower_half(Vector pairs) {
#pragma GCC unroll 4
  for (int i = 0; i < kRegisters; ++i) {
    const Bits bits = reinterpret_cast<Bits>(pairs.registers[i]) << 16;
    pairs.registers[i] = reinterpret_cast<Register>(bits);
  }
  return pairs;
}
inline Vector upper_half(Vector pairs) {
#pragma GCC unroll 4
  for (int i = 0; i < kRegisters; ++i) {
    const Bits bits = reinterpret_cast<Bits>(pairs.registers[i]) & 0xffff0000U;
    pairs.registers[i] = reinterpret_cast<Register>(bits);
  }
  return pairs;
}

/// Packed from two packed vectors: the lower (or the upper) numbers of `a` and of `b`, those of `a`
/// in the lower halves.
inline Vector lower_halves(Vector a, const Vector& b) {
#pragma GCC unroll 4
  for (int i = 0; i < kRegisters; ++i) {
    const Bits low = reinterpret_cast<Bits>(a.registers[i]) & 0xffffU;
    const Bits bits = low | reinterpret_cast<Bits>(b.registers[i]) << 16;
    a.registers[i] = reinterpret_cast<Register>(bits);
  }
  return a;
}
inline Vector upper_halves(Vector a, const Vector& b) {
#pragma GCC unroll 4
  for (int i = 0; i < kRegisters; ++i) {
    const Bits low = reinterpret_cast<Bits>(a.registers[i]) >> 16;
    const Bits bits = low | (reinterpret_cast<Bits>(b.registers[i]) & 0xffff0000U);
    a.registers[i] = reinterpret_cast<Register>(bits);
  }
  return a;
}

}  // namespace
}  // namespace colcomb::backprop
