// Lets the logits of images_i images leave the cross-layer pipeline, and says when all of them
// have: of each row bus those of the first images_i, since the image reader goes on with the last
// image. Combinational from valid_i to valid_o; finished_o comes a clock behind the last logit.
//
// row_i has, for each bus, the row that gives its logit, as far as valid_i has the bus's bit.
module sa_logit_port #(
  parameter int Rows = 10,     // classes
  parameter int Interval = 8,  // rows of a bus
  parameter int AddressBits = 16,
  parameter int ImageBits = 8,
  parameter int Buses = (Rows + Interval - 1) / Interval  // derived
) (
  input  logic                         clk_i,
  input  logic                         rst_ni,
  input  logic [Buses-1:0]             valid_i,
  input  logic [Buses*AddressBits-1:0] row_i,
  input  logic [ImageBits-1:0]         images_i,
  output logic [Buses-1:0]             valid_o,
  output logic                         finished_o
);
  logic [Buses-1:0] done;
  for (genvar b = 0; b < Buses; b++) begin : gen_bus
    localparam int Count = (Rows - b * Interval < Interval) ? Rows - b * Interval : Interval;
    logic [ImageBits-1:0] images_q;
    logic last;
    assign last = (row_i[b*AddressBits+:AddressBits] == AddressBits'(Count - 1));
    assign done[b] = (images_q == images_i);
    assign valid_o[b] = valid_i[b] & ~done[b];
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) images_q <= '0;
      else if (valid_o[b] & last) images_q <= images_q + 1'b1;
    end
  end
  assign finished_o = &done;
endmodule
