#include "colcomb/rtl/axi_parts.hpp"

namespace colcomb::rtl {
namespace {

constexpr const char* kPorts = R"(  input  logic        clk_i,
  input  logic        rst_ni,
  // AXI4-Lite: registers.
  input  logic        s_axi_awvalid,
  output logic        s_axi_awready,
  input  logic [4:0]  s_axi_awaddr,
  input  logic        s_axi_wvalid,
  output logic        s_axi_wready,
  input  logic [31:0] s_axi_wdata,
  input  logic [3:0]  s_axi_wstrb,
  output logic        s_axi_bvalid,
  input  logic        s_axi_bready,
  output logic [1:0]  s_axi_bresp,
  input  logic        s_axi_arvalid,
  output logic        s_axi_arready,
  input  logic [4:0]  s_axi_araddr,
  output logic        s_axi_rvalid,
  input  logic        s_axi_rready,
  output logic [31:0] s_axi_rdata,
  output logic [1:0]  s_axi_rresp,
  // AXI4-Stream: program and memory, and answers.
  input  logic        s_axis_tvalid,
  output logic        s_axis_tready,
  input  logic [31:0] s_axis_tdata,
  input  logic        s_axis_tlast,
  output logic        m_axis_tvalid,
  input  logic        m_axis_tready,
  output logic [31:0] m_axis_tdata,
  output logic        m_axis_tlast
)";

constexpr const char* kWires = R"(
  logic start, finished, running_q;
  logic [BatchBits-1:0] batches;
  sa_axi_registers #(.BatchBits(BatchBits)) u_registers (
    .clk_i, .rst_ni, .awvalid_i(s_axi_awvalid), .awready_o(s_axi_awready),
    .awaddr_i(s_axi_awaddr), .wvalid_i(s_axi_wvalid), .wready_o(s_axi_wready),
    .wdata_i(s_axi_wdata), .wstrb_i(s_axi_wstrb), .bvalid_o(s_axi_bvalid),
    .bready_i(s_axi_bready), .bresp_o(s_axi_bresp), .arvalid_i(s_axi_arvalid),
    .arready_o(s_axi_arready), .araddr_i(s_axi_araddr), .rvalid_o(s_axi_rvalid),
    .rready_i(s_axi_rready), .rdata_o(s_axi_rdata), .rresp_o(s_axi_rresp), .start_o(start),
    .batches_o(batches), .finished_i(finished)
  );

  // The memory is the machine's from the start to the end, the streams' before and after.
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) running_q <= 1'b0;
    else running_q <= (running_q | start) & ~finished;
  end

  logic load, port_read, port_write, read, write, valid, sending;
  logic port_valid, port_ready, port_last;
  logic [31:0] port_data;
  logic [PageBits-1:0] page;
  logic [2:0] load_memory;
  logic [LoadPlaceBits-1:0] load_place;
  logic [LoadIndexBits-1:0] load_index;
  logic [LoadWordBits-1:0] load_word;
  logic [DramBits-1:0] port_address, read_address, write_address;
  logic [8*DramBytes-1:0] port_word, read_word, write_word;
  logic [DramBytes-1:0] mask;
  sa_stream_port #(
    .Bytes(DramBytes), .AddressBits(DramBits), .LoadPlaceBits(LoadPlaceBits),
    .LoadIndexBits(LoadIndexBits), .LoadWordBits(LoadWordBits), .PageBits(PageBits)
  ) u_port (
    .clk_i, .rst_ni, .hold_i(start | running_q | sending), .s_tvalid_i(s_axis_tvalid),
    .s_tready_o(s_axis_tready), .s_tdata_i(s_axis_tdata), .s_tlast_i(s_axis_tlast),
    .m_tvalid_o(port_valid), .m_tready_i(port_ready), .m_tdata_o(port_data),
    .m_tlast_o(port_last), .load_o(load), .load_memory_o(load_memory),
    .load_place_o(load_place), .load_index_o(load_index), .load_word_o(load_word),
    .page_o(page), .read_o(port_read), .write_o(port_write), .address_o(port_address), .word_o(port_word),
    .valid_i(valid), .word_i(read_word)
  );
  sa_external_memory #(
    .Words(DramWords), .Bytes(DramBytes), .Latency(DramLatency), .AddressBits(DramBits)
  ) u_memory (
    .clk_i, .rst_ni, .read_i(running_q ? read : port_read),
    .read_address_i(running_q ? read_address : port_address), .valid_o(valid),
    .word_o(read_word), .write_i(running_q ? write : port_write),
    .write_address_i(running_q ? write_address : port_address),
    .mask_i(running_q ? mask : '1), .word_i(running_q ? write_word : port_word)
  );
)";

}  // namespace

std::string axi_ports() {
  return kPorts;
}

std::string axi_wires() {
  return kWires;
}

}  // namespace colcomb::rtl
