// Vectors of kVectorImages floats on one instruction set.
//
// The files kernels/*.inl are one implementation of all kernels in the compiler's vector types.
// Each instruction set's .cpp defines a struct Isa and then includes kernels/table.inl, which
// includes the rest; everything has internal linkage, because a function compiled for one
// instruction set must not be the one that the linker keeps for all. For the same reason nothing of
// the standard library is called. Isa has:
//   Register                   a vector type of kRegisterBytes bytes of float that may alias
//   kRegisterBytes             16, 32 or 64
//   kBlockRows, kBlockPixels   a dense product keeps so many rows times pixels of sums in registers
//   kSparsePixels              a sparse product or gradient works on so many pixels at once
//   kHasBf16                   true: Isa has bf16_dot and bf16_pack with the contracts below
//   store_non_temporal(to, v), fence(), keep_in_register(v)
//
// Why not Highway: see docs/developer/backprop.md.
#pragma once

#include <utility>

namespace colcomb::backprop {
namespace {

using Register = Isa::Register;
using Bits [[gnu::vector_size(Isa::kRegisterBytes)]] = unsigned;
/// Registers that hold one vector of kVectorImages floats, and floats of one register.
constexpr int kRegisters = 64 / Isa::kRegisterBytes;
constexpr int kRegisterFloats = Isa::kRegisterBytes / 4;

/// Adds to each float of `sum` the dot product of the two bfloat16 numbers that lie in the same
/// float's place of `a` and of `b`. A bfloat16 number is the upper half of a float.
template <class Set>
inline Register bf16_dot(const Register& sum, const Register& a, const Register& b) {
  if constexpr (Set::kHasBf16) {
    return Set::bf16_dot(sum, a, b);
  } else {
    const Bits upper = Bits{} + 0xffff0000U;
    const Bits x = reinterpret_cast<Bits>(a);
    const Bits y = reinterpret_cast<Bits>(b);
    const Bits low[2] = {x << 16, y << 16};
    const Bits high[2] = {x & upper, y & upper};
    const Register products =
        reinterpret_cast<Register>(low[0]) * reinterpret_cast<Register>(low[1]);
    return sum +
           (products + reinterpret_cast<Register>(high[0]) * reinterpret_cast<Register>(high[1]));
  }
}
inline Bits rounded_to_bf16(const Register& v) {
  const Bits bits = reinterpret_cast<Bits>(v);
  return (bits + 0x7fffU + (bits >> 16 & 1U)) >> 16;  // to nearest, ties to even
}
/// Both rounded to bfloat16: float i holds low[i] in its lower 16 bits, high[i] in its upper ones.
template <class Set>
inline Register bf16_pack(const Register& low, const Register& high) {
  if constexpr (Set::kHasBf16) {
    return Set::bf16_pack(low, high);
  } else {
    const Bits bits = rounded_to_bf16(low) | rounded_to_bf16(high) << 16;
    return reinterpret_cast<Register>(bits);
  }
}

/// kVectorImages floats: one value of each of sixteen images. An array of registers, since the
/// compiler keeps vector types that are wider than the processor's in memory.
struct Vector {
  Register registers[kRegisters] = {};
};

inline Vector load(const float* from) {
  Vector v;
#pragma GCC unroll 4
  for (int i = 0; i < kRegisters; ++i) v.registers[i] = reinterpret_cast<const Register*>(from)[i];
  return v;
}
inline void store(float* to, const Vector& v) {
#pragma GCC unroll 4
  for (int i = 0; i < kRegisters; ++i) reinterpret_cast<Register*>(to)[i] = v.registers[i];
}
/// Non-temporal store, for what is not read soon: an ordinary one would first read the cache line
/// that it replaces. Call fence() before other threads read.
inline void store_non_temporal(float* to, const Vector& v) {
#pragma GCC unroll 4
  for (int i = 0; i < kRegisters; ++i)
    Isa::store_non_temporal(reinterpret_cast<Register*>(to) + i, v.registers[i]);
}
inline void fence() {
  Isa::fence();
}
inline Vector operator+(Vector a, const Vector& b) {
#pragma GCC unroll 4
  for (int i = 0; i < kRegisters; ++i) a.registers[i] += b.registers[i];
  return a;
}
inline Vector operator*(Vector a, const Vector& b) {
#pragma GCC unroll 4
  for (int i = 0; i < kRegisters; ++i) a.registers[i] *= b.registers[i];
  return a;
}
inline Vector operator+(Vector a, float b) {
#pragma GCC unroll 4
  for (int i = 0; i < kRegisters; ++i) a.registers[i] += b;
  return a;
}
inline Vector operator*(Vector a, float b) {
#pragma GCC unroll 4
  for (int i = 0; i < kRegisters; ++i) a.registers[i] *= b;
  return a;
}
/// `value` in every lane, bit for bit.
inline Vector broadcast(float value) {
  Vector v;
#pragma GCC unroll 4
  for (int i = 0; i < kRegisters; ++i) {
#pragma GCC unroll 16
    for (int lane = 0; lane < kRegisterFloats; ++lane) v.registers[i][lane] = value;
  }
  return v;
}

/// v where 0 < a < top, else 0: the derivative of clamp(a, top) times v.
inline Vector pass_where_linear(const Vector& a, float top, Vector v) {
#pragma GCC unroll 4
  for (int i = 0; i < kRegisters; ++i) {
    v.registers[i] = a.registers[i] > 0.0F ? v.registers[i] : Register{};
    v.registers[i] = a.registers[i] < top ? v.registers[i] : Register{};
  }
  return v;
}
/// min(max(v, 0), top); NaN gives 0.
inline Vector clamp(Vector v, float top) {
#pragma GCC unroll 4
  for (int i = 0; i < kRegisters; ++i) {
    v.registers[i] = v.registers[i] > 0.0F ? v.registers[i] : Register{};
    v.registers[i] = v.registers[i] < top ? v.registers[i] : Register{} + top;
  }
  return v;
}
/// To the nearest integers, ties upwards. Requires: no element is negative.
inline Vector round(Vector v) {
  using Ints [[gnu::vector_size(Isa::kRegisterBytes)]] = int;
#pragma GCC unroll 4
  for (int i = 0; i < kRegisters; ++i) {
    // Truncation is the floor of what is not negative.
    const Ints integers = __builtin_convertvector(v.registers[i] + 0.5F, Ints);
    v.registers[i] = __builtin_convertvector(integers, Register);
  }
  return v;
}
/// Element-wise sum of the vector's registers.
inline Register sum_of_registers(const Vector& v) {
  Register sum = v.registers[0];
#pragma GCC unroll 4
  for (int i = 1; i < kRegisters; ++i) sum += v.registers[i];
  return sum;
}
/// Where float `i` of the first halves of all runs of kWidth floats lies in two registers side by side.
template <int kWidth>
constexpr int first_half(int i) {
  const int in_source = i % (kRegisterFloats / 2);
  const int run = in_source / (kWidth / 2);
  return i / (kRegisterFloats / 2) * kRegisterFloats + run * kWidth + in_source % (kWidth / 2);
}
/// Halves every run of kWidth floats by adding its second half to its first: the results of `a`'s
/// runs, then those of `b`'s.
template <int kWidth, int... kFloats>
inline Register halve_runs(const Register& a, const Register& b,
                           std::integer_sequence<int, kFloats...> /*of a register*/) {
  return __builtin_shufflevector(a, b, first_half<kWidth>(kFloats)...) +
         __builtin_shufflevector(a, b, (first_half<kWidth>(kFloats) + kWidth / 2)...);
}
template <int kWidth>
inline Register halve_runs(const Register& a, const Register& b) {
  return halve_runs<kWidth>(a, b, std::make_integer_sequence<int, kRegisterFloats>());
}
/// `v` points to kCount registers, each of runs of kWidth partial sums that belong to one total.
/// Returns the totals in the first kCount floats.
template <int kCount, int kWidth>
inline Register sums_of_runs(const Register* v) {
  if constexpr (kWidth == 1) {
    static_assert(kCount == 1);
    return v[0];
  } else if constexpr (kCount == 1) {
    const Register half = halve_runs<kWidth>(v[0], v[0]);
    return sums_of_runs<1, kWidth / 2>(&half);
  } else {
    Register half[kCount / 2];
#pragma GCC unroll 8
    for (int i = 0; i < kCount / 2; ++i) half[i] = halve_runs<kWidth>(v[2 * i], v[2 * i + 1]);
    return sums_of_runs<kCount / 2, kWidth / 2>(half);
  }
}
/// Sum of all kVectorImages elements.
inline float sum_of_lanes(const Vector& v) {
  const Register sum = sum_of_registers(v);
  return sums_of_runs<1, kRegisterFloats>(&sum)[0];
}

}  // namespace
}  // namespace colcomb::backprop
