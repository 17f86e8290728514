#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace colcomb {

/// The dictionary in a .npy file's header, e.g. {'descr': '<f4', 'fortran_order': False,
/// 'shape': (3, 4), }.
struct NpyHeader {
  std::string descr;
  bool fortran_order = false;
  std::vector<std::size_t> shape;
};

/// Reads the dictionary; its three keys may come in any order. Errors: UserError naming `file` and
/// the rule, for anything else than such a dictionary.
[[nodiscard]] NpyHeader parse_npy_header(std::string_view text, const std::string& file);

}  // namespace colcomb
