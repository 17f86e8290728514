// All weights and words: sa_product gives weight x word.
module sa_product_bench;
  logic [8:0] code;
  logic [7:0] word;
  logic [9*9-1:0] unused_rests;
  logic signed [16:0] product;
  integer number, expected, bad;

  sa_product u_product (
    .code_i(code), .word_i(word), .rests_o(unused_rests), .product_o(product)
  );

  initial begin
    bad = 0;
    for (number = 0; number < 512 * 256; number = number + 1) begin
      {code, word} = number;
      #1;
      expected = code[7:0] * word;
      if (code[8]) expected = -expected;
      if (product !== expected) bad = bad + 1;
    end
    if (bad == 0) $display("PASS: %0d products", number);
    else $display("FAIL: %0d products are wrong", bad);
    $finish;
  end
endmodule
