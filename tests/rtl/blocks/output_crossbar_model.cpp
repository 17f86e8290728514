#include <algorithm>
#include <deque>

#include "colcomb/base/random.hpp"
#include "colcomb/simulation/machine/output_crossbar.hpp"
#include "tests/rtl/blocks/block_list.hpp"

namespace colcomb::tests {
namespace {

using simulation::machine::OutputCrossbar;
using simulation::machine::WordToken;

constexpr std::uint32_t kLayers = 3;
constexpr std::uint32_t kTiles = 3;  // of a layer

ArrayConfig array_of(const Parameters& parameters) {
  ArrayConfig config;
  config.rows = parameters.at("Rows");
  config.columns = parameters.at("Columns");
  config.bank_ports = parameters.at("Ports");
  const std::uint32_t interval = parameters.at("Interval");
  config.cell = interval == 1   ? CellKind::kParallel
                : interval == 8 ? CellKind::kMultiplexed
                                : CellKind::kBalanced;
  if (interval > 8) config.accumulation_bits = interval;
  return config;
}

/// Layers without poolings, with windows, and with global pooling behind windows.
TileProgram program_of(Random& random, const Parameters& parameters) {
  TileProgram program;
  program.array = array_of(parameters);
  program.schedule.pooling_clocks = {0, 3, 38};
  const std::uint32_t ports = parameters.at("Ports");
  const std::uint32_t most_clocks = parameters.at("MaxClocks");
  for (std::uint32_t l = 0; l < kLayers; ++l) {
    LayerSetup layer;
    layer.sum_height = layer.sum_width = 3;
    if (l == 2) layer.role = LayerRole::kPooled;
    program.layers.push_back(layer);
    for (std::uint32_t k = 0; k < kTiles; ++k) {
      Tile tile;
      tile.layer = l;
      tile.last = true;
      tile.rows = k == 0 ? parameters.at("Rows")
                         : 1 + static_cast<std::uint32_t>(random.below(parameters.at("Rows")));
      TileSetup setup;
      setup.write_begin = static_cast<std::uint32_t>(program.writes.size() / program.array.columns);
      // The last tile of a layer writes nothing to the data buffer.
      if (k + 1 < kTiles)
        setup.write_count = 1 + static_cast<std::uint32_t>(random.below(most_clocks * ports));
      tile.write_clocks = (setup.write_count + ports - 1) / ports;
      for (std::size_t w = 0; w < setup.write_count * program.array.columns; ++w)
        program.writes.push_back({static_cast<std::uint32_t>(random.below(64)),
                                  static_cast<std::uint16_t>(random.below(tile.rows)),
                                  random.below(3) != 0});
      program.schedule.tiles.push_back(tile);
      program.tiles.push_back(setup);
    }
  }
  return program;
}

/// Tile after tile of some words, and a pause where another layer begins.
class OutputCrossbarModel : public BlockModel {
 public:
  OutputCrossbarModel(const Parameters& parameters, std::uint64_t seed)
      : random_(seed),
        parameters_(parameters),
        program_(program_of(random_, parameters)),
        crossbar_(program_),
        rows_(program_.array.rows),
        ports_(program_.array.bank_ports) {
    for (const Tile& tile : program_.schedule.tiles) {
      lines_.push_back(line_count_);
      line_count_ += tile.write_clocks;
    }
  }

  std::vector<Wire> inputs() const override {
    return {{"valid", rows_},
            {"bytes", 8 * rows_},
            {"last", 1},
            {"pixel", 1},
            {"line", bits("LineBits")},
            {"clocks", bits("ClockBits")},
            {"offset", bits("AddressBits")},
            {"load", 1},
            {"load_bank", bits("BankBits")},
            {"load_line", bits("LineBits")},
            {"load_descriptors", ports_ * descriptor_bits()}};
  }
  std::vector<Wire> outputs() const override {
    const std::size_t all = program_.array.columns * ports_;
    return {{"valid", 1},      {"bytes", 8 * rows_},
            {"write", all},    {"address", all * bits("AddressBits")},
            {"byte", 8 * all}, {"done", 1},
            {"pixel", 1}};
  }

  void clock(WireValues& in, WireValues& out) override {
    const bool loading = loaded_ < std::size_t{line_count_} * program_.array.columns;
    if (!loading) send();
    std::vector<std::int16_t> bytes(rows_, OutputCrossbar::kNone);
    WordToken token;
    const Word* aligned = nullptr;
    for (const Word& word : words_) show(word, bytes, token, aligned);

    for (const std::int16_t byte : bytes) in.put(byte != OutputCrossbar::kNone);
    for (const std::int16_t byte : bytes)
      in.put(byte != OutputCrossbar::kNone ? static_cast<std::uint64_t>(byte) : random_.below(256),
             8);
    put_token(in, aligned);
    put_load(in, loading);

    const OutputCrossbar::Out past = crossbar_.out();
    crossbar_.compute({bytes, &token});
    crossbar_.commit();
    put_outputs(out, past);
    ++now_;
    const std::uint64_t age = rows_ + 40;
    if (!words_.empty() && words_.front().begin + age < now_) words_.pop_front();
  }

 private:
  struct Word {
    std::uint64_t begin;  // row 0's byte comes `delay` clocks later
    std::uint64_t delay;
    WordToken token;
    bool writes;
  };

  [[nodiscard]] std::size_t bits(const char* name) const { return parameters_.at(name); }
  [[nodiscard]] std::size_t descriptor_bits() const {
    return bits("AddressBits") + bits("RowBits") + 1;
  }

