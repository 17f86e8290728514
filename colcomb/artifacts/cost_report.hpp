#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace colcomb {

/// Least and most of a quantity. Invariant: low <= high.
struct Range {
  double low = 0;
  double high = 0;

  bool operator==(const Range&) const = default;
};

/// A figure and all that it rests on.
struct CostFigure {
  std::optional<Range> value;         // absent: not known, which is not 0
  std::string absent;                 // why; empty if there is a value
  std::set<std::string> entries;      // of the technology file, e.g. "cell.mx.alpha8.energy_mac"
  std::set<std::string> sources;      // their ids
  std::set<std::string> assumptions;  // their ids
  std::set<std::string> without;      // of a sum: its parts that are not known

  bool operator==(const CostFigure&) const = default;
};

/// One part of an energy, an area or of an FPGA's resources.
struct CostPart {
  std::string name;
  CostFigure figure;
  std::string group;  // of an energy: "MACs", "multiplexing", "clocks", "buffers", "partial sums",
                      // "memory channel", "leakage" or "control"
};

/// Energy of one layer, or of the network, for one image of the run: pJ.
struct CostEnergy {
  std::string name;
  std::vector<CostPart> parts;  // the same ones in each layer
  CostFigure on_chip;           // their sum
  CostFigure dram;              // apart
};

/// Something that the entries of a technology file rest on.
struct CostSource {
  std::string id;
  std::string text;
};

/// Sums of a technology, at another node: always ranges, by scaling equations.
struct ScaledCost {
  double node_nm = 0;
  double volt = 0;
  CostFigure on_chip;   // pJ of an image
  CostFigure area_sum;  // um2
};

/// What a run of the machine costs in one technology.
struct CostReport {
  std::string technology;
  double node_nm = 0;
  std::string array;
  std::string cells;  // e.g. "MX cells of alpha 8, 32 x 32"
  std::uint64_t images = 0;
  double clock_mhz = 0;
  double clocks_per_image = 0;   // of the run, from its first clock to its last
  double interval_clocks = 0;    // per image when the machine is kept busy
  double frames_per_second = 0;  // from the interval
  double latency_seconds = 0;    // of the first batch

  std::vector<CostEnergy> layers;
  CostEnergy network;
  std::vector<CostPart> area;  // um2
  CostFigure area_sum;
  std::vector<CostPart> logic;  // LUTs of an FPGA
  CostFigure logic_sum;
  std::vector<CostPart> block_rams;
  CostFigure block_rams_sum;
  CostFigure device_logic;  // what the device has
  CostFigure device_block_rams;

  std::vector<CostPart> clock_limits;   // MHz that cells and blocks reach
  CostFigure frames_per_joule;          // on the chip
  CostFigure frames_per_joule_of_both;  // DRAM included
  CostFigure frames_per_second_mm2;
  CostFigure energy_delay;  // J s: on-chip energy of an image times latency

  std::optional<ScaledCost> scaled;  // where it was asked for

  std::vector<CostSource> sources;      // of all figures, in the technology file's order
  std::vector<CostSource> assumptions;  // of all figures
};

/// One cell of a kind.
struct CellFigures {
  std::string name;
  CostFigure area;    // um2
  CostFigure energy;  // pJ of a multiply-accumulate
  CostFigure clock;   // MHz
  double macs_per_clock = 0;
  std::uint64_t data_wires = 0;  // of a column
};

/// Several settings of one network in one technology.
struct CostComparison {
  struct Row {
    std::string setting;
    CostReport cost;
  };
  std::vector<Row> rows;
  /// Of bit-serial arrays: their cell and the bit-parallel one of the same alpha.
  std::optional<CellFigures> serial;
  std::optional<CellFigures> parallel;
};

}  // namespace colcomb
