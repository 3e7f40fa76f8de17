// Moving elements: strided copies, selection and gathering along an axis. Gradients add in index order.

#define COPY(NAME, TYPE)                                                                                     \
    KERNEL NAME(int n, Axes axes, int source_offset, int target_offset, const TYPE* source, TYPE* target) { \
        FOR_EACH(i, n) {                                                                                     \
            int from = source_offset, to = target_offset;                                                    \
            locate(axes, i, from, to);                                                                       \
            target[to] = source[from];                                                                       \
        }                                                                                                    \
    }

COPY(copy, float)
// Four elements at a time, where offsets, strides and the last extent are multiples of 4; the host divides them.
COPY(copy4, float4)

// bfloat16 is the upper half of a float; to the nearest, ties to even, and a NaN stays one.
__device__ inline unsigned short upper_half(float x) {
    unsigned bits = __float_as_uint(x);
    return (unsigned short)(x != x ? bits >> 16 | 0x40 : (bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}

__device__ inline float from_upper_half(unsigned short half) { return __uint_as_float((unsigned)half << 16); }

KERNEL to_bf16(int n, const float* x, unsigned short* y) {
    FOR_EACH(i, n) y[i] = upper_half(x[i]);
}

KERNEL from_bf16(int n, const unsigned short* x, float* y) {
    FOR_EACH(i, n) y[i] = from_upper_half(x[i]);
}

// Four at a time.
KERNEL to_bf16_4(int n, const float4* x, ushort4* y) {
    FOR_EACH(i, n) {
        float4 v = x[i];
        ushort4 half;
        half.x = upper_half(v.x), half.y = upper_half(v.y), half.z = upper_half(v.z), half.w = upper_half(v.w);
        y[i] = half;
    }
}

KERNEL from_bf16_4(int n, const ushort4* x, float4* y) {
    FOR_EACH(i, n) {
        ushort4 half = x[i];
        float4 v;
        v.x = from_upper_half(half.x), v.y = from_upper_half(half.y), v.z = from_upper_half(half.z),
        v.w = from_upper_half(half.w);
        y[i] = v;
    }
}

// y[o,j,i] = x[o, indices[j], i]
KERNEL index_select(int n, Divisor inner, Divisor count, int extent, const int* indices, const float* x, float* y) {
    FOR_EACH(at, n) {
        unsigned row = over(at, inner);
        unsigned o = over(row, count);
        unsigned j = row - o * count.value;
        y[at] = x[(o * extent + indices[j]) * inner.value + (at - row * inner.value)];
    }
}

// One thread for each column [o, :, i] of dx, which is zero before.
KERNEL index_select_gradient(int columns, Divisor inner, int count, int extent, const int* indices, const float* dy,
                             float* dx) {
    FOR_EACH(column, columns) {
        unsigned o = over(column, inner);
        unsigned i = column - o * inner.value;
        for (int j = 0; j < count; j++) {
            dx[(o * extent + indices[j]) * inner.value + i] += dy[(o * count + j) * inner.value + i];
        }
    }
}

// y[o,j,i] = x[o, indices[o,j,i], i]
KERNEL gather(int n, Divisor inner, Divisor count, int extent, const int* indices, const float* x, float* y) {
    FOR_EACH(at, n) {
        unsigned row = over(at, inner);
        unsigned o = over(row, count);
        y[at] = x[(o * extent + indices[at]) * inner.value + (at - row * inner.value)];
    }
}

KERNEL gather_gradient(int columns, Divisor inner, int count, int extent, const int* indices, const float* dy,
                       float* dx) {
    FOR_EACH(column, columns) {
        unsigned o = over(column, inner);
        unsigned i = column - o * inner.value;
        for (int j = 0; j < count; j++) {
            unsigned from = (o * count + j) * inner.value + i;
            dx[(o * extent + indices[from]) * inner.value + i] += dy[from];
        }
    }
}

// [rows, columns] to [columns, rows], through tiles of 32x32 so that both sides are read and written in runs.
KERNEL transpose(int rows, int columns, const float* x, float* y) {
    __shared__ float tile[32][33];
    int column_tiles = (columns + 31) / 32;
    int row0 = blockIdx.x / column_tiles * 32;
    int column0 = blockIdx.x % column_tiles * 32;
    for (int r = threadIdx.y; r < 32; r += blockDim.y) {
        int row = row0 + r, column = column0 + threadIdx.x;
        if (row < rows && column < columns) tile[r][threadIdx.x] = x[(unsigned)row * columns + column];
    }
    __syncthreads();
    for (int c = threadIdx.y; c < 32; c += blockDim.y) {
        int row = row0 + threadIdx.x, column = column0 + c;
        if (row < rows && column < columns) y[(unsigned)column * rows + row] = tile[threadIdx.x][c];
    }
}
