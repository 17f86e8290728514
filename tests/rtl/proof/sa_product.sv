// weight x word by the recursion of sa_mx_proof: rests_o[9*k+:9] is the rest before clock k.
// sa_product_bench shows that it is the product, for all weights and words.
module sa_product (
  input  logic [8:0]         code_i,  // magnitude, sign
  input  logic [7:0]         word_i,
  output logic [9*9-1:0]     rests_o,
  output logic signed [16:0] product_o
);
  logic signed [9:0] weight;
  assign weight = code_i[8] ? 10'sd0 - $signed({2'b0, code_i[7:0]}) : $signed({2'b0, code_i[7:0]});
  assign rests_o[8:0] = 9'd0;
  for (genvar k = 0; k < 8; k++) begin : gen_bit
    logic signed [9:0] sum;
    assign sum = $signed({rests_o[9*k+8], rests_o[9*k+:9]}) + (word_i[k] ? weight : 10'sd0);
    assign rests_o[9*(k+1)+:9] = sum[9:1];
    assign product_o[k] = sum[0];
  end
  assign product_o[16:8] = rests_o[9*8+:9];
endmodule
