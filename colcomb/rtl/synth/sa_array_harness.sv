// sa_array between registers and four pins, to place and route it: the inputs come from a shift
// register behind scan_i through registers that can lie beside the array, the outputs are folded
// into a shift register before scan_o.
module sa_array_harness #(
  parameter int Rows = 4,
  parameter int Columns = 4,
  parameter int Kind = sa_pkg::KindMultiplexed,
  parameter int Alpha = 8,
  parameter int AccBits = 32,
  parameter bit DoubleBuffer = 1'b0
) (
  input  logic clk_i,
  input  logic rst_ni,
  input  logic scan_i,
  output logic scan_o
);
  localparam int Lines = (Kind == sa_pkg::KindParallel) ? 8 * Alpha : Alpha;
  localparam int AccWires = (Kind == sa_pkg::KindParallel) ? AccBits :
                            (Kind == sa_pkg::KindBalanced) ? 1 : AccBits / 8;
  localparam int LoadWires = DoubleBuffer ? Columns * Lines : 0;
  localparam int Inputs = Columns * (Lines + 3) + LoadWires + Rows * AccWires;
  localparam int Outputs = Rows * (AccWires + 1);

  logic [Inputs-1:0] scan_q, in_q;
  logic [Outputs-1:0] out, out_q;
  logic [Columns*Lines-1:0] load;

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      scan_q <= '0;
      in_q <= '0;
      out_q <= '0;
    end else begin
      scan_q <= {scan_q[Inputs-2:0], scan_i};
      in_q <= scan_q;
      out_q <= {out_q[Outputs-2:0], 1'b0} ^ out;
    end
  end
  assign scan_o = out_q[Outputs-1];

  if (DoubleBuffer) begin : gen_load
    assign load = in_q[Inputs-1-:Columns*Lines];
  end else begin : gen_no_load
    assign load = '0;
  end

  sa_array #(
    .Rows(Rows), .Columns(Columns), .Kind(Kind), .Alpha(Alpha), .AccBits(AccBits),
    .DoubleBuffer(DoubleBuffer)
  ) u_array (
    .clk_i, .rst_ni, .load_i(load),
    .data_i(in_q[Columns*Lines-1:0]),
    .start_i(in_q[Columns*Lines+:Columns]),
    .swap_i(in_q[Columns*(Lines+1)+:Columns]),
    .load_valid_i(in_q[Columns*(Lines+2)+:Columns]),
    .acc_i(in_q[Columns*(Lines+3)+:Rows*AccWires]),
    .acc_o(out[Rows*AccWires-1:0]), .start_o(out[Outputs-1:Rows*AccWires])
  );
endmodule
