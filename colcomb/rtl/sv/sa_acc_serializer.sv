// Serializers of one row's initial accumulations, at the array's west edge (cycle-model.md, "Row
// feeder"): the accumulation that load_i brings goes out on the next stream in turn, least
// significant bit first. Latency: 1 clock from load_i to the first bit; after the last bit a stream
// carries 0.
//
// Requires: loads at least AccBits / Streams clocks apart, so that a stream is free when its turn
// comes.
module sa_acc_serializer #(
  parameter int AccBits = 32,          // A: 16, 24 or 32
  parameter int Streams = AccBits / 8  // S; BL: 1
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic               load_i,
  input  logic [AccBits-1:0] acc_i,
  output logic [Streams-1:0] acc_o
);
`ifndef __ICARUS__  // Icarus 11 has no elaboration tasks
  if (Streams < 1 || Streams > AccBits) begin : gen_check
    $error("sa_acc_serializer: Streams must be 1 to AccBits");
  end
`endif

  // One-hot: the stream that the next load belongs to.
  logic [Streams-1:0] turn_q, turn_after;
  if (Streams == 1) begin : gen_one
    assign turn_after = 1'b1;
  end else begin : gen_ring
    assign turn_after = {turn_q[Streams-2:0], turn_q[Streams-1]};
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) turn_q <= Streams'(1);
    else if (load_i) turn_q <= turn_after;
  end

  for (genvar n = 0; n < Streams; n++) begin : gen_stream
    logic [AccBits-1:0] bits_q;
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) bits_q <= '0;
      else bits_q <= (load_i & turn_q[n]) ? acc_i : {1'b0, bits_q[AccBits-1:1]};
    end
    assign acc_o[n] = bits_q[0];
  end
endmodule
