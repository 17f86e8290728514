#include "colcomb/rtl/folder_numbers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>

#include "colcomb/base/check.hpp"

namespace colcomb::rtl {
namespace {

/// Parameters of sa_machine that others do not follow from.
constexpr auto kOwnParameters = std::to_array<std::string_view>(
    {"Kind",         "Rows",        "Columns",     "Alpha",         "AccBits",
     "DoubleBuffer", "ReadPorts",   "WritePorts",  "Windows",       "DataBytes",
     "InputBytes",   "WeightBytes", "PartialSums", "ResidualBytes", "ResidualInputBytes",
     "OutputBytes",  "WindowWords", "AddressBits", "LoadByteBits",  "LoadLineBits",
     "DramBytes",    "DramLatency", "Tiles",       "Layers",        "Reads",
     "Writes",       "Lines",       "RowTiles",    "WriteLines",    "MaxWriteClocks",
     "PoolEntries",  "PoolSumBits", "Tables",      "ExponentBits",  "CoordBits",
     "SideBits",     "WordBits",    "WaitBits",    "PixelBits",     "ColumnBits",
     "KernelBits",   "CounterBits", "DramBits",    "TransferBits",  "SkipBits"});

std::size_t bits_up_to(std::size_t largest) {
  return std::max<std::size_t>(1, static_cast<std::size_t>(std::bit_width(largest)));
}

}  // namespace

FolderNumbers folder_numbers(const MachineParameters& parameters,
                             const std::vector<ProgramLoad>& loads, std::uint64_t batches) {
  FolderNumbers numbers;
  for (const auto& [name, value] : listed(parameters)) {
    if (std::ranges::find(kOwnParameters, name) != kOwnParameters.end())
      numbers.parameters.emplace_back(name, value);
  }
  std::size_t place = 0;
  std::size_t index = 0;
  for (const ProgramLoad& load : loads) {
    place = std::max(place, load.place);
    index = std::max(index, load.index);
    numbers.word_bits = std::max(numbers.word_bits, load.word.size());
  }
  numbers.place_bits = bits_up_to(place);
  numbers.index_bits = bits_up_to(index);
  numbers.restart_bits = bits_up_to(parameters.Reads - 1);
  numbers.batch_bits = bits_up_to(batches);
  numbers.parameters.emplace_back("BatchBits", numbers.batch_bits);
  numbers.parameters.emplace_back("LoadPlaceBits", numbers.place_bits);
  numbers.parameters.emplace_back("LoadIndexBits", numbers.index_bits);
  numbers.parameters.emplace_back("LoadWordBits", numbers.word_bits);
  return numbers;
}

std::uint64_t FolderNumbers::value_of(std::string_view name) const {
  const auto found =
      std::ranges::find(parameters, name, &std::pair<std::string, std::uint64_t>::first);
  COLCOMB_CHECK(found != parameters.end(), "a parameter of sa_machine");
  return found->second;
}

std::string machine_instance(const FolderNumbers& numbers, const MemoryImages& images,
                             const std::string& batches) {
  std::string text = "  sa_machine #(";
  const char* separator = "\n    ";
  for (const auto& [parameter, value] : numbers.parameters) {
    text += fmt::format("{}.{}({})", separator, parameter, value);
    separator = ",\n    ";
  }
  return text + fmt::format(
                    "\n  ) u_machine (\n    .clk_i, .rst_ni, .read_restart_i({}'d{}), "
                    ".batch_bytes_i({}'d{}),\n    .two_slots_i(1'b{}), .batches_i({})",
                    numbers.restart_bits, images.read_restart, numbers.value_of("DramBits"),
                    images.batch_bytes, images.two_slots ? 1 : 0, batches);
}

}  // namespace colcomb::rtl
