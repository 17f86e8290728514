#include <algorithm>

#include "tests/rtl/blocks/block_list.hpp"
#include "tests/rtl/machine/machine_model.hpp"

namespace colcomb::tests {
namespace {

using simulation::machine::Buffer;

constexpr std::size_t kPlaceBits = 10;    // LoadPlaceBits
constexpr std::size_t kAddressBits = 16;  // LoadAddressBits

/// A descriptor to be loaded.
struct Load {
  std::size_t kind;  // 0 lines, 1 rows, 2 writes
  std::size_t place;
  std::size_t address;
  rtl::Bits word;
};

/// The words' tokens and the buffers' outputs of the simulator's machine, behind a load of all
/// descriptors.
class DatapathModel : public MachineModel {
 public:
  DatapathModel(const Parameters& parameters, std::uint64_t seed)
      : MachineModel(parameters, seed),
        done_(machine().path().crossbar().out().done),
        pixels_(machine().path().crossbar().out().pixels) {
    const auto add = [this](std::size_t kind, const std::vector<rtl::MemoryImage>& memories) {
      for (std::size_t place = 0; place < memories.size(); ++place) {
        for (std::size_t at = 0; at < memories[place].words.size(); ++at)
          loads_.push_back({kind, place, at, memories[place].words[at]});
      }
    };
    add(0, images().lines);
    for (std::size_t row = 0; row < images().rows.size(); ++row) {
      for (std::size_t at = 0; at < images().rows[row].words.size(); ++at) {
        rtl::Bits word = images().rows[row].words[at];
        const rtl::Bits& keep = images().keeps[row].words[at];
        word.insert(word.end(), keep.begin(), keep.end());
        loads_.push_back({1, row, at, word});
      }
    }
    add(2, images().writes);
    for (std::size_t at = 0; at < images().tables.words.size(); ++at)
      loads_.push_back({2, images().writes.size(), at, images().tables.words[at]});
  }

  std::vector<Wire> inputs() const override {
    const auto& p = hardware();
    const std::size_t reads = std::size_t{8} * p.Columns * p.ReadPorts;
    return {{"column_valid", 1},
            {"column_token", bundles().column.bits()},
            {"row_valid", 1},
            {"row_token", bundles().row.bits()},
            {"result_token", bundles().result.bits()},
            {"weights_valid", 1},
            {"weights_address", p.AddressBits},
            {"weights_bytes", p.LoadByteBits},
            {"weights_lines", p.LoadLineBits},
            {"weights_groups", p.GroupBits},
            {"load_lines", 1},
            {"load_rows", 1},
            {"load_writes", 1},
            {"load_place", kPlaceBits},
            {"load_address", kAddressBits},
            {"load_word", load_bits()},
            {"data", reads},
            {"input", reads},
            {"weights", std::size_t{p.Columns} * p.LoadLines},
            {"partial", std::size_t{p.Buses} * p.AccBits},
            {"residual", std::size_t{8} * p.Buses},
            {"residual_input", std::size_t{8} * p.Buses},
            {"line", std::size_t{24} * p.Buses * p.Windows}};
  }
  std::vector<Wire> outputs() const override {
    std::vector<Wire> wires = {{"done", 1}, {"pixel", 1}};
    for (const auto& list : {column_reads(), column_writes(), weight_reads(),
                             std::vector<Wire>{{"weights_bytes", hardware().LoadByteBits}},
                             row_reads(), bus_writes(), line_reads(), line_writes()})
      wires.insert(wires.end(), list.begin(), list.end());
    return wires;
  }

  void clock(WireValues& in, WireValues& out) override {
    const bool loading = loaded_ < loads_.size();
    put_tokens(in, !loading);
    put_load(in, loading);
    put_buffers(in);
    if (!loading) machine().step();
    const std::uint64_t done = machine().path().crossbar().out().done;
    const std::uint64_t pixels = machine().path().crossbar().out().pixels;
    out.put(done - done_);
    out.put(pixels - pixels_);
    done_ = done;
    pixels_ = pixels;
    put_column_reads(out);
    put_column_writes(out);
    put_weight_reads(out);
    const auto& loader = machine().path().loader().out();
    out.put_if(loader.read, loader.bytes, hardware().LoadByteBits);
    put_row_reads(out);
    put_bus_writes(out);
    put_line_reads(out);
    put_line_writes(out);
  }

 private:
  [[nodiscard]] std::size_t load_bits() const {
    const auto& p = hardware();
    return std::max({p.ReadPorts * bundles().line_descriptor.bits(),
                     bundles().row_descriptor.bits() + p.AddressBits,
                     p.WritePorts * bundles().write_descriptor.bits()});
  }

  /// Tokens that are not valid carry those of the first word.
  void put_tokens(WireValues& in, bool running) {
    const auto& wires = machine().wires();
    in.put(running && wires.column->valid);
    put_bits(in, known_bits(tokens().column(word_of(*wires.column))));
    in.put(running && wires.row->valid);
    put_bits(in, known_bits(tokens().row(word_of(*wires.row))));
    put_bits(in, known_bits(tokens().result(word_of(*wires.row))));
    in.put(running && wires.load->valid);
    // Its first field, the address, is the first port.
    const rtl::Values load = tokens().load(wires.load->tile, wires.load->turn);
    for (std::size_t f = 0; f < load.bundle().fields().size(); ++f) put_bits(in, *load.field(f));
  }

  void put_load(WireValues& in, bool loading) {
    const Load load = loading ? loads_[loaded_++] : Load{3, 0, 0, {}};
    for (std::size_t kind = 0; kind < 3; ++kind) in.put(load.kind == kind ? 1 : 0);
    in.put(load.place, kPlaceBits);
    in.put(load.address, kAddressBits);
    rtl::Bits word = load.word;
    word.resize(load_bits());
    put_bits(in, word);
  }

  void put_buffers(WireValues& in) const {
    const auto& p = hardware();
    const auto& wires = machine().wires();
    for (const Buffer* buffer : {wires.data, wires.input}) {
      for (std::size_t c = 0; c < p.Columns; ++c) {
        for (std::size_t port = 0; port < p.ReadPorts; ++port)
          put_bytes(in, buffer->out(c, port), 8);
      }
    }
    put_bytes(in, wires.weights->out(0), std::size_t{p.Columns} * p.LoadLines);
    for (std::size_t b = 0; b < p.Buses; ++b) put_bytes(in, wires.partial_sums->out(b), p.AccBits);
    for (std::size_t b = 0; b < p.Buses; ++b) put_bytes(in, wires.residuals->out(b), 8);
    for (std::size_t b = 0; b < p.Buses; ++b) put_bytes(in, wires.residual_inputs->out(b), 8);
    for (std::size_t b = 0; b < p.Buses; ++b)
      put_bytes(in, wires.windows->out(b), std::size_t{24} * p.Windows);
  }

  std::vector<Load> loads_;
  std::size_t loaded_ = 0;
  std::uint64_t done_;
  std::uint64_t pixels_;
};

}  // namespace

std::unique_ptr<BlockModel> make_datapath(const Parameters& parameters, std::uint64_t seed) {
  return std::make_unique<DatapathModel>(parameters, seed);
}

}  // namespace colcomb::tests
