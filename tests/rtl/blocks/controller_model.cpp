#include <algorithm>

#include "colcomb/base/random.hpp"
#include "colcomb/rtl/bundles.hpp"
#include "colcomb/rtl/memory_images.hpp"
#include "colcomb/rtl/program_index.hpp"
#include "colcomb/rtl/word_tokens.hpp"
#include "colcomb/simulation/machine/controller.hpp"
#include "tests/rtl/blocks/block_list.hpp"
#include "tests/rtl/blocks/machine_program.hpp"

namespace colcomb::tests {
namespace {

using simulation::machine::Controller;
using simulation::machine::WordToken;

rtl::Word word_of(const WordToken& token) {
  return {.first = token.first,
          .last = token.last,
          .input_turn = token.input_turn,
          .residual_turn = token.residual_turn,
          .output_turn = token.output_turn,
          .tile = token.tile,
          .word = token.word,
          .image = token.image,
          .y = token.y,
          .x = token.x,
          .completes = token.completes,
          .pixel = token.pixel,
          .output = token.output};
}

/// Loads the program's records, starts, and tells of tiles that are fetched and done, as soon as
/// they may be or later.
class ControllerModel : public BlockModel {
 public:
  ControllerModel(const Parameters& parameters, std::uint64_t seed)
      : random_(seed),
        program_(random_program(parameters.at("program"))),
        parameters_(machine_parameters_of(program_, parameters)),
        images_(memory_images(program_, parameters_)),
        bundles_(parameters_),
        index_(program_),
        tokens_(program_, bundles_, index_),
        controller_(program_),
        // Not more than the module's counters tell apart.
        ahead_(std::min<std::uint64_t>(2 * program_.tiles.size(),
                                       (std::uint64_t{1} << parameters_.CounterBits) - 2)) {
    for (const rtl::MemoryImage* image : {&images_.load, &images_.tile, &images_.layer})
      for (std::size_t i = 0; i < image->words.size(); ++i) records_.push_back({image, i});
  }

  std::vector<Wire> inputs() const override {
    return {{"load_load", 1},
            {"load_tile", 1},
            {"load_layer", 1},
            {"load_index", index_bits()},
            {"load_record", record_bits()},
            {"start", 1},
            {"fetched", parameters_.CounterBits},
            {"done", 1}};
  }
  std::vector<Wire> outputs() const override {
    return {{"load_valid", 1},
            {"load_address", parameters_.AddressBits},
            {"load_bytes", parameters_.LoadByteBits},
            {"load_lines", parameters_.LoadLineBits},
            {"load_groups", parameters_.GroupBits},
            {"column_valid", 1},
            {"column_token", bundles_.column.bits()},
            {"row_valid", 1},
            {"row_token", bundles_.row.bits()},
            {"result_token", bundles_.result.bits()},
            {"ended", parameters_.CounterBits},
            {"sending", parameters_.CounterBits}};
  }

  void clock(WireValues& in, WireValues& out) override {
    const bool loads = clock_ < records_.size();
    const std::size_t start = records_.size() + 2;
    for (const rtl::MemoryImage* image : {&images_.load, &images_.tile, &images_.layer})
      in.put(loads && records_[clock_].image == image);
    in.put(loads ? records_[clock_].index : 0, index_bits());
    put_bits(in, loads ? records_[clock_].image->words[records_[clock_].index] : rtl::Bits{},
             record_bits());
    in.put(clock_ == start);
    if (clock_ > start) {
      run(in);
    } else {
      in.put(0, parameters_.CounterBits);
      in.put(0);
    }
    ++clock_;
    put_outputs(out);
  }

 private:
  struct Record {
    const rtl::MemoryImage* image;
    std::size_t index;
  };

  [[nodiscard]] std::size_t record_bits() const {
    return std::max(bundles_.tile_record.bits(), bundles_.layer_record.bits());
  }
  [[nodiscard]] std::size_t index_bits() const {
    std::size_t bits = 1;
    while (std::size_t{1} << bits < std::max(parameters_.Tiles, parameters_.Layers)) ++bits;
    return bits;
  }

  /// One clock of the machine. The paces change from time to time; now and then tiles are fetched
  /// several at a time, as the channel tells of those that need nothing.
  void run(WireValues& in) {
    if (random_.below(300) == 0) {
      fetch_pace_ = random_.below(3) * random_.below(60);
      done_pace_ = random_.below(3) * random_.below(60);
    }
    const std::uint64_t sending = controller_.out().sending;
    if (random_.below(fetch_pace_ + 1) == 0) fetched_ += random_.below(3);
    fetched_ = std::min(fetched_, sending + ahead_);
    const bool done = done_ < sending && random_.below(done_pace_ + 1) == 0;
    done_ += done ? 1 : 0;
    in.put(fetched_, parameters_.CounterBits);
    in.put(done);
    controller_.compute({fetched_, done_});
    controller_.commit();
  }

  void put_outputs(WireValues& out) const {
    const Controller::Out& found = controller_.out();
    out.put(found.load.valid);
    const rtl::Values load = tokens_.load(found.load.tile, found.load.turn);
    // Ports of their own, in the bundle's order.
    for (std::size_t i = 0; i < bundles_.load.fields().size(); ++i) {
      const std::size_t bits = bundles_.load.fields()[i].bits;
      if (found.load.valid)
        put_bits(out, *load.field(i), bits);
      else
        out.put_if(false, 0, bits);
    }
    out.put(found.column.valid);
    put_values(out, tokens_.column(word_of(found.column)), found.column.valid);
    out.put(found.row.valid);
    put_values(out, tokens_.row(word_of(found.row)), found.row.valid);
    put_values(out, tokens_.result(word_of(found.row)), found.row.valid);
    out.put(found.ended, parameters_.CounterBits);
    out.put(found.sending, parameters_.CounterBits);
  }

  Random random_;
  TileProgram program_;
  rtl::MachineParameters parameters_;
  rtl::MemoryImages images_;
  rtl::Bundles bundles_;
  rtl::ProgramIndex index_;
  rtl::WordTokens tokens_;
  Controller controller_;
  std::uint64_t ahead_;  // tiles fetched beyond the one that is sent
  std::vector<Record> records_;
  std::size_t clock_ = 0;
  std::uint64_t fetched_ = 0;
  std::uint64_t done_ = 0;
  std::uint64_t fetch_pace_ = 0;
  std::uint64_t done_pace_ = 0;
};

}  // namespace

std::unique_ptr<BlockModel> make_controller(const Parameters& parameters, std::uint64_t seed) {
  return std::make_unique<ControllerModel>(parameters, seed);
}

}  // namespace colcomb::tests
