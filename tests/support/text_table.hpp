#pragma once

#include <sstream>
#include <string>
#include <vector>

namespace colcomb::tests {

/// The lines of a text, without the line feeds.
inline std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// The cells of a table's line, which two spaces or more set apart. Empty cells leave no trace.
inline std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::size_t begin = line.find_first_not_of(' ');
  while (begin != std::string::npos) {
    const std::size_t end = line.find("  ", begin);
    cells.push_back(line.substr(begin, end == std::string::npos ? end : end - begin));
    begin = end == std::string::npos ? end : line.find_first_not_of(' ', end);
  }
  return cells;
}

}  // namespace colcomb::tests
