// The image reader's side of DRAM (cycle-model.md, "Image reader"): requests burst after burst as
// long as the FIFO has room for all that was requested, a DRAM word a clock. Images lie one after
// the other from base_i on; behind the last of images_i it reads that one again, without end.
//
// Bytes are counted modulo 2^ByteBits: taken_i, those that have left the FIFO. dram_read_o and
// dram_address_o are functions of the registers, enabled_i and taken_i: a request stands in the
// clock of its decision. there_o: bytes that are in the FIFO or have been, a clock behind write_o,
// with which a word that was requested DramLatency clocks before goes to write_word_o.
module sa_image_requests #(
  parameter int ImageBytes = 64,  // whole bursts
  parameter int FifoBytes = 256,
  parameter int Words = 18,       // of the FIFO's memory
  parameter int BurstBytes = 16,
  parameter int DramBytes = 4,
  parameter int DramLatency = 32,
  parameter int DramBits = 16,
  parameter int ByteBits = 10,
  parameter int ImageBits = 8,
  parameter int PlaceBits = $clog2(Words)  // derived
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 enabled_i,
  input  logic [DramBits-1:0]  base_i,
  input  logic [ImageBits-1:0] images_i,  // from 1
  input  logic [ByteBits-1:0]  taken_i,
  output logic                 dram_read_o,
  output logic [DramBits-1:0]  dram_address_o,
  output logic                 write_o,
  output logic [PlaceBits-1:0] write_word_o,
  output logic [ByteBits-1:0]  there_o
);
  localparam int BurstWords = BurstBytes / DramBytes;
  localparam int LeftBits = (BurstWords > 1) ? $clog2(BurstWords) : 1;
  localparam int ImageWords = ImageBytes / DramBytes;
  localparam int WordBits = (ImageWords > 1) ? $clog2(ImageWords) : 1;
  localparam logic [WordBits-1:0] WordLast = WordBits'(ImageWords - 1);
  localparam logic [PlaceBits-1:0] PlaceLast = PlaceBits'(Words - 1);

  logic [LeftBits-1:0] left_q;  // words of the burst behind this clock's
  logic [ByteBits-1:0] requested_q, held;
  logic [DramBits-1:0] offset_q;  // of the next word, behind base_i
  logic [WordBits-1:0] word_q;    // in its image
  logic [ImageBits-1:0] image_q;
  logic begins, image_ends;
  assign held = requested_q + ByteBits'(BurstBytes) - taken_i;
  assign begins = enabled_i & (left_q == '0) & (held <= ByteBits'(FifoBytes));
  assign dram_read_o = begins | (left_q != '0);
  assign dram_address_o = base_i + offset_q;
  assign image_ends = (word_q == WordLast);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      left_q <= '0;
      requested_q <= '0;
      offset_q <= '0;
      word_q <= '0;
      image_q <= ImageBits'(1);
    end else begin
      if (begins) left_q <= LeftBits'(BurstWords - 1);
      else if (left_q != '0) left_q <= left_q - 1'b1;
      if (begins) requested_q <= requested_q + ByteBits'(BurstBytes);
      if (dram_read_o) begin
        word_q <= image_ends ? '0 : word_q + 1'b1;
        if (image_ends & (image_q == images_i)) begin
          offset_q <= offset_q + DramBits'(DramBytes) - DramBits'(ImageBytes);
        end else begin
          offset_q <= offset_q + DramBits'(DramBytes);
          image_q <= image_q + ImageBits'(image_ends);
        end
      end
    end
  end

  sa_delay #(.Clocks(DramLatency), .Width(1)) u_arrives (
    .clk_i, .rst_ni, .d_i(dram_read_o), .q_o(write_o)
  );
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      write_word_o <= '0;
      there_o <= '0;
    end else if (write_o) begin
      write_word_o <= (write_word_o == PlaceLast) ? '0 : write_word_o + 1'b1;
      there_o <= there_o + ByteBits'(DramBytes);
    end
  end
endmodule
