// Image reader of the cross-layer pipeline (cycle-model.md, "Image reader"): reads images from
// DRAM, where a pixel's channels lie side by side and each image begins with a burst, and takes
// pixel after pixel out of its FIFO while the first layer's line buffer, a ring of Ring pixels, has
// room.
//
// freed_i: pixels whose places there are free again, modulo 2^CounterBits. pixel_o stands for a
// clock with a pixel's bytes on bytes_o and its place in the ring on place_o; without it bytes_o is
// anything. DRAM: sa_image_requests; the word is on dram_word_i DramLatency clocks behind
// dram_read_o. Latency: Take clocks, of a DRAM word each, from the decision to take a pixel to
// pixel_o; the bytes of the last one stand behind the FIFO's shifter.
//
// Requires: Interval at least Take; FifoBytes hold a pixel and a burst.
module sa_image_reader #(
  parameter int Channels = 3,
  parameter int Pixels = 64,  // of an image
  parameter int Interval = 1,  // clocks from pixel to pixel at least
  parameter int Ring = 8,
  parameter int FifoBytes = 256,
  parameter int BurstBytes = 16,
  parameter int DramBytes = 4,
  parameter int DramLatency = 32,
  parameter int DramBits = 16,
  parameter int AddressBits = 16,
  parameter int CounterBits = 16,
  parameter int ImageBits = 8
) (
  input  logic                   clk_i,
  input  logic                   rst_ni,
  input  logic                   enabled_i,
  input  logic [DramBits-1:0]    base_i,    // address of the first image
  input  logic [ImageBits-1:0]   images_i,  // from 1; behind the last it goes on with that one
  input  logic [CounterBits-1:0] freed_i,
  output logic                   dram_read_o,
  output logic [DramBits-1:0]    dram_address_o,
  input  logic [8*DramBytes-1:0] dram_word_i,
  output logic                   pixel_o,
  output logic [AddressBits-1:0] place_o,
  output logic [8*Channels-1:0]  bytes_o
);
  localparam int ImageBytes = (Channels * Pixels + BurstBytes - 1) / BurstBytes * BurstBytes;
  localparam int Take = (Channels + DramBytes - 1) / DramBytes;
  localparam int ByteBits = $clog2(2 * (FifoBytes + Channels + 2 * BurstBytes) + 1);
  // A word more than the FIFO's bytes, since the first may have given some of its own.
  localparam int Words = ((FifoBytes + DramBytes - 1) / DramBytes + 2) / 2 * 2;
  localparam int PlaceBits = $clog2(Words);
  localparam int OffsetBits = (DramBytes > 1) ? $clog2(DramBytes) : 1;
  localparam int PixelBits = (Pixels > 1) ? $clog2(Pixels) : 1;
  localparam int WaitBits = $clog2(Interval + 1);
  // From an image's last pixel to the next image: bytes, and words from the one with its first
  // byte.
  localparam int LastBytes = ImageBytes - (Pixels - 1) * Channels;
  localparam int LastWords = ImageBytes / DramBytes - (Pixels - 1) * Channels / DramBytes;

  logic [ByteBits-1:0] taken_q, there, start_q, start_next, beyond;
  logic write;
  logic [PlaceBits-1:0] write_word;
  sa_image_requests #(
    .ImageBytes(ImageBytes), .FifoBytes(FifoBytes), .Words(Words), .BurstBytes(BurstBytes),
    .DramBytes(DramBytes), .DramLatency(DramLatency), .DramBits(DramBits), .ByteBits(ByteBits),
    .ImageBits(ImageBits)
  ) u_requests (
    .clk_i, .rst_ni, .enabled_i, .base_i, .images_i, .taken_i(taken_q), .dram_read_o,
    .dram_address_o, .write_o(write), .write_word_o(write_word), .there_o(there)
  );

  // Whether the next pixel is taken: start_q is the count of bytes in front of it.
  logic take, last;
  logic [WaitBits-1:0] wait_q;
  logic [PixelBits-1:0] pixel_q;
  logic [CounterBits-1:0] pixels_q, places;
  assign last = (pixel_q == PixelBits'(Pixels - 1));
  assign beyond = there - start_q - ByteBits'(Channels);
  assign places = freed_i + CounterBits'(Ring) - pixels_q;
  assign take = enabled_i & (wait_q == '0) & ~beyond[ByteBits-1] & ~places[CounterBits-1] &
                (places != '0);
  assign start_next = start_q + (last ? ByteBits'(LastBytes) : ByteBits'(Channels));

  // Where it begins: a word of the FIFO, a byte there.
  logic [PlaceBits-1:0] word_q, word_step, word_next;
  logic [OffsetBits-1:0] offset_q, offset_next;
  logic [OffsetBits:0] offset_sum;
  assign offset_sum = {1'b0, offset_q} + (OffsetBits + 1)'(Channels % DramBytes);
  assign offset_next = OffsetBits'(32'(offset_sum) % DramBytes);
  assign word_step = last ? PlaceBits'(LastWords)
                          : PlaceBits'(Channels / DramBytes) +
                            PlaceBits'(32'(offset_sum) >= DramBytes);
  sa_ring_step #(.Ring(Words), .Bits(PlaceBits)) u_word (
    .place_i(word_q), .step_i(word_step), .place_o(word_next)
  );

  logic leaves;  // the last of its words is read
  logic shown_q;
  assign pixel_o = shown_q;
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      wait_q <= '0;
      pixel_q <= '0;
      pixels_q <= '0;
      start_q <= '0;
      word_q <= '0;
      offset_q <= '0;
      taken_q <= '0;
      shown_q <= 1'b0;
    end else begin
      shown_q <= leaves;
      if (leaves) taken_q <= take ? start_next : start_q;
      if (take) begin
        wait_q <= WaitBits'(Interval - 1);
        pixel_q <= last ? '0 : pixel_q + 1'b1;
        pixels_q <= pixels_q + 1'b1;
        start_q <= start_next;
        word_q <= word_next;
        offset_q <= last ? '0 : offset_next;
      end else if (wait_q != '0) begin
        wait_q <= wait_q - 1'b1;
      end
    end
  end

  // Its words: the first with the decision, then one a clock.
  localparam int LastCount = Channels - (Take - 1) * DramBytes;
  logic read, next;
  logic [PlaceBits-1:0] read_word;
  logic [OffsetBits-1:0] read_offset;
  logic [8*DramBytes-1:0] found;
  assign next = 32'(read_offset) + (leaves ? LastCount : DramBytes) > DramBytes;
  sa_image_fifo #(.Words(Words), .WordBytes(DramBytes)) u_fifo (
    .clk_i, .write_i(write), .write_word_i(write_word), .word_i(dram_word_i), .read_i(read),
    .read_word_i(read_word), .offset_i(read_offset), .next_i(next), .bytes_o(found)
  );
  if (Take == 1) begin : gen_one
    assign read = take;
    assign leaves = take;
    assign read_word = word_q;
    assign read_offset = offset_q;
    assign bytes_o = found[8*Channels-1:0];
    if (Channels < DramBytes) begin : gen_rest
      logic unused_rest;
      assign unused_rest = ^found[8*DramBytes-1:8*Channels];
    end
  end else begin : gen_more
    localparam int CountBits = $clog2(Take);
    localparam int HeldBits = 8 * (Take - 1) * DramBytes;
    logic [CountBits-1:0] count_q, there_q;
    logic there_valid_q;
    logic [PlaceBits-1:0] behind_q, behind;
    logic [OffsetBits-1:0] offset_held_q;
    logic [HeldBits-1:0] held_q;
    assign read = take | (count_q != '0);
    assign leaves = (count_q == CountBits'(Take - 1));
    assign read_word = take ? word_q : behind_q;
    assign read_offset = take ? offset_q : offset_held_q;
    sa_ring_step #(.Ring(Words), .Bits(PlaceBits)) u_behind (
      .place_i(read_word), .step_i(PlaceBits'(1)), .place_o(behind)
    );
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        count_q <= '0;
        there_q <= '0;
        there_valid_q <= 1'b0;
        behind_q <= '0;
        offset_held_q <= '0;
      end else begin
        there_valid_q <= read;
        there_q <= take ? '0 : count_q;
        if (take) begin
          count_q <= CountBits'(1);
          offset_held_q <= offset_q;
        end else if (count_q != '0) begin
          count_q <= leaves ? '0 : count_q + 1'b1;
        end
        if (read) behind_q <= behind;
      end
    end
    for (genvar w = 0; w < Take - 1; w++) begin : gen_held
      always_ff @(posedge clk_i) begin
        if (there_valid_q & (there_q == CountBits'(w)))
          held_q[8*w*DramBytes+:8*DramBytes] <= found;
      end
    end
    assign bytes_o = {found[8*LastCount-1:0], held_q};
    if (LastCount < DramBytes) begin : gen_rest
      logic unused_rest;
      assign unused_rest = ^found[8*DramBytes-1:8*LastCount];
    end
  end

  logic [AddressBits-1:0] place_next;
  sa_ring_step #(.Ring(Ring), .Bits(AddressBits)) u_place (
    .place_i(place_o), .step_i(AddressBits'(1)), .place_o(place_next)
  );
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) place_o <= '0;
    else if (pixel_o) place_o <= place_next;
  end
endmodule
