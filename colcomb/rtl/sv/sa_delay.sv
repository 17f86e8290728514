// Shift register: q_o is d_i of Clocks clocks earlier. Latency: Clocks.
module sa_delay #(
  parameter int Clocks = 1,  // from 0
  parameter int Width = 1
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic [Width-1:0] d_i,
  output logic [Width-1:0] q_o
);
  if (Clocks == 0) begin : gen_wire
    assign q_o = d_i;
    logic unused_wire;
    assign unused_wire = clk_i & rst_ni;
  end else begin : gen_registers
    logic [Clocks*Width-1:0] values_q;
    if (Clocks == 1) begin : gen_one
      always_ff @(posedge clk_i or negedge rst_ni) begin
        if (!rst_ni) values_q <= '0;
        else values_q <= d_i;
      end
    end else begin : gen_more
      always_ff @(posedge clk_i or negedge rst_ni) begin
        if (!rst_ni) values_q <= '0;
        else values_q <= {values_q[(Clocks-1)*Width-1:0], d_i};
      end
    end
    assign q_o = values_q[(Clocks-1)*Width+:Width];
  end
endmodule
