// The cross-layer pipelined machine: an array for each layer, and what moves from one to the next.
#include <fmt/format.h>

#include "colcomb/page/sections.hpp"

namespace colcomb::page {
namespace {

// A row of the diagram has kAcross boxes; the rows run to the right and to the left by turns.
constexpr std::size_t kAcross = 4;
constexpr int kLeft = 20;
constexpr int kTop = 20;
constexpr int kWidth = 170;
constexpr int kHeight = 72;
constexpr int kPitchX = 280;
constexpr int kPitchY = 116;

/// Most characters of a layer's name that a box shows.
constexpr std::size_t kNameLength = 22;

struct Place {
  int x;
  int y;
  bool last;  // of its row: the next box is below

  [[nodiscard]] int middle() const { return x + kWidth / 2; }
};

Place place(std::size_t box) {
  const std::size_t row = box / kAcross;
  const std::size_t step = box % kAcross;
  const std::size_t column = row % 2 == 0 ? step : kAcross - 1 - step;
  return {kLeft + static_cast<int>(column) * kPitchX, kTop + static_cast<int>(row) * kPitchY,
          step + 1 == kAcross};
}

/// The first characters of UTF-8 text, and a mark where some are cut off.
std::string shortened(const std::string& text) {
  std::size_t characters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool begins = (static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U;
    if (begins && characters++ == kNameLength) return text.substr(0, i) + "…";
  }
  return text;
}

Json box(std::size_t number, const std::string& id, const std::string& label,
         const std::string& size, const std::string& note) {
  const Place at = place(number);
  return {{"id", id},
          {"label", label},
          {"size", size},
          {"note", note},
          {"box", {at.x, at.y, kWidth, kHeight}}};
}

/// From a box to the one after it, and where its label stands.
void connect(std::size_t from, Json& flow) {
  const Place here = place(from);
  const Place next = place(from + 1);
  if (here.last) {
    flow["points"] = {{here.middle(), here.y + kHeight}, {here.middle(), next.y}};
    flow["label"] = {here.middle() + (here.x == kLeft ? 56 : -56), here.y + kHeight + 26};
    return;
  }
  const bool right = next.x > here.x;
  const int y = here.y + kHeight / 2;
  flow["points"] = {{here.x + (right ? kWidth : 0), y}, {next.x + (right ? 0 : kWidth), y}};
  flow["label"] = {(here.middle() + next.middle()) / 2, y - 6};
}

}  // namespace

Json pipeline_machine(const RunFolder& run) {
  const JsonReader simulation = run.read()["simulation"];
  const ArrayConfig& array = *run.array;
  const std::uint64_t images = simulation["images"].count();
  const std::uint64_t interval = simulation["interval"].count();
  const auto layers = simulation["layers"].elements();
  Json blocks = Json::array();
  blocks.push_back(box(0, "dram", "DRAM",
                       fmt::format("{} bytes a clock", array.dram_bytes_per_clock),
                       "images and weights"));
  blocks.push_back(
      box(1, "reader", "image reader", fmt::format("FIFO of {} bytes", array.input_bytes), ""));
  Json flows = Json::array();
  const auto flow = [&](std::size_t from, const std::string& source, const std::string& target,
                        const char* counter, std::uint64_t count) {
    Json one = {{"from", source}, {"to", target}};
    connect(from, one);
    if (counter != nullptr) {
      one["counter"] = counter;
      one["count"] = count;
    } else {
      one.erase("label");
    }
    flows.push_back(std::move(one));
  };
  flow(0, "dram", "reader", "dram_read_bytes",
       simulation["total"]["activity"]["dram_read_bytes"].count());
  std::string before = "reader";
  for (std::size_t i = 0; i < layers.size(); ++i) {
    const JsonReader& layer = layers[i];
    const std::string id = fmt::format("layer{}", i);
    const char* counter = i == 0 ? nullptr : "data_write_bytes";
    flow(i + 1, before, id, counter,
         i == 0 ? 0 : layers[i - 1]["activity"]["data_write_bytes"].count());
    const std::uint64_t busy = layer["cycles"]["compute"].count() / images;
    blocks.push_back(box(i + 2, id, shortened(layer["name"].text()),
                         fmt::format("{} × {} cells, lines {} B", layer["rows"].count(),
                                     layer["groups"].count(), layer["line_buffer_bytes"].count()),
                         fmt::format("works {} of {} clocks", busy, interval)));
    before = id;
  }
  const std::size_t last = layers.size() + 2;
  flow(last - 1, before, "logits", "dram_write_bytes",
       simulation["total"]["activity"]["dram_write_bytes"].count());
  blocks.push_back(
      box(last, "logits", "logits", fmt::format("one every {} clocks", interval), "to DRAM"));
  return {
      {"blocks", blocks},
      {"flows", flows},
      {"sentence",
       "Every layer has an array of its own, and all of them work at the same time, on different "
       "parts of an image or on different images. An arrow's bytes go into the line buffers that "
       "read a layer's outputs, copies in several banks included; those of residual buffers are "
       "in the table of bytes. DRAM's are the images and the weights of all arrays."}};
}

}  // namespace colcomb::page
