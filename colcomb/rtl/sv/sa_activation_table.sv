// The activation tables of a row bus: the layer's output is table[p], p being the byte of the ReLU
// and quantization block (docs/developer/activation-tables.md). A bus has one row's result in a
// clock, so it has one memory, for all tables.
//
// Latency: 1 clock from whole_i, byte_next_i and table_i to byte_o. The memory has a registered
// read, block RAM in an FPGA: it is read in the clock in which the row's accumulation is whole, at
// the byte that the block's register takes at the end of that clock, so its word stands beside that
// register's byte. A table costs no clock; byte_i, the register's, passes where the layer has none.
//
// table_i: 0: no table; n: the n-th, whose entry p is byte 256 * (n - 1) + p of the memory.
//
// Requires: at most one bit of whole_i is 1; tables are loaded before the first word.
module sa_activation_table #(
  parameter int Rows = 8,    // of the bus
  parameter int Tables = 1,  // from 1
  // Derived.
  parameter int TableBits = $clog2(Tables + 1),
  parameter int AddressBits = $clog2(256 * Tables)
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  // The rows' ReLU and quantization blocks, a clock before byte_i.
  input  logic [Rows-1:0]        whole_i,
  input  logic [Rows*8-1:0]      byte_next_i,
  input  logic [TableBits-1:0]   table_i,  // of the word's layer
  input  logic [7:0]             byte_i,   // of the row
  input  logic                   load_i,
  input  logic [AddressBits-1:0] load_address_i,
  input  logic [7:0]             load_byte_i,
  output logic [7:0]             byte_o
);
  logic [7:0] entry, value;
  sa_onehot_mux #(.Count(Rows), .Width(8)) u_entry (
    .select_i(whole_i), .values_i(byte_next_i), .value_o(entry)
  );

  logic has_table, has_table_q;
  assign has_table = (table_i != '0) & |whole_i;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) has_table_q <= 1'b0;
    else has_table_q <= has_table;
  end

  sa_buffer_bank #(.Words(256 * Tables), .Width(8)) u_tables (
    .clk_i, .read_i(has_table), .read_address_i(AddressBits'({table_i - 1'b1, entry})),
    .write_i(load_i), .write_address_i(load_address_i), .word_i(load_byte_i), .word_o(value)
  );
  assign byte_o = has_table_q ? value : byte_i;
endmodule