  void send() {
    if (now_ < next_) return;
    const Tile& tile = program_.schedule.tiles[tile_];
    const LayerSetup& layer = program_.layers[tile.layer];
    WordToken token;
    token.valid = true;
    token.tile = tile_;
    token.last = random_.below(6) == 0;
    token.image = static_cast<std::uint32_t>(random_.below(3));
    token.pixel = static_cast<std::uint32_t>(random_.below(2) == 0 ? 8 : random_.below(9));
    token.completes = random_.below(4) != 0;
    const bool counts = token.completes && (layer.role != LayerRole::kPooled || token.pixel == 8);
    words_.push_back({now_, program_.schedule.pooling_clocks[tile.layer], token,
                      counts && tile.write_clocks > 0});
    next_ = now_ + std::max<std::uint64_t>(program_.array.rows_per_bus(), tile.write_clocks);
    if (random_.below(3) == 0) next_ += random_.below(12);
    if (!token.last) return;
    const std::uint32_t layer_before = tile.layer;
    tile_ = static_cast<std::uint32_t>((tile_ + 1) % program_.tiles.size());
    next_ += bits("MaxClocks");
    if (program_.schedule.tiles[tile_].layer != layer_before) next_ += rows_ + 40;
  }

  void show(const Word& word, std::vector<std::int16_t>& bytes, WordToken& token,
            const Word*& aligned) {
    const std::uint64_t shown = now_ - word.begin;
    if (shown == rows_ - 1) token = word.token;
    if (shown < word.delay) return;
    const std::uint64_t row = shown - word.delay;
    if (row == rows_ - 1) aligned = &word;
    if (word.writes && row < program_.schedule.tiles[word.token.tile].rows)
      bytes[row] = static_cast<std::int16_t>(random_.below(256));
  }

  void put_token(WireValues& in, const Word* word) {
    const auto some = [&](std::uint64_t value, const char* name) {
      in.put(word != nullptr ? value : random_.bits(), bits(name));
    };
    const WordToken token = word != nullptr ? word->token : WordToken{};
    const Tile& tile = program_.schedule.tiles[token.tile];
    const bool pooled = program_.layers[tile.layer].role == LayerRole::kPooled;
    in.put(word != nullptr && token.last);
    in.put(word != nullptr && token.completes && (!pooled || token.pixel == 8));
    some(lines_[token.tile], "LineBits");
    in.put(word != nullptr ? tile.write_clocks : random_.below(bits("MaxClocks") + 1),
           bits("ClockBits"));
    some(pooled ? token.image : token.image * 9 + token.pixel, "AddressBits");
  }

  /// A bank's line of descriptors a clock, until all are loaded.
  void put_load(WireValues& in, bool loading) {
    const std::size_t columns = program_.array.columns;
    const std::size_t bank = loaded_ % columns;
    const auto line = static_cast<std::uint32_t>(loaded_ / columns);
    in.put(loading);
    in.put(loading ? bank : 0, bits("BankBits"));
    in.put(loading ? line : 0, bits("LineBits"));
    std::size_t tile = lines_.size();
    while (loading && lines_[tile - 1] > line) --tile;
    for (std::size_t p = 0; p < ports_; ++p) {
      WriteDescriptor write;
      if (loading) {
        const TileSetup& setup = program_.tiles[tile - 1];
        const std::size_t w = (line - lines_[tile - 1]) * ports_ + p;
        if (w < setup.write_count)
          write = program_.writes[(setup.write_begin + w) * columns + bank];
      }
      in.put(write.address, bits("AddressBits"));
      in.put(write.row, bits("RowBits"));
      in.put(write.used);
    }
    if (loading) ++loaded_;
  }

  void put_outputs(WireValues& out, const OutputCrossbar::Out& past) const {
    const OutputCrossbar::Out& found = crossbar_.out();
    const std::size_t columns = program_.array.columns;
    out.put(found.valid);
    for (const std::uint8_t byte : crossbar_.bytes()) out.put(byte, 8);
    std::vector<WriteDescriptor> writes(columns * ports_);
    for (std::uint32_t w = 0; found.valid && w < found.writes; ++w) {
      for (std::size_t c = 0; c < columns; ++c)
        writes[c * ports_ + w] = program_.writes[(found.write + w) * columns + c];
    }
    for (const WriteDescriptor& write : writes) out.put(write.used);
    for (const WriteDescriptor& write : writes)
      out.put_if(write.used, write.address + found.offset, bits("AddressBits"));
    for (const WriteDescriptor& write : writes)
      out.put_if(write.used, crossbar_.bytes()[write.row], 8);
    out.put(found.done - past.done);
    out.put(found.pixels - past.pixels);
  }

  Random random_;
  Parameters parameters_;
  TileProgram program_;
  OutputCrossbar crossbar_;
  std::size_t rows_;
  std::size_t ports_;
  std::vector<std::uint32_t> lines_;  // per tile: the first of its lines of descriptors
  std::uint32_t line_count_ = 0;
  std::size_t loaded_ = 0;
  std::deque<Word> words_;
  std::uint32_t tile_ = 0;
  std::uint64_t now_ = 0;
  std::uint64_t next_ = 0;  // the first clock in which a word may begin
};

}  // namespace

std::unique_ptr<BlockModel> make_output_crossbar(const Parameters& parameters, std::uint64_t seed) {
  return std::make_unique<OutputCrossbarModel>(parameters, seed);
}

}  // namespace colcomb::tests
