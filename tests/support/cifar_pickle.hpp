#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace colcomb::tests {

/// Writes pickles as the Python releases of CIFAR are: protocol 2 of Python 2, or protocol 4 of
/// Python 3, which those who unpack and store them anew have.
class CifarPickle {
 public:
  explicit CifarPickle(bool python3) : python3_(python3) {
    out_ = python3 ? std::string("\x80\x04\x95\0\0\0\0\0\0\0\0", 11) : std::string("\x80\x02");
    out_ += '}';
    memoize();
    out_ += '(';
  }

  CifarPickle& labels(const std::string& key, const std::vector<int>& values) {
    text(key);
    out_ += ']';
    memoize();
    out_ += '(';
    for (const int value : values) integer(value);
    out_ += 'e';
    return *this;
  }
  CifarPickle& names(const std::string& key, const std::vector<std::string>& values) {
    text(key);
    out_ += ']';
    memoize();
    out_ += '(';
    for (const std::string& value : values) text(value);
    out_ += 'e';
    return *this;
  }
  CifarPickle& entry(const std::string& key, const std::string& value) {
    text(key);
    text(value);
    return *this;
  }
  /// A numpy array of uint8, `rows` x `columns`.
  CifarPickle& data(const std::string& key, int rows, int columns,
                    const std::vector<std::uint8_t>& bytes, const std::string& type = "u1") {
    text(key);
    name("numpy.core.multiarray", "_reconstruct");
    name("numpy", "ndarray");
    integer(0);
    out_ += '\x85';
    memoize();
    raw("b");
    out_ += '\x87';
    memoize();
    out_ += 'R';
    memoize();
    out_ += '(';
    integer(1);
    integer(rows);
    integer(columns);
    out_ += '\x86';
    memoize();
    name("numpy", "dtype");
    text(type);
    integer(0);
    integer(1);
    out_ += '\x87';
    memoize();
    out_ += 'R';
    memoize();
    out_ += '(';
    integer(3);
    text("|");
    out_ += "NNN";
    for (int i = 0; i < 2; ++i) out_ += std::string("J\xff\xff\xff\xff", 5);
    integer(0);
    out_ += "tb\x89";
    raw({bytes.begin(), bytes.end()});
    out_ += "tb";
    return *this;
  }

  [[nodiscard]] std::string finish() { return out_ + "u."; }

 private:
  void memoize() {
    if (python3_) {
      out_ += '\x94';
    } else {
      out_ += 'q';
      out_ += static_cast<char>(memo_++);
    }
  }
  void little_endian(std::size_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) out_ += static_cast<char>(value >> (8 * i) & 0xff);
  }
  void text(const std::string& value) {
    out_ += python3_ ? '\x8c' : 'U';
    little_endian(value.size(), 1);
    out_ += value;
    memoize();
  }
  /// Bytes, of any length.
  void raw(const std::string& value) {
    const bool small = value.size() < 256;
    out_ += python3_ ? (small ? 'C' : 'B') : (small ? 'U' : 'T');
    little_endian(value.size(), small ? 1 : 4);
    out_ += value;
    memoize();
  }
  void integer(int value) {
    out_ += value < 256 ? 'K' : 'M';
    little_endian(static_cast<std::size_t>(value), value < 256 ? 1 : 2);
  }
  void name(const std::string& module, const std::string& what) {
    if (python3_) {
      text(module);
      text(what);
      out_ += '\x93';
    } else {
      out_ += 'c' + module + '\n' + what + '\n';
    }
    memoize();
  }

  bool python3_;
  int memo_ = 1;
  std::string out_;
};

}  // namespace colcomb::tests
