// The on-chip memories of one layer of the cross-layer pipeline: the line buffer in front of the
// columns, a bank for each; the residual line buffer in front of the rows, a bank for each row bus;
// the pooling line buffer, and the weight buffer. Latency: a read's word is there a clock later.
//
// Requires: what the banks do.
module sa_stage_buffers #(
  parameter int Columns = 32,
  parameter int Buses = 4,
  parameter int LineWires = 256,  // bits of a line of weights
  parameter int Windows = 4,
  parameter int ReadPorts = 1,
  parameter int InPorts = 1,  // of a bank of the line buffer, to write
  parameter int LineBytes = 16,      // of a bank
  parameter int ResidualBytes = 16,  // of a bank
  parameter int WindowWords = 1,     // of a bank
  parameter int WeightBytes = 256,
  parameter int DramBytes = 16,
  parameter int AddressBits = 16
) (
  input  logic                                     clk_i,
  input  logic [Columns*ReadPorts-1:0]             read_i,
  input  logic [Columns*ReadPorts*AddressBits-1:0] read_address_i,
  output logic [Columns*ReadPorts*8-1:0]           data_o,
  input  logic [Columns*InPorts-1:0]               write_i,
  input  logic [Columns*InPorts*AddressBits-1:0]   write_address_i,
  input  logic [Columns*InPorts*8-1:0]             data_i,
  input  logic [Buses-1:0]                         read_residual_i,
  input  logic [Buses*AddressBits-1:0]             read_residual_address_i,
  output logic [Buses*8-1:0]                       residual_o,
  input  logic [Buses-1:0]                         write_residual_i,
  input  logic [Buses*AddressBits-1:0]             write_residual_address_i,
  input  logic [Buses*8-1:0]                       residual_i,
  input  logic [Buses-1:0]                         read_line_i,
  input  logic [Buses*AddressBits-1:0]             read_line_address_i,
  output logic [Buses*Windows*24-1:0]              line_o,
  input  logic [Buses-1:0]                         write_line_i,
  input  logic [Buses*AddressBits-1:0]             write_line_address_i,
  input  logic [Buses*Windows*24-1:0]              line_i,
  input  logic                                     fill_weights_i,
  input  logic [AddressBits-1:0]                   fill_address_i,
  input  logic [8*DramBytes-1:0]                   fill_word_i,
  input  logic                                     read_weights_i,
  input  logic [AddressBits-1:0]                   weights_address_i,
  output logic [LineWires-1:0]                     weights_o
);
  localparam int ResidualBits = (ResidualBytes > 1) ? $clog2(ResidualBytes) : 1;
  localparam int WindowBits = (WindowWords > 1) ? $clog2(WindowWords) : 1;

  for (genvar c = 0; c < Columns; c++) begin : gen_column
    sa_data_bank #(
      .Bytes(LineBytes), .ReadPorts(ReadPorts), .WritePorts(InPorts), .AddressBits(AddressBits)
    ) u_lines (
      .clk_i, .write_i(write_i[c*InPorts+:InPorts]),
      .write_address_i(write_address_i[c*InPorts*AddressBits+:InPorts*AddressBits]),
      .byte_i(data_i[c*InPorts*8+:InPorts*8]), .read_i(read_i[c*ReadPorts+:ReadPorts]),
      .read_address_i(read_address_i[c*ReadPorts*AddressBits+:ReadPorts*AddressBits]),
      .byte_o(data_o[c*ReadPorts*8+:ReadPorts*8])
    );
  end

  for (genvar b = 0; b < Buses; b++) begin : gen_bus
    sa_buffer_bank #(.Words(ResidualBytes), .Width(8)) u_residuals (
      .clk_i, .read_i(read_residual_i[b]),
      .read_address_i(ResidualBits'(read_residual_address_i[b*AddressBits+:AddressBits])),
      .write_i(write_residual_i[b]),
      .write_address_i(ResidualBits'(write_residual_address_i[b*AddressBits+:AddressBits])),
      .word_i(residual_i[b*8+:8]), .word_o(residual_o[b*8+:8])
    );
    sa_buffer_bank #(.Words(WindowWords), .Width(Windows * 24)) u_windows (
      .clk_i, .read_i(read_line_i[b]),
      .read_address_i(WindowBits'(read_line_address_i[b*AddressBits+:AddressBits])),
      .write_i(write_line_i[b]),
      .write_address_i(WindowBits'(write_line_address_i[b*AddressBits+:AddressBits])),
      .word_i(line_i[b*Windows*24+:Windows*24]), .word_o(line_o[b*Windows*24+:Windows*24])
    );
  end

  sa_weight_buffer #(
    .Bytes(WeightBytes), .WordBytes(DramBytes), .LineBits(LineWires), .AddressBits(AddressBits)
  ) u_weights (
    .clk_i, .write_i(fill_weights_i), .write_address_i(fill_address_i), .word_i(fill_word_i),
    .read_i(read_weights_i), .read_address_i(weights_address_i), .line_o(weights_o)
  );
endmodule
