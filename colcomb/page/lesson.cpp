// The machine, network and image of docs/reference/cycle-model.md, "Worked example".
#include "colcomb/page/clip.hpp"
#include "colcomb/page/documents.hpp"
#include "colcomb/page/run_document.hpp"
#include "colcomb/page/worked_example.hpp"
#include "colcomb/simulation/exact/record_cells.hpp"

namespace colcomb::page {

Document lesson(const std::string& version) {
  Document document = begin_document("lesson", "how column combining runs on an array", version);
  document.json["headline"] = {
      "A filter matrix of 3 filters and 5 channels is packed into three groups of columns; two of "
      "them go through an array of 2 × 2 cells.",
      "Every bit below is what the simulator's cells held in that clock."};
  document.json["lesson"] = {
      "Each column of the array holds a group: columns of the filter matrix that were combined, so "
      "that each row keeps at most one of their weights.",
      "All channels of the group enter the column from below, a data line each, one bit a clock, "
      "lowest first. A cell selects the line of the channel that its weight belongs to.",
      "Accumulations enter from the left, bit by bit, and leave on the right with the product "
      "added. A word follows every 8 clocks, and a cell works on several accumulations at a time.",
      "Weights were shifted in through lines of their own while the words before were still on "
      "their way; a swap that comes with the first word makes them the cell's."};
  add_recording(simulation::record_cells(worked_network(), worked_array(), worked_image(), {}),
                "the worked example's: channels 10 20 30, 1 2 3, 4 0 5, 7 7 7, 2 50 100", document);
  return document;
}

}  // namespace colcomb::page
