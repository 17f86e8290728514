// The on-chip memories around sa_datapath (cycle-model.md, "Memories"): banks of each column (data
// and input buffer), of each row bus (partial-sum, residual, residual input and output buffer, line
// buffer of pooling windows), and the weight buffer. One side is sa_datapath's, port for port; the
// other is the DRAM channel's: fill_word_i goes to the weight buffer or to the banks of columns or
// buses that a bit says, at fill_address_i; drain_bus_i's bank of the output buffer is read, and
// drain_words_o are those of all buses.
//
// Addresses are of bytes, but of accumulations in the partial-sum buffer and of words in the line
// buffer. Latency: 1 clock from a read to its word, as sa_buffer_bank, without reset. What more
// than one port costs a bank of the data buffer, sa_data_bank says, of the input buffer,
// sa_input_bank.
//
// Requires: what sa_buffer_bank does.
module sa_buffers #(
  parameter int Rows = 32,
  parameter int Columns = 32,
  parameter int Kind = sa_pkg::KindMultiplexed,
  parameter int Alpha = 8,
  parameter int AccBits = 32,
  parameter int Windows = 4,
  parameter int ReadPorts = 1,   // of a bank of data or input buffer
  parameter int WritePorts = 1,  // of a bank of the data buffer
  parameter int DramBytes = 16,  // of a DRAM word, a power of two
  // Of a bank, from 1.
  parameter int DataBytes = 1024,
  parameter int InputBytes = 1024,
  parameter int WeightBytes = 4096,
  parameter int PartialSums = 256,
  parameter int ResidualBytes = 1024,
  parameter int ResidualInputBytes = 1024,
  parameter int OutputBytes = 1024,
  parameter int WindowWords = 64,
  parameter int AddressBits = 16,
  // Derived.
  parameter int Interval = (Kind == sa_pkg::KindParallel) ? 1 :
                           (Kind == sa_pkg::KindBalanced) ? AccBits : 8,
  parameter int Buses = (Rows + Interval - 1) / Interval,
  parameter int LoadWires = (Kind == sa_pkg::KindParallel) ? 8 * Alpha : Alpha,
  parameter int BusBits = (Buses > 1) ? $clog2(Buses) : 1
) (
  input  logic                                      clk_i,
  // Columns.
  input  logic [Columns*ReadPorts-1:0]              read_data_i,
  input  logic [Columns*ReadPorts-1:0]              read_input_i,
  input  logic [Columns*ReadPorts*AddressBits-1:0]  read_address_i,
  output logic [Columns*ReadPorts*8-1:0]            data_o,
  output logic [Columns*ReadPorts*8-1:0]            input_o,
  input  logic [Columns*WritePorts-1:0]             write_data_i,
  input  logic [Columns*WritePorts*AddressBits-1:0] write_address_i,
  input  logic [Columns*WritePorts*8-1:0]           data_i,
  // Weights.
  input  logic                                      read_weights_i,
  input  logic [AddressBits-1:0]                    weights_address_i,
  output logic [Columns*LoadWires-1:0]              weights_o,
  // Buses.
  input  logic [Buses-1:0]                          read_partial_i,
  input  logic [Buses-1:0]                          read_residual_i,
  input  logic [Buses-1:0]                          read_residual_input_i,
  input  logic [Buses*AddressBits-1:0]              read_bus_address_i,
  output logic [Buses*AccBits-1:0]                  partial_o,
  output logic [Buses*8-1:0]                        residual_o,
  output logic [Buses*8-1:0]                        residual_input_o,
  input  logic [Buses-1:0]                          write_partial_i,
  input  logic [Buses*AddressBits-1:0]              partial_address_i,
  input  logic [Buses*AccBits-1:0]                  partial_i,
  input  logic [Buses-1:0]                          write_residual_i,
  input  logic [Buses*AddressBits-1:0]              residual_address_i,
  input  logic [Buses-1:0]                          write_output_i,
  input  logic [Buses-1:0]                          output_logit_i,
  input  logic [Buses*AddressBits-1:0]              output_address_i,
  input  logic [Buses*32-1:0]                       output_i,
  input  logic [Buses-1:0]                          read_line_i,
  input  logic [Buses*AddressBits-1:0]              read_line_address_i,
  output logic [Buses*Windows*24-1:0]               line_o,
  input  logic [Buses-1:0]                          write_line_i,
  input  logic [Buses*AddressBits-1:0]              write_line_address_i,
  input  logic [Buses*Windows*24-1:0]               line_i,
  // DRAM channel.
  input  logic                                      fill_weights_i,
  input  logic [Columns-1:0]                        fill_input_i,
  input  logic [Buses-1:0]                          fill_residual_i,
  input  logic [AddressBits-1:0]                    fill_address_i,
  input  logic [8*DramBytes-1:0]                    fill_word_i,
  input  logic                                      drain_i,
  input  logic [BusBits-1:0]                        drain_bus_i,
  input  logic [AddressBits-1:0]                    drain_address_i,
  output logic [Buses*8*DramBytes-1:0]              drain_words_o
);
  sa_weight_buffer #(
    .Bytes(WeightBytes), .WordBytes(DramBytes), .LineBits(Columns * LoadWires),
    .AddressBits(AddressBits)
  ) u_weights (
    .clk_i, .write_i(fill_weights_i), .write_address_i(fill_address_i), .word_i(fill_word_i),
    .read_i(read_weights_i), .read_address_i(weights_address_i), .line_o(weights_o)
  );

  for (genvar c = 0; c < Columns; c++) begin : gen_column
    sa_data_bank #(
      .Bytes(DataBytes), .ReadPorts(ReadPorts), .WritePorts(WritePorts), .AddressBits(AddressBits)
    ) u_data (
      .clk_i, .write_i(write_data_i[c*WritePorts+:WritePorts]),
      .write_address_i(write_address_i[c*WritePorts*AddressBits+:WritePorts*AddressBits]),
      .byte_i(data_i[c*WritePorts*8+:WritePorts*8]),
      .read_i(read_data_i[c*ReadPorts+:ReadPorts]),
      .read_address_i(read_address_i[c*ReadPorts*AddressBits+:ReadPorts*AddressBits]),
      .byte_o(data_o[c*ReadPorts*8+:ReadPorts*8])
    );
    sa_input_bank #(
      .Bytes(InputBytes), .WordBytes(DramBytes), .Ports(ReadPorts), .AddressBits(AddressBits)
    ) u_input (
      .clk_i, .write_i(fill_input_i[c]), .write_address_i(fill_address_i), .word_i(fill_word_i),
      .read_i(read_input_i[c*ReadPorts+:ReadPorts]),
      .read_address_i(read_address_i[c*ReadPorts*AddressBits+:ReadPorts*AddressBits]),
      .byte_o(input_o[c*ReadPorts*8+:ReadPorts*8])
    );
  end

  localparam int SumBits = (PartialSums > 1) ? $clog2(PartialSums) : 1;
  localparam int ResidualBits = (ResidualBytes > 1) ? $clog2(ResidualBytes) : 1;
  localparam int WindowBits = (WindowWords > 1) ? $clog2(WindowWords) : 1;

  for (genvar b = 0; b < Buses; b++) begin : gen_bus
    logic [AddressBits-1:0] read_address;
    assign read_address = read_bus_address_i[b*AddressBits+:AddressBits];
    sa_buffer_bank #(.Words(PartialSums), .Width(AccBits)) u_partial_sums (
      .clk_i, .read_i(read_partial_i[b]), .read_address_i(SumBits'(read_address)),
      .write_i(write_partial_i[b]),
      .write_address_i(SumBits'(partial_address_i[b*AddressBits+:AddressBits])),
      .word_i(partial_i[b*AccBits+:AccBits]), .word_o(partial_o[b*AccBits+:AccBits])
    );
    sa_buffer_bank #(.Words(ResidualBytes), .Width(8)) u_residuals (
      .clk_i, .read_i(read_residual_i[b]), .read_address_i(ResidualBits'(read_address)),
      .write_i(write_residual_i[b]),
      .write_address_i(ResidualBits'(residual_address_i[b*AddressBits+:AddressBits])),
      .word_i(output_i[b*32+:8]), .word_o(residual_o[b*8+:8])
    );
    sa_input_bank #(
      .Bytes(ResidualInputBytes), .WordBytes(DramBytes), .Ports(1), .AddressBits(AddressBits)
    ) u_residual_inputs (
      .clk_i, .write_i(fill_residual_i[b]), .write_address_i(fill_address_i),
      .word_i(fill_word_i), .read_i(read_residual_input_i[b]), .read_address_i(read_address),
      .byte_o(residual_input_o[b*8+:8])
    );
    sa_output_bank #(
      .Bytes(OutputBytes), .WordBytes(DramBytes), .AddressBits(AddressBits)
    ) u_output (
      .clk_i, .write_i(write_output_i[b]), .logit_i(output_logit_i[b]),
      .write_address_i(output_address_i[b*AddressBits+:AddressBits]),
      .value_i(output_i[b*32+:32]), .read_i(drain_i & (drain_bus_i == BusBits'(b))),
      .read_address_i(drain_address_i), .word_o(drain_words_o[b*8*DramBytes+:8*DramBytes])
    );
    sa_buffer_bank #(.Words(WindowWords), .Width(Windows * 24)) u_lines (
      .clk_i, .read_i(read_line_i[b]),
      .read_address_i(WindowBits'(read_line_address_i[b*AddressBits+:AddressBits])),
      .write_i(write_line_i[b]),
      .write_address_i(WindowBits'(write_line_address_i[b*AddressBits+:AddressBits])),
      .word_i(line_i[b*Windows*24+:Windows*24]), .word_o(line_o[b*Windows*24+:Windows*24])
    );
  end
endmodule
