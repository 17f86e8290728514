// Program and memory of the machine for a host, as AXI4-Stream of 32-bit beats
// (docs/reference/rtl-machine.md, "Streams"). A packet's first beat says what follows; its bits 31
// to 28 are
//   0 to 7  a record of that program memory (sa_machine), to place 27:16 and index 15:0: then its
//           word, the lowest 32 bits first, in as many beats as LoadWordBits need
//   8       words of the external memory from word 27:0 on: then their bytes, lowest first
//   9       a question for words from word 27:0 on: then how many, from 1; the answer is a packet
//           of their bytes, the last beat with tlast
//   10      page_o becomes 27:0: of several parts with program memories, which takes the records
// Other packets, and what comes behind a packet's end, are dropped up to its tlast. While hold_i
// stands nothing is taken.
//
// Latency: 1 clock from the last beat of a record or word to load_o or write_o. An answer needs the
// memory's latency for each word. Requires: hold_i does not rise before an answer's end.
module sa_stream_port #(
  parameter int Bytes = 16,          // of a word of the external memory, at least 4
  parameter int AddressBits = 24,    // of its bytes
  parameter int LoadPlaceBits = 10,  // at most 12
  parameter int LoadIndexBits = 16,  // at most 16
  parameter int LoadWordBits = 1024,
  parameter int PageBits = 1         // at most 28
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,
  input  logic                     hold_i,
  input  logic                     s_tvalid_i,
  output logic                     s_tready_o,
  input  logic [31:0]              s_tdata_i,
  input  logic                     s_tlast_i,
  output logic                     m_tvalid_o,
  input  logic                     m_tready_i,
  output logic [31:0]              m_tdata_o,
  output logic                     m_tlast_o,
  // Program.
  output logic                     load_o,
  output logic [2:0]               load_memory_o,
  output logic [LoadPlaceBits-1:0] load_place_o,
  output logic [LoadIndexBits-1:0] load_index_o,
  output logic [LoadWordBits-1:0]  load_word_o,
  output logic [PageBits-1:0]      page_o,
  // External memory.
  output logic                     read_o,
  output logic                     write_o,
  output logic [AddressBits-1:0]   address_o,
  output logic [Bytes*8-1:0]       word_o,
  input  logic                     valid_i,
  input  logic [Bytes*8-1:0]       word_i
);
`ifndef __ICARUS__  // Icarus 11 has no elaboration tasks
  if (Bytes < 4) begin : gen_check
    $error("sa_stream_port: a word of the external memory must have at least 4 bytes");
  end
`endif
  localparam int RecordBeats = (LoadWordBits + 31) / 32;
  localparam int WordBeats = Bytes / 4;
  localparam int MostBeats = (RecordBeats > WordBeats) ? RecordBeats : WordBeats;
  localparam int BeatBits = $clog2(MostBeats + 1);
  localparam int Shift = $clog2(Bytes);
  localparam int WordBits = AddressBits - Shift;  // of a word's address
  localparam logic [3:0] Write = 4'd8;
  localparam logic [3:0] Question = 4'd9;
  localparam logic [3:0] Page = 4'd10;

  typedef enum logic [2:0] {Header, Record, Words, Count, Ask, Answer, Drop} state_t;
  state_t state_q;
  logic [BeatBits-1:0] beat_q;         // of the record or word, from 0
  logic [MostBeats*32-1:0] word_q;     // the latest beat on top
  logic [31:0] left_q;                 // words that are still to be answered
  logic [WordBits-1:0] place_q;        // the memory's word
  logic [2:0] memory_q;
  logic [27:0] target_q;

  logic take, last_beat;
  assign s_tready_o = ~hold_i & (state_q != Ask) & (state_q != Answer);
  assign take = s_tvalid_i & s_tready_o;
  assign last_beat = beat_q == BeatBits'(((state_q == Record) ? RecordBeats : WordBeats) - 1);

  assign load_memory_o = memory_q;
  assign load_place_o = target_q[16+:LoadPlaceBits];
  assign load_index_o = target_q[LoadIndexBits-1:0];
  assign load_word_o = word_q[(MostBeats-RecordBeats)*32+:LoadWordBits];
  assign word_o = word_q[(MostBeats-WordBeats)*32+:Bytes*8];
  assign address_o = {place_q, Shift'(0)};
  logic unused_bits;
  assign unused_bits = ^{target_q, word_q};

  logic sends, sent_word;
  assign sends = m_tvalid_o & m_tready_i;
  assign sent_word = sends & last_beat;
  assign m_tdata_o = word_q[31:0];
  assign m_tlast_o = last_beat & (left_q == 32'd1);

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= Header;
      beat_q <= '0;
      page_o <= '0;
      load_o <= 1'b0;
      write_o <= 1'b0;
      read_o <= 1'b0;
      m_tvalid_o <= 1'b0;
    end else begin
      load_o <= 1'b0;
      write_o <= 1'b0;
      read_o <= 1'b0;
      if (write_o) place_q <= place_q + 1'b1;
      if (take && (state_q == Record || state_q == Words))
        word_q <= (MostBeats * 32)'({s_tdata_i, word_q} >> 32);
      case (state_q)
        Header: if (take) begin
          beat_q <= '0;
          memory_q <= s_tdata_i[30:28];
          target_q <= s_tdata_i[27:0];
          if (s_tdata_i[31:28] == Page) page_o <= s_tdata_i[PageBits-1:0];
          if (s_tlast_i) state_q <= Header;
          else if (!s_tdata_i[31]) state_q <= Record;
          else if (s_tdata_i[31:28] == Write) state_q <= Words;
          else if (s_tdata_i[31:28] == Question) state_q <= Count;
          else state_q <= Drop;
          if (s_tdata_i[31]) place_q <= WordBits'(s_tdata_i[27:0]);
        end
        Record: if (take) begin
          beat_q <= beat_q + 1'b1;
          load_o <= last_beat;
          if (s_tlast_i) state_q <= Header;
          else if (last_beat) state_q <= Drop;
        end
        Words: if (take) begin
          beat_q <= last_beat ? '0 : beat_q + 1'b1;
          write_o <= last_beat;
          if (s_tlast_i) state_q <= Header;
        end
        Count: if (take) begin
          left_q <= s_tdata_i;
          if (s_tdata_i == 32'd0 || !s_tlast_i) begin
            state_q <= s_tlast_i ? Header : Drop;
          end else begin
            state_q <= Ask;
            read_o <= 1'b1;
          end
        end
        Ask: if (valid_i) begin
          word_q <= (MostBeats * 32)'(word_i);
          beat_q <= '0;
          m_tvalid_o <= 1'b1;
          state_q <= Answer;
        end
        Answer: begin
          if (sends) begin
            word_q <= word_q >> 32;
            beat_q <= beat_q + 1'b1;
          end
          if (sent_word) begin
            m_tvalid_o <= 1'b0;
            left_q <= left_q - 1'b1;
            place_q <= place_q + 1'b1;
            read_o <= left_q != 32'd1;
            state_q <= (left_q == 32'd1) ? Header : Ask;
          end
        end
        default: if (take && s_tlast_i) state_q <= Header;  // Drop
      endcase
    end
  end
endmodule
