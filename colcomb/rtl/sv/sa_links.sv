// What a cell hands on to the cell above: data lines, start, swap and, with double buffering, load
// lines. Latency: 1 clock.
module sa_links #(
  parameter int Lines = 8,
  parameter bit DoubleBuffer = 1'b1  // 0: no load lines, load_o is 0
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic [Lines-1:0] data_i,
  input  logic             start_i,
  input  logic             swap_i,
  input  logic [Lines-1:0] load_i,
  output logic [Lines-1:0] data_o,
  output logic             start_o,
  output logic             swap_o,
  output logic [Lines-1:0] load_o
);
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      data_o <= '0;
      start_o <= 1'b0;
      swap_o <= 1'b0;
    end else begin
      data_o <= data_i;
      start_o <= start_i;
      swap_o <= swap_i;
    end
  end

  if (DoubleBuffer) begin : gen_load
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) load_o <= '0;
      else load_o <= load_i;
    end
  end else begin : gen_no_load
    logic unused_load;
    assign unused_load = ^load_i;
    assign load_o = '0;
  end
endmodule
