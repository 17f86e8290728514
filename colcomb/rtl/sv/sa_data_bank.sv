// Bank of the data buffer: bytes, with several read and write ports. Latency: 1 clock from read_i
// to byte_o, as sa_buffer_bank.
//
// Every pair of a write and a read port has a copy of its own, a block RAM in an FPGA, and with
// more than one write port a table says of each byte which port wrote it last. So b ports of each
// kind cost b^2 copies and Bytes x lg b flip-flops with b multiplexers over all of them: right for
// small arrays and b = 2. For more, divide a bank's planes among banks of one port instead.
//
// Requires: what sa_buffer_bank does; no byte is written by two ports in one clock.
module sa_data_bank #(
  parameter int Bytes = 1024,  // from 1
  parameter int ReadPorts = 1,
  parameter int WritePorts = 1,
  parameter int AddressBits = 16
) (
  input  logic                              clk_i,
  input  logic [WritePorts-1:0]             write_i,
  input  logic [WritePorts*AddressBits-1:0] write_address_i,
  input  logic [WritePorts*8-1:0]           byte_i,
  input  logic [ReadPorts-1:0]              read_i,
  input  logic [ReadPorts*AddressBits-1:0]  read_address_i,
  output logic [ReadPorts*8-1:0]            byte_o
);
  localparam int ByteBits = (Bytes > 1) ? $clog2(Bytes) : 1;
  localparam int PortBits = (WritePorts > 1) ? $clog2(WritePorts) : 1;

  logic [ReadPorts*WritePorts*8-1:0] copies;
  for (genvar r = 0; r < ReadPorts; r++) begin : gen_read
    for (genvar w = 0; w < WritePorts; w++) begin : gen_write
      sa_buffer_bank #(.Words(Bytes), .Width(8)) u_copy (
        .clk_i, .read_i(read_i[r]),
        .read_address_i(ByteBits'(read_address_i[r*AddressBits+:AddressBits])),
        .write_i(write_i[w]),
        .write_address_i(ByteBits'(write_address_i[w*AddressBits+:AddressBits])),
        .word_i(byte_i[w*8+:8]), .word_o(copies[(r*WritePorts+w)*8+:8])
      );
    end
  end

  if (WritePorts == 1) begin : gen_one_writer
    assign byte_o = copies;
  end else begin : gen_table
    logic [PortBits-1:0] writer_q[Bytes];
    always_ff @(posedge clk_i) begin
      for (int w = 0; w < WritePorts; w++) begin
        if (write_i[w]) begin
          writer_q[ByteBits'(write_address_i[w*AddressBits+:AddressBits])] <= PortBits'(w);
        end
      end
    end
    for (genvar r = 0; r < ReadPorts; r++) begin : gen_choice
      logic [PortBits-1:0] last_q;
      always_ff @(posedge clk_i) begin
        if (read_i[r]) last_q <= writer_q[ByteBits'(read_address_i[r*AddressBits+:AddressBits])];
      end
      assign byte_o[r*8+:8] = copies[(r*WritePorts+32'(last_q))*8+:8];
    end
  end
endmodule
