// Keeps the logits of a run of the cross-layer pipeline, a memory for each row bus, and sends them
// as one AXI4-Stream packet of 32-bit beats: image after image, class after class, the last with
// tlast. sending_o stands from the clock of send_i until the last beat has been taken, so from then
// on until a reset nothing is sent again.
//
// Latency: 2 clocks from send_i, or from a beat that is taken, to the next beat. Requires: each bus
// gives its rows of an image in ascending order, images one after the other, at most Images of
// them; send_i rises behind the last one and stays; images_i is at least 1.
module sa_logit_memory #(
  parameter int Rows = 10,     // classes
  parameter int Interval = 8,  // rows of a bus
  parameter int Images = 16,
  parameter int ImageBits = 5,
  parameter int Buses = (Rows + Interval - 1) / Interval  // derived
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic [Buses-1:0]     valid_i,
  input  logic [Buses*32-1:0]  logit_i,
  input  logic [ImageBits-1:0] images_i,
  input  logic                 send_i,
  output logic                 sending_o,
  output logic                 m_tvalid_o,
  input  logic                 m_tready_i,
  output logic [31:0]          m_tdata_o,
  output logic                 m_tlast_o
);
  localparam int Words = Images * ((Rows < Interval) ? Rows : Interval);
  localparam int WordBits = (Words > 1) ? $clog2(Words) : 1;
  localparam int RowBits = (Interval > 1) ? $clog2(Interval) : 1;

  typedef enum logic [1:0] {Idle, Read, Beat, Sent} state_t;
  state_t state_q;
  logic [Buses-1:0] bus_q;        // of the next beat, one bit
  logic [RowBits-1:0] row_q;      // of the bus
  logic [ImageBits-1:0] image_q;  // from 1
  logic [Buses-1:0] last_row;     // of its bus, by bus
  logic read, taken, last_of_bus;
  assign read = state_q == Read;
  assign m_tvalid_o = state_q == Beat;
  assign taken = m_tvalid_o & m_tready_i;
  assign last_of_bus = |(bus_q & last_row);
  assign m_tlast_o = last_of_bus & bus_q[Buses-1] & (image_q == images_i);
  assign sending_o = send_i & (state_q != Sent);

  logic [Buses*32-1:0] words;
  for (genvar b = 0; b < Buses; b++) begin : gen_bus
    localparam int Count = (Rows - b * Interval < Interval) ? Rows - b * Interval : Interval;
    assign last_row[b] = row_q == RowBits'(Count - 1);
    logic [WordBits-1:0] write_q, read_q;
    sa_buffer_bank #(.Words(Words), .Width(32)) u_bank (
      .clk_i, .read_i(read & bus_q[b]), .read_address_i(read_q), .write_i(valid_i[b]),
      .write_address_i(write_q), .word_i(logit_i[b*32+:32]), .word_o(words[b*32+:32])
    );
    always_ff @(posedge clk_i or negedge rst_ni) begin
      if (!rst_ni) begin
        write_q <= '0;
        read_q <= '0;
      end else begin
        if (valid_i[b]) write_q <= write_q + 1'b1;
        if (taken & bus_q[b]) read_q <= read_q + 1'b1;
      end
    end
  end
  sa_onehot_mux #(.Count(Buses), .Width(32)) u_data (
    .select_i(bus_q), .values_i(words), .value_o(m_tdata_o)
  );

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      state_q <= Idle;
      bus_q <= Buses'(1);
      row_q <= '0;
      image_q <= ImageBits'(1);
    end else begin
      case (state_q)
        Idle: if (send_i) state_q <= Read;
        Read: state_q <= Beat;
        Beat: if (m_tready_i) begin
          state_q <= m_tlast_o ? Sent : Read;
          row_q <= last_of_bus ? '0 : row_q + 1'b1;
          if (last_of_bus) bus_q <= Buses'({bus_q, bus_q[Buses-1]});
          if (last_of_bus & bus_q[Buses-1]) image_q <= image_q + 1'b1;
        end
        default: ;
      endcase
    end
  end
endmodule
