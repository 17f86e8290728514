// What vector_kernels.inl must know of AVX-512, with and without BF16: 32 registers of 64 bytes.
#define COLCOMB_VECTOR_BYTES 64
#define COLCOMB_BLOCK_ROWS 8
#define COLCOMB_TILE 3
#define COLCOMB_SPARSE_TILE 8
#define COLCOMB_STREAM(to, v) __builtin_ia32_movntps512(reinterpret_cast<float*>(to), v)
#define COLCOMB_STREAMS_END() __builtin_ia32_sfence()
#define COLCOMB_KEEP(v) asm("" : "+v"(v))
