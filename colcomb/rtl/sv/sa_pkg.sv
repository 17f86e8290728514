// Kinds of cells; docs/reference/cycle-model.md, "Terms and symbols".
package sa_pkg;
  localparam int KindBalanced = 0;     // BL: one bit-serial MAC, a word every AccBits clocks
  localparam int KindInterleaved = 1;  // IL: AccBits / 8 accumulations share a weight
  localparam int KindMultiplexed = 2;  // MX: an IL cell that selects one of Alpha lines
  localparam int KindParallel = 3;     // an 8-bit multiplier, one word per clock
endpackage
