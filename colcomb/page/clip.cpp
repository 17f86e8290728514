#include "colcomb/page/clip.hpp"

namespace colcomb::page {
namespace {

enum Flag : std::uint8_t { kStart = 1, kSwap = 2, kLoading = 4, kActive = 8 };

/// Each cell of each clock: the data lines (little-endian, as many bytes as alpha bits need), the
/// streams' accumulation bits, and the flags.
std::vector<std::uint8_t> cells_of(const CellRecording& recording, std::size_t data_bytes) {
  std::vector<std::uint8_t> bytes;
  for (const RecordedCell& cell : recording.cells) {
    for (std::size_t i = 0; i < data_bytes; ++i)
      bytes.push_back(static_cast<std::uint8_t>(cell.data >> (8 * i)));
    bytes.push_back(static_cast<std::uint8_t>(cell.acc));
    bytes.push_back(static_cast<std::uint8_t>((cell.start ? kStart : 0) | (cell.swap ? kSwap : 0) |
                                              (cell.loading ? kLoading : 0) |
                                              (cell.active ? kActive : 0)));
  }
  return bytes;
}

template <class T>
Json rows_of(const Matrix<T>& matrix) {
  Json rows = Json::array();
  for (std::size_t row = 0; row < matrix.rows(); ++row) {
    Json cells = Json::array();
    for (std::size_t column = 0; column < matrix.cols(); ++column)
      cells.push_back(static_cast<int>(matrix(row, column)));
    rows.push_back(std::move(cells));
  }
  return rows;
}

}  // namespace

void add_recording(const CellRecording& recording, const std::string& image, Document& document) {
  const ArrayConfig& config = recording.config;
  const std::size_t data_bytes = (config.alpha + 7) / 8;
  Json results = Json::array();
  for (const RecordedResult& result : recording.results)
    results.push_back({result.clock, result.row, result.value, result.word});
  document.json["clip"] = {{"layer", recording.layer},
                           {"tile", recording.tile},
                           {"image", image},
                           {"row_begin", recording.row_begin},
                           {"rows", recording.rows},
                           {"words", recording.words},
                           {"first", recording.first},
                           {"last", recording.last},
                           {"groups", recording.groups},
                           {"columns", recording.columns},
                           {"weights", rows_of(recording.weights)},
                           {"selects", rows_of(recording.selects)},
                           {"array",
                            {{"rows", config.rows},
                             {"columns", config.columns},
                             {"alpha", config.alpha},
                             {"cell", name_of(config.cell)},
                             {"accumulation_bits", config.accumulation_bits},
                             {"streams", config.streams()},
                             {"word_interval", config.word_interval()}}},
                           {"first_clock", recording.first_clock},
                           {"clocks", recording.clocks},
                           {"begin", recording.begin},
                           {"data_bytes", data_bytes},
                           {"cells", document.add(cells_of(recording, data_bytes))},
                           {"inputs", document.add(recording.inputs)},
                           {"results", results}};
}

}  // namespace colcomb::page
