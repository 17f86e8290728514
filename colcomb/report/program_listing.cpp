#include "colcomb/report/program_listing.hpp"

#include <fmt/format.h>

#include <vector>

#include "colcomb/artifacts/network_description.hpp"
#include "colcomb/report/program_words.hpp"
#include "colcomb/report/table.hpp"

namespace colcomb::report {
namespace {

using Lines = std::vector<std::vector<std::string>>;

std::string hex(std::uint64_t address) {
  return fmt::format("{:#x}", address);
}

std::string text(std::uint64_t number) {
  return fmt::to_string(number);
}

/// "0-3" for the numbers from `begin` on.
std::string range(std::uint64_t begin, std::uint64_t count) {
  return count == 1 ? text(begin) : fmt::format("{}-{}", begin, begin + count - 1);
}

std::string shape(std::uint64_t height, std::uint64_t width) {
  return fmt::format("{} x {}", height, width);
}

std::string memory_table(const TileProgram& program) {
  const MemoryMap& memory = program.memory;
  Lines lines = {{"external memory", "begin", "end", "bytes"}};
  const auto add = [&lines](const std::string& what, std::uint64_t begin, std::uint64_t end) {
    lines.push_back({what, hex(begin), hex(end), text(end - begin)});
  };
  add("weight image", memory.weights, memory.weights + program.weights.size());
  const std::uint64_t burst = program.array.dram_burst_bytes;
  for (std::size_t i = 0; i < program.layers.size(); ++i) {
    if (program.schedule.output_in_dram[i] == 0) continue;
    const LayerSetup& layer = program.layers[i];
    const std::uint64_t bytes = program.array.batch * std::uint64_t{layer.words().outputs()};
    const std::uint64_t plane = (bytes + burst - 1) / burst * burst;
    add("map of " + layer.name, memory.maps[i], memory.maps[i] + layer.filters * plane);
  }
  const std::uint64_t logits = memory.batches + memory.logits;
  add("images of batch 0", memory.batches, logits);
  add("logits of batch 0", logits, memory.batches + memory.batch_bytes);
  return format_table(lines, false) +
         fmt::format("batch b: b x {} bytes further; bursts of {} bytes\n", memory.batch_bytes,
                     burst);
}

std::string in_turns(std::uint64_t slot) {
  return slot > 0 ? fmt::format("2 slots of {}", slot) : "unused";
}

std::string buffer_table(const TileProgram& program) {
  const ArrayConfig& array = program.array;
  const SlotBytes& slots = program.slots;
  Lines lines = {{"buffer", "banks", "bytes a bank", "use"}};
  const auto add = [&lines](const char* name, std::uint64_t banks, std::uint64_t bytes,
                            const std::string& use) {
    lines.push_back({name, text(banks), text(bytes), use});
  };
  const std::uint64_t columns = array.columns;
  const std::uint64_t buses = array.row_buses();
  add("data", columns, array.column_bank_bytes(array.data_bytes), "maps between layers");
  add("input", columns, array.column_bank_bytes(array.input_bytes),
      fmt::format("images: {}; blocks: {}", in_turns(slots.images), in_turns(slots.input)));
  add("residual", buses, array.row_bank_bytes(array.residual_bytes), "maps that are added");
  add("residual input", buses, array.row_bank_bytes(array.residual_input_bytes),
      in_turns(slots.residual));
  add("output", buses, array.row_bank_bytes(array.output_bytes), in_turns(slots.output));
  add("partial sums", buses, array.row_bank_bytes(array.partial_sum_bytes),
      fmt::format("{} bits each", array.accumulation_bits));
  add("pooling", buses, array.row_bank_bytes(array.pooling_bytes),
      fmt::format("partial results, words of {}", array.pooling_word_bytes()));
  add("weights", 1, array.weight_bytes,
      program.schedule.weights_resident
          ? "all weights"
          : fmt::format("{} slot{} of {}", program.schedule.slots,
                        program.schedule.slots == 1 ? "" : "s", slots.weights));
  return format_table(lines, false, true);
}

/// Where results go.
std::string results_of(const TileProgram& program, std::size_t index) {
  const LayerSetup& layer = program.layers[index];
  if (layer.role == LayerRole::kClassifier) return "DRAM";
  std::string text;
  const auto add = [&text](const char* place) {
    if (!text.empty()) text += ", ";
    text += place;
  };
  if (is_kept(program, index)) add("data");
  if (layer.keep) add("residual");
  if (layer.to_dram) add("DRAM");
  return text;
}

std::string input_of(const TileProgram& program, std::size_t index) {
  if (program.schedule.input_in_dram[index] != 0) return "DRAM, in blocks";
  return index == 0 ? "DRAM, whole images" : "data";
}

std::string global_pooling(const TileProgram& program) {
  const bool pools = program.layers[program.layers.size() - 2].role == LayerRole::kPooled;
  return pools ? fmt::format("{} fraction bits", program.layers.back().pooling_fraction_bits)
               : "none";
}

std::string layer_table(const TileProgram& program) {
  Lines lines = {{"layer", "role", "filters", "in", "stride", "sums", "pooling", "out", "f",
                  "residual", "input from", "results to"}};
  for (std::size_t i = 0; i < program.layers.size(); ++i) {
    const LayerSetup& layer = program.layers[i];
    const WordGrid words = layer.words();
    std::string residual = "-";
    if (layer.residual_height > 0) {
      residual = fmt::format("{} / {}", shape(layer.residual_height, layer.residual_width),
                             layer.residual_stride);
    }
    std::string maps;
    std::string strides;
    for (std::size_t k = 0; k < layer.input_count(); ++k) {
      const LayerInput input = layer.input(i, k);
      maps += (k == 0 ? "" : " + ") + shape(input.height, input.width);
      strides += (k == 0 ? "" : " + ") + text(input.stride);
    }
    lines.push_back({layer.name, name_of(layer.role), text(layer.filters), maps, strides,
                     shape(layer.sum_height, layer.sum_width),
                     layer.pooling ? describe(*layer.pooling) : "-",
                     shape(words.out_height(), words.out_width()), text(layer.fraction_bits),
                     residual, input_of(program, i), results_of(program, i)});
  }
  return format_table(lines, false, true) +
         fmt::format("global pooling: {}\n", global_pooling(program));
}

/// What the controller waits for, but for numbers.
std::string notes_of(const Tile& tile, const TileSetup& setup) {
  std::string text = tile.first ? "" : "adds partial sums";
  const auto add = [&text](bool holds, const char* note) {
    if (!holds) return;
    if (!text.empty()) text += ", ";
    text += note;
  };
  add(setup.new_block, "new block");
  add(setup.new_residual_block, "new residual block");
  add(setup.after_all, "after all before");
  add(setup.fetch_after_all, "fetches after all before");
  return text.empty() ? "-" : text;
}

std::string tile_table(const TileProgram& program) {
  Lines lines = {{"layer", "tile", "filters", "column tile", "groups", "words", "K", "Q", "Z",
                  "gap", "begin", "loaded", "load", "weights", "inputs", "outputs", "notes"}};
  for (std::size_t t = 0; t < program.tiles.size(); ++t) {
    const Tile& tile = program.schedule.tiles[t];
    const TileSetup& setup = program.tiles[t];
    lines.push_back({program.layers[tile.layer].name, text(t), range(tile.row_begin, tile.rows),
                     text(tile.column_tile), text(tile.groups), range(tile.word_begin, tile.words),
                     text(tile.interval), text(tile.read_clocks), text(tile.write_clocks),
                     text(setup.send_gap), text(setup.send_after_begin),
                     text(setup.send_after_load), text(setup.load_after_begin),
                     text(tile.weight_bytes), text(tile.input_bytes), text(tile.output_bytes),
                     notes_of(tile, setup)});
  }
  return format_table(lines, false, true) +
         "K: clocks from word to word; Q, Z: clocks in which a bank reads, writes a word's bytes\n"
         "waits, in clocks: first word after the last one (gap) and the first one (begin) of the "
         "tile before,\n"
         "after its own load (loaded); load after the tile before has sent its first word (load)\n"
         "weights, inputs, outputs: bytes from and to DRAM\n";
}

}  // namespace

std::string program_summary(const TileProgram& program) {
  const ArrayConfig& array = program.array;
  const std::uint64_t columns = array.columns;
  const Schedule& schedule = program.schedule;
  std::string result = fmt::format(
      "tile program: {} tiles of {} layers for array {}, {} x {} {} cells, alpha {}, {} bits, {}, "
      "batch {}\n",
      program.tiles.size(), program.layers.size(), array.name, array.rows, array.columns,
      name_of(array.cell), array.alpha, array.accumulation_bits, name_of(array.order), array.batch);
  result += fmt::format("images: {} x {} x {}, reshape stride {}\n", program.channels,
                        program.height, program.width, program.reshape_stride);
  result += fmt::format(
      "weights: {} bytes, {}\n", program.weights.size(),
      schedule.weights_resident ? "read once, before the first batch" : "read by each tile");
  result += fmt::format(
      "descriptors: {} lines of {} columns, {} rows, {} writes of {} banks, {} transfers\n",
      program.lines.size() / columns, columns, program.rows.size(), program.writes.size() / columns,
      columns, program.initial.size() + program.transfers.size());
  result += fmt::format("external memory: {} bytes before the first batch, {} for each batch\n",
                        program.memory.batches, program.memory.batch_bytes);
  return result;
}

std::string program_listing(const TileProgram& program) {
  return program_summary(program) + '\n' + memory_table(program) + '\n' + buffer_table(program) +
         '\n' + layer_table(program) + '\n' + tile_table(program);
}

}  // namespace colcomb::report
