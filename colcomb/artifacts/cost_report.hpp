#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace colcomb {

/// Least and most of a quantity. Invariant: low <= high.
struct Range {
  double low = 0;   // least that the sources allow
  double high = 0;  // most

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
  std::string name;   // of the part
  CostFigure figure;  // what it costs
  std::string group;  // of an energy: "MACs", "multiplexing", "clocks", "buffers", "partial sums",
                      // "memory channel", "leakage" or "control"
};

/// Energy of one layer, or of the network, for one image of the run: pJ.
struct CostEnergy {
  std::string name;             // the layer's, or the network's
  std::vector<CostPart> parts;  // the same ones in each layer
  CostFigure on_chip;           // their sum
  CostFigure dram;              // apart
};

/// Something that the entries of a technology file rest on.
struct CostSource {
  std::string id;    // short name, as in a technology file
  std::string text;  // who found it, and where
};

/// Sums of a technology, at another node: always ranges, by scaling equations.
struct ScaledCost {
  double node_nm = 0;   // the node that figures were scaled to, nm
  double volt = 0;      // its supply voltage
  CostFigure on_chip;   // pJ of an image
  CostFigure area_sum;  // um2
};

/// What a run of the machine costs in one technology.
struct CostReport {
  std::string technology;        // name of the technology
  double node_nm = 0;            // of the technology, nm
  std::string array;             // name of the array
  std::string cells;             // e.g. "MX cells of alpha 8, 32 x 32"
  std::uint64_t images = 0;      // of the run
  double clock_mhz = 0;          // of the array
  double clocks_per_image = 0;   // of the run, from its first clock to its last
  double interval_clocks = 0;    // per image when the machine is kept busy
  double frames_per_second = 0;  // from the interval
  double latency_seconds = 0;    // of the first batch

  std::vector<CostEnergy> layers;    // energy of an image, by layer
  CostEnergy network;                // all layers together
  std::vector<CostPart> area;        // um2
  CostFigure area_sum;               // of the known parts, um2
  std::vector<CostPart> logic;       // LUTs of an FPGA
  CostFigure logic_sum;              // the same without memories
  std::vector<CostPart> block_rams;  // by memory, of an FPGA's
  CostFigure block_rams_sum;         // all of them
  CostFigure device_logic;           // what the device has
  CostFigure device_block_rams;      // what the device has

  std::vector<CostPart> clock_limits;   // MHz that cells and blocks reach
  CostFigure frames_per_joule;          // on the chip
  CostFigure frames_per_joule_of_both;  // DRAM included
  CostFigure frames_per_second_mm2;     // images a second for each mm2 of the known area
  CostFigure energy_delay;              // J s: on-chip energy of an image times latency

  std::optional<ScaledCost> scaled;  // where it was asked for

  std::vector<CostSource> sources;      // of all figures, in the technology file's order
  std::vector<CostSource> assumptions;  // of all figures
};

/// One cell of a kind.
struct CellFigures {
  std::string name;              // of the kind of cell
  CostFigure area;               // um2
  CostFigure energy;             // pJ of a multiply-accumulate
  CostFigure clock;              // MHz
  double macs_per_clock = 0;     // of one cell
  std::uint64_t data_wires = 0;  // of a column
};

/// Several settings of one network in one technology.
struct CostComparison {
  /// One setting of the comparison.
  struct Row {
    std::string setting;  // what was simulated, in words
    CostReport cost;      // what it costs
  };
  std::vector<Row> rows;  // this array's first
  /// Of bit-serial arrays: their cell and the bit-parallel one of the same alpha.
  std::optional<CellFigures> serial;
  std::optional<CellFigures> parallel;  // bit-parallel cells, where the technology knows them
};

}  // namespace colcomb
