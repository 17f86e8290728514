#pragma once

#include <string>

namespace colcomb::rtl {

/// What both tops behind AXI4 have (docs/reference/rtl-machine.md, "Registers", "Streams"): the
/// ports of machine_axi.
[[nodiscard]] std::string axi_ports();
/// Registers, stream port and memory, named by localparams BatchBits, LoadPlaceBits, LoadIndexBits,
/// LoadWordBits, PageBits, DramBytes, DramBits, DramLatency and DramWords. They drive start,
/// batches, load, load_memory, load_place, load_index, load_word, page, read_word, and of answers
/// port_valid, port_data, port_last; the top drives finished, read, read_address, write,
/// write_address, write_word, mask, port_ready, sending, and the ports m_axis.
[[nodiscard]] std::string axi_wires();

}  // namespace colcomb::rtl
