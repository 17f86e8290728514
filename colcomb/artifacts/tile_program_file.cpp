#include <algorithm>
#include <utility>

#include "colcomb/artifacts/payload.hpp"
#include "colcomb/artifacts/sealed_file.hpp"
#include "colcomb/artifacts/tile_program.hpp"
#include "colcomb/base/check.hpp"
#include "tile_program_generated.h"

namespace colcomb {
namespace {

using flatbuffers::FlatBufferBuilder;
using flatbuffers::Offset;

std::uint32_t narrow(std::size_t value) {
  COLCOMB_CHECK(value <= 0xffffffffU, "validated sizes fit 32 bits");
  return static_cast<std::uint32_t>(value);
}

std::uint64_t bulk_bytes(const TileProgram& program) {
  return program.tiles.size() * (sizeof(schema::Tile) + sizeof(schema::TileSetup)) +
         program.lines.size() * sizeof(schema::LineDescriptor) +
         program.rows.size() * sizeof(schema::RowDescriptor) +
         program.writes.size() * sizeof(schema::WriteDescriptor) +
         (program.initial.size() + program.transfers.size()) * sizeof(schema::Transfer) +
         program.bank_numbers.size() * sizeof(std::uint16_t) + program.weights.size();
}

template <class Stored, class Element, class Convert>
auto write_structs(FlatBufferBuilder& builder, const std::vector<Element>& elements,
                   Convert convert) {
  std::vector<Stored> stored;
  stored.reserve(elements.size());
  for (const Element& element : elements) stored.push_back(convert(element));
  return builder.CreateVectorOfStructs(stored);
}

Offset<schema::Array> write_array(FlatBufferBuilder& builder, const ArrayConfig& a) {
  const auto name = write_string(builder, a.name);
  return schema::CreateArray(
      builder, name, narrow(a.rows), narrow(a.columns), narrow(a.alpha),
      static_cast<schema::CellKind>(a.cell), narrow(a.accumulation_bits), a.double_buffering,
      a.clock_mhz, a.data_bytes, a.input_bytes, a.residual_bytes, a.residual_input_bytes,
      a.output_bytes, a.weight_bytes, a.partial_sum_bytes, narrow(a.bank_ports),
      narrow(a.dram_bytes_per_clock), narrow(a.dram_burst_bytes), narrow(a.dram_latency),
      static_cast<schema::TileOrder>(a.order), narrow(a.batch), a.cross_layer, a.pooling_bytes,
      narrow(a.pooling_windows), a.line_bytes);
}

ArrayConfig read_array(PayloadReader& reader, const schema::Array& source) {
  if (source.cell() > schema::CellKind::MAX || source.order() > schema::TileOrder::MAX)
    reader.malformed();
  ArrayConfig a;
  a.name = reader.text(source.name());
  a.rows = source.rows();
  a.columns = source.columns();
  a.alpha = source.alpha();
  a.cell = static_cast<CellKind>(source.cell());
  a.accumulation_bits = source.accumulation_bits();
  a.double_buffering = source.double_buffering();
  a.clock_mhz = source.clock_mhz();
  a.data_bytes = source.data_bytes();
  a.input_bytes = source.input_bytes();
  a.residual_bytes = source.residual_bytes();
  a.residual_input_bytes = source.residual_input_bytes();
  a.output_bytes = source.output_bytes();
  a.weight_bytes = source.weight_bytes();
  a.partial_sum_bytes = source.partial_sum_bytes();
  a.bank_ports = source.bank_ports();
  a.dram_bytes_per_clock = source.dram_bytes_per_clock();
  a.dram_burst_bytes = source.dram_burst_bytes();
  a.dram_latency = source.dram_latency();
  a.order = static_cast<TileOrder>(source.order());
  a.batch = source.batch();
  a.cross_layer = source.cross_layer();
  a.pooling_bytes = source.pooling_bytes();
  a.pooling_windows = source.pooling_windows();
  a.line_bytes = source.line_bytes();
  return a;
}

schema::Tile write_tile(const Tile& t) {
  return {t.word_begin,  t.words,        t.outputs,     t.nonzeros,     t.reads,
          t.writes,      t.weight_bytes, t.input_bytes, t.output_bytes, t.layer,
          t.row_begin,   t.rows,         t.column_tile, t.groups,       t.interval,
          t.read_clocks, t.write_clocks, t.first,       t.last};
}

Tile read_tile(const schema::Tile& source) {
  Tile t;
  t.layer = source.layer();
  t.row_begin = source.row_begin();
  t.rows = source.rows();
  t.column_tile = source.column_tile();
  t.groups = source.groups();
  t.word_begin = source.word_begin();
  t.words = source.words();
  t.outputs = source.outputs();
  t.first = source.first();
  t.last = source.last();
  t.interval = source.interval();
  t.read_clocks = source.read_clocks();
  t.write_clocks = source.write_clocks();
  t.nonzeros = source.nonzeros();
  t.reads = source.reads();
  t.writes = source.writes();
  t.weight_bytes = source.weight_bytes();
  t.input_bytes = source.input_bytes();
  t.output_bytes = source.output_bytes();
  return t;
}

Offset<schema::Schedule> write_schedule(FlatBufferBuilder& builder, const Schedule& schedule) {
  const auto tiles = write_structs<schema::Tile>(builder, schedule.tiles, write_tile);
  const auto input = builder.CreateVector(schedule.input_in_dram);
  const auto output = builder.CreateVector(schedule.output_in_dram);
  const auto waits = builder.CreateVector(schedule.waits_for_dram);
  const auto kept = builder.CreateVector(schedule.residual_kept);
  const auto pooling = builder.CreateVector(schedule.pooling_clocks);
  Offset<flatbuffers::Vector<std::uint32_t>> layer_waits;
  if (!schedule.layer_waits.empty()) layer_waits = builder.CreateVector(schedule.layer_waits);
  return schema::CreateSchedule(builder, tiles, input, output, waits, kept, pooling,
                                schedule.weights_resident, schedule.initial_weight_bytes,
                                narrow(schedule.slots), layer_waits);
}

Schedule read_schedule(PayloadReader& reader, const schema::Schedule& source) {
  Schedule schedule;
  schedule.tiles = reader.structs(source.tiles(), read_tile);
  schedule.input_in_dram = reader.vector(source.input_in_dram());
  schedule.output_in_dram = reader.vector(source.output_in_dram());
  schedule.waits_for_dram = reader.vector(source.waits_for_dram());
  schedule.residual_kept = reader.vector(source.residual_kept());
  schedule.pooling_clocks = reader.vector(source.pooling_clocks());
  schedule.weights_resident = source.weights_resident();
  schedule.initial_weight_bytes = source.initial_weight_bytes();
  schedule.slots = source.slots();
  if (source.layer_waits() != nullptr) schedule.layer_waits = reader.vector(source.layer_waits());
  return schedule;
}

Offset<schema::LayerSetup> write_layer(FlatBufferBuilder& builder, const LayerSetup& l) {
  const auto name = write_string(builder, l.name);
  const auto pooling =
      l.pooling ? write_pooling(builder, *l.pooling) : Offset<schema::PoolingWindow>();
  const std::int64_t source = l.source ? std::int64_t{*l.source} : -1;
  std::vector<schema::LayerInput> inputs;
  for (const LayerInput& input : l.more_inputs) {
    inputs.emplace_back(input.source, input.height, input.width, input.stride,
                        input.first_column_tile);
  }
  const auto more_inputs = inputs.empty() ? Offset<flatbuffers::Vector<const schema::LayerInput*>>()
                                          : builder.CreateVectorOfStructs(inputs);
  const auto table =
      l.table.empty() ? Offset<flatbuffers::Vector<std::uint8_t>>() : builder.CreateVector(l.table);
  const auto exponents = l.row_exponents.empty() ? Offset<flatbuffers::Vector<std::uint8_t>>()
                                                 : builder.CreateVector(l.row_exponents);
  return schema::CreateLayerSetup(builder, name, static_cast<schema::LayerRole>(l.role), l.filters,
                                  l.in_height, l.in_width, l.stride, l.sum_height, l.sum_width,
                                  l.fraction_bits, l.residual_width, l.residual_height,
                                  l.residual_stride, l.pooling_fraction_bits, l.keep, l.to_dram,
                                  pooling, source, more_inputs, table, exponents);
}

LayerSetup read_layer(PayloadReader& reader, const schema::LayerSetup& source) {
  if (source.role() > schema::LayerRole::MAX) reader.malformed();
  LayerSetup l;
  l.name = reader.text(source.name());
  l.role = static_cast<LayerRole>(source.role());
  l.filters = source.filters();
  l.in_height = source.in_height();
  l.in_width = source.in_width();
  l.stride = source.stride();
  l.sum_height = source.sum_height();
  l.sum_width = source.sum_width();
  l.fraction_bits = source.fraction_bits();
  l.residual_width = source.residual_width();
  l.residual_height = source.residual_height();
  l.residual_stride = source.residual_stride();
  l.pooling_fraction_bits = source.pooling_fraction_bits();
  l.keep = source.keep();
  l.to_dram = source.to_dram();
  if (source.pooling() != nullptr) l.pooling = reader.pooling(*source.pooling());
  if (source.source() < -1 || source.source() > 0xffffffffLL) reader.malformed();
  if (source.source() >= 0) l.source = static_cast<std::uint32_t>(source.source());
  if (source.more_inputs() != nullptr) {
    l.more_inputs = reader.structs(source.more_inputs(), [](const schema::LayerInput& input) {
      return LayerInput{input.source(), input.height(), input.width(), input.stride(),
                        input.first_column_tile()};
    });
  }
  if (source.table() != nullptr) l.table = reader.vector(source.table());
  if (source.row_exponents() != nullptr) l.row_exponents = reader.vector(source.row_exponents());
  return l;
}

schema::TileSetup write_setup(const TileSetup& s) {
  return {s.input_offset,
          s.residual_offset,
          s.output_offset,
          s.weight_address,
          s.line_begin,
          s.line_count,
          s.row_begin,
          s.partial_sum_words,
          s.write_begin,
          s.write_count,
          s.output_row_bytes,
          s.pooling_entry,
          s.window_entry,
          s.weight_line_bytes,
          s.send_gap,
          s.send_after_begin,
          s.send_after_load,
          s.load_after_begin,
          s.read_begin,
          s.reads,
          s.output_begin,
          s.outputs,
          static_cast<schema::InputSource>(s.input),
          static_cast<schema::InputSource>(s.residual),
          s.new_block,
          s.new_residual_block,
          s.after_all,
          s.fetch_after_all};
}

TileSetup read_setup(PayloadReader& reader, const schema::TileSetup& source) {
  constexpr auto kMost = schema::InputSource::MAX;
  if (source.input() > kMost || source.residual() > kMost) reader.malformed();
  TileSetup s;
  s.input = static_cast<InputSource>(source.input());
  s.new_block = source.new_block();
  s.input_offset = source.input_offset();
  s.line_begin = source.line_begin();
  s.line_count = source.line_count();
  s.row_begin = source.row_begin();
  s.residual = static_cast<InputSource>(source.residual());
  s.new_residual_block = source.new_residual_block();
  s.residual_offset = source.residual_offset();
  s.partial_sum_words = source.partial_sum_words();
  s.write_begin = source.write_begin();
  s.write_count = source.write_count();
  s.output_row_bytes = source.output_row_bytes();
  s.output_offset = source.output_offset();
  s.pooling_entry = source.pooling_entry();
  s.window_entry = source.window_entry();
  s.weight_address = source.weight_address();
  s.weight_line_bytes = source.weight_line_bytes();
  s.send_gap = source.send_gap();
  s.send_after_begin = source.send_after_begin();
  s.send_after_load = source.send_after_load();
  s.load_after_begin = source.load_after_begin();
  s.after_all = source.after_all();
  s.fetch_after_all = source.fetch_after_all();
  s.read_begin = source.read_begin();
  s.reads = source.reads();
  s.output_begin = source.output_begin();
  s.outputs = source.outputs();
  return s;
}

schema::LineDescriptor write_line(const LineDescriptor& l) {
  return {l.address, l.dy, l.dx, l.padding, l.used};
}

LineDescriptor read_line(const schema::LineDescriptor& l) {
  return {l.address(), l.dy(), l.dx(), l.padding(), l.used()};
}

schema::RowDescriptor write_row(const RowDescriptor& r) {
  return {r.bias, r.residual_address, r.keep_address, r.has_residual};
}

RowDescriptor read_row(const schema::RowDescriptor& r) {
  return {r.bias(), r.has_residual(), r.residual_address(), r.keep_address()};
}

schema::WriteDescriptor write_write(const WriteDescriptor& w) {
  return {w.address, w.row, w.used};
}

WriteDescriptor read_write(const schema::WriteDescriptor& w) {
  return {w.address(), w.row(), w.used()};
}

schema::Transfer write_transfer(const Transfer& t) {
  return {t.dram,     t.bursts,     t.address, t.skip,
          t.bytes,    t.bank_begin, t.banks,   static_cast<schema::TransferKind>(t.kind),
          t.per_batch};
}

Transfer read_transfer(PayloadReader& reader, const schema::Transfer& source) {
  if (source.kind() > schema::TransferKind::MAX) reader.malformed();
  Transfer t;
  t.kind = static_cast<TransferKind>(source.kind());
  t.per_batch = source.per_batch();
  t.dram = source.dram();
  t.bursts = source.bursts();
  t.address = source.address();
  t.skip = source.skip();
  t.bytes = source.bytes();
  t.bank_begin = source.bank_begin();
  t.banks = source.banks();
  return t;
}

/// The version of a file that holds the program (sealed_file.hpp).
std::uint32_t version_of(const TileProgram& program) {
  const bool chain = std::ranges::all_of(program.layers, [](const LayerSetup& layer) {
    return !layer.source && layer.more_inputs.empty();
  });
  const bool tables = std::ranges::any_of(
      program.layers, [](const LayerSetup& layer) { return !layer.table.empty(); });
  const bool rows_differ = std::ranges::any_of(program.layers, [](const LayerSetup& layer) {
    return !layer.row_exponents.empty() || layer.table_by_row();
  });
  if (rows_differ) return kFileVersion;
  if (tables) return kTablesFileVersion;
  return chain ? kOldestFileVersion : kBranchesFileVersion;
}

TileProgram read_program_payload(std::span<const std::uint8_t> payload, std::uint32_t version,
                                 const std::string& file) {
  PayloadReader reader(payload, file);
  const auto& root = reader.root<schema::TileProgram>();
  const auto transfer = [&](const schema::Transfer& t) { return read_transfer(reader, t); };
  TileProgram program;
  program.array = read_array(reader, reader.need(root.array()));
  program.channels = root.channels();
  program.height = root.height();
  program.width = root.width();
  program.reshape_stride = root.reshape_stride();
  program.schedule = read_schedule(reader, reader.need(root.schedule()));
  program.layers = reader.tables(
      root.layers(), [&](const schema::LayerSetup& layer) { return read_layer(reader, layer); });
  program.tiles = reader.structs(
      root.tiles(), [&](const schema::TileSetup& setup) { return read_setup(reader, setup); });
  program.lines = reader.structs(root.lines(), read_line);
  program.rows = reader.structs(root.rows(), read_row);
  program.writes = reader.structs(root.writes(), read_write);
  program.initial = reader.structs(root.initial(), transfer);
  program.transfers = reader.structs(root.transfers(), transfer);
  program.bank_numbers = reader.vector(root.bank_numbers());
  program.weights = reader.vector(root.weights());
  const schema::MemoryMap& memory = reader.need(root.memory());
  program.memory = {memory.weights(), reader.vector(memory.maps()), memory.batches(),
                    memory.logits(), memory.batch_bytes()};
  const schema::SlotBytes& slots = reader.need(root.slots());
  program.slots = {slots.images(), slots.input(), slots.residual(), slots.output(),
                   slots.weights()};
  require_version(version, version_of(program), file);
  validate(program, file);
  return program;
}

}  // namespace

void save_tile_program(const TileProgram& program, const std::filesystem::path& path) {
  validate(program, path.string());
  require_payload_fits(bulk_bytes(program), path.string());
  FlatBufferBuilder builder = make_builder();
  const auto array = write_array(builder, program.array);
  const auto schedule = write_schedule(builder, program.schedule);
  std::vector<Offset<schema::LayerSetup>> stored_layers;
  for (const LayerSetup& layer : program.layers)
    stored_layers.push_back(write_layer(builder, layer));
  const auto layers = builder.CreateVector(stored_layers);
  const auto tiles = write_structs<schema::TileSetup>(builder, program.tiles, write_setup);
  const auto lines = write_structs<schema::LineDescriptor>(builder, program.lines, write_line);
  const auto rows = write_structs<schema::RowDescriptor>(builder, program.rows, write_row);
  const auto writes = write_structs<schema::WriteDescriptor>(builder, program.writes, write_write);
  const auto initial = write_structs<schema::Transfer>(builder, program.initial, write_transfer);
  const auto transfers =
      write_structs<schema::Transfer>(builder, program.transfers, write_transfer);
  const auto bank_numbers = builder.CreateVector(program.bank_numbers);
  const auto weights = builder.CreateVector(program.weights);
  const auto maps = builder.CreateVector(program.memory.maps);
  const auto memory =
      schema::CreateMemoryMap(builder, program.memory.weights, maps, program.memory.batches,
                              program.memory.logits, program.memory.batch_bytes);
  const schema::SlotBytes slots(program.slots.images, program.slots.input, program.slots.residual,
                                program.slots.output, program.slots.weights);
  builder.Finish(schema::CreateTileProgram(builder, array, program.channels, program.height,
                                           program.width, program.reshape_stride, schedule, layers,
                                           tiles, lines, rows, writes, initial, transfers,
                                           bank_numbers, weights, memory, &slots));
  save_sealed(FileKind::kTileProgram, {builder.GetBufferPointer(), builder.GetSize()}, path,
              version_of(program));
}

TileProgram load_tile_program(const std::filesystem::path& path) {
  const SealedFile file(FileKind::kTileProgram, path);
  return read_program_payload(file.payload(), file.version(), path.string());
}

TileProgram read_tile_program(std::span<const std::byte> content, const std::string& name) {
  const auto payload = verified_payload(FileKind::kTileProgram, content, name);
  return read_program_payload(payload, version_in(content), name);
}

}  // namespace colcomb
