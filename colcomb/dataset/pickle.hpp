#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "colcomb/base/files.hpp"

// Internal to the room.
namespace colcomb::dataset {

/// What the Python releases of CIFAR hold: a dictionary whose values are integers, texts, lists of
/// one of the two, or a matrix of bytes (numpy, row-major). A strict reader of the pickles of
/// protocols 2 to 4 that hold just that: it knows the operation codes of such values and numpy's
/// names of its constructor and byte type, and neither looks up nor calls anything.
class PickledDictionary {
 public:
  struct Matrix {
    std::size_t rows = 0, columns = 0;
    std::span<const std::uint8_t> bytes;  // of the file; rows x columns
  };

  /// Errors: UserError naming the file, the byte and what was found there.
  explicit PickledDictionary(const std::filesystem::path& path);

  // Errors of all: UserError naming file and key, if there is no such value.
  [[nodiscard]] const Matrix& matrix(const std::string& key) const;
  [[nodiscard]] const std::vector<std::int64_t>& integers(const std::string& key) const;
  [[nodiscard]] const std::vector<std::string_view>& texts(const std::string& key) const;

 private:
  friend class PickleMachine;

  std::string file_;
  Bytes content_;
  std::map<std::string, Matrix> matrices_;
  std::map<std::string, std::vector<std::int64_t>> integers_;
  std::map<std::string, std::vector<std::string_view>> texts_;
};

}  // namespace colcomb::dataset
