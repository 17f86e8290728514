#include "colcomb/rtl/pipeline_loads.hpp"

#include <span>

#include "colcomb/rtl/bundles.hpp"
#include "colcomb/rtl/descriptor_images.hpp"
#include "colcomb/rtl/program_index.hpp"
#include "colcomb/rtl/read_box_record.hpp"
#include "colcomb/rtl/tile_records.hpp"

namespace colcomb::rtl {
namespace {

enum Memory : std::uint32_t {
  kTile = 1,
  kLayer,
  kInputBox,
  kResidualBox,
  kLines,
  kRows,
  kWrites,
};

class Loads {
 public:
  explicit Loads(std::vector<PipelineLoad>& loads) : loads_(loads) {}

  void add(std::size_t stage, Memory memory, std::size_t place, std::span<const Bits> words) {
    for (std::size_t i = 0; i < words.size(); ++i)
      loads_.push_back({stage, memory, place, i, words[i]});
  }

 private:
  std::vector<PipelineLoad>& loads_;
};

}  // namespace

std::vector<PipelineLoad> pipeline_loads(const tiling::Pipeline& pipeline,
                                         const PipelineHardware& hardware) {
  std::vector<PipelineLoad> result;
  Loads loads(result);
  for (std::size_t i = 0; i < hardware.stages.size(); ++i) {
    const StageHardware& stage = hardware.stages[i];
    const TileProgram& program = stage.program;
    const Bundles bundles(stage.path, true);
    const ProgramIndex index(program);
    loads.add(i, kTile, 0, tile_records(program, bundles, index));
    loads.add(i, kLayer, 0, layer_records(program, bundles, index, stage.rings));
    const auto add_box = [&](Memory memory, const tiling::ReadBox& box) {
      const Bits record = read_box_record(box, stage.path);
      loads.add(i, memory, 0, {&record, 1});
    };
    add_box(kInputBox, pipeline.stages[i].input.reads);
    if (pipeline.stages[i].residual) add_box(kResidualBox, pipeline.stages[i].residual->reads);
    for (std::size_t c = 0; c < program.array.columns; ++c)
      loads.add(i, kLines, c, column_lines(program, bundles, index, c, stage.rings.input));
    for (std::size_t r = 0; r < program.array.rows; ++r) {
      // The residual line buffers know their own places: no address in front.
      std::vector<Bits> rows = row_descriptors(program, bundles, index, r);
      for (Bits& row : rows) row.resize(row.size() + stage.path.AddressBits);
      loads.add(i, kRows, r, rows);
    }
    for (std::size_t b = 0; b < stage.banks; ++b)
      loads.add(i, kWrites, b, write_lines(program, bundles, index, b, stage.banks));
    loads.add(i, kWrites, stage.banks, table_bytes(index));
  }
  const TileProgram& reader = pipeline.reader;
  const Bundles bundles(hardware.reader_path, true);
  const ProgramIndex index(reader);
  for (std::size_t b = 0; b < reader.array.columns; ++b)
    loads.add(hardware.stages.size(), kWrites, b,
              write_lines(reader, bundles, index, b, reader.array.columns));
  return result;
}

}  // namespace colcomb::rtl
