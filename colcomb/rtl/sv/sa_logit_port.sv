// Counts the images whose logits have left: finished_o once images_i of them have, a clock behind
// the last logit. last_i stands for a clock for the last class of each.
module sa_logit_port #(
  parameter int ImageBits = 8
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 last_i,
  input  logic [ImageBits-1:0] images_i,
  output logic                 finished_o
);
  logic [ImageBits-1:0] images_q;
  assign finished_o = (images_q == images_i);
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) images_q <= '0;
    else if (last_i & ~finished_o) images_q <= images_q + 1'b1;
  end
endmodule
