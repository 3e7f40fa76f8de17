// Sums over the middle axis of [outer, extent, inner], in an order that depends on the shape only and never on the
// card: blocks sum pieces of the axis into partial[piece][output][2], and one more kernel joins the pieces. Everything
// is added in double; there are no atomics.

// What is added up. Each function gives the terms of one or two sums.
#define SUM 0        // x
#define SQUARES 1    // x^2
#define MOMENTS 2    // x - k and (x - k)^2, where k is some value of the group: a large mean costs no digits
#define LEAKY 3      // x (y > 0 ? 1 : slope), which is also stored
#define GRADIENTS 4  // w dz and w dz xhat of a norm, where y is dz's dy and w is gamma or 1

struct Terms {
    const float* x;
    const float* y;
    float* store;
    float slope;
    Norm norm;
    bool weighted;  // whether w is gamma
    bool by_row;    // whether the group of an element is its place on the axis that is summed over
};

template <int WHAT>
__device__ inline void add(const Terms& t, unsigned at, unsigned group, unsigned column, float k, double& first,
                           double& second) {
    double x = t.x[at];
    if (WHAT == SUM) {
        first += x;
    } else if (WHAT == SQUARES) {
        first += x * x;
    } else if (WHAT == MOMENTS) {
        double d = x - k;
        first += d;
        second += d * d;
    } else if (WHAT == GRADIENTS) {
        float xhat = t.norm.xhat(t.x[at], group);
        float dz = leaky(t.norm.z(xhat, column), t.y[at], t.slope);
        double term = t.weighted ? dz * t.norm.scale(column) : dz;
        first += term;
        second += term * xhat;
    } else {
        float dz = leaky(t.y[at], t.x[at], t.slope);
        t.store[at] = dz;
        first += dz;
    }
}

// inner == 1: blocks of 256 threads, blockIdx.x the row and blockIdx.y the piece of it.
template <int WHAT>
__device__ void rows(int outer, int extent, int piece, const Terms& terms, double* partial) {
    __shared__ double shared[256];
    unsigned o = blockIdx.x;
    int from = blockIdx.y * piece;
    int to = from + piece < extent ? from + piece : extent;
    float k = WHAT == MOMENTS ? terms.x[o * extent] : 0;
    double first = 0, second = 0;
    for (int e = from + threadIdx.x; e < to; e += blockDim.x) {
        unsigned column = WHAT == GRADIENTS ? e % terms.norm.columns : 0;
        add<WHAT>(terms, o * extent + e, terms.by_row ? e : o, column, k, first, second);
    }
    first = block_sum(first, shared);
    second = block_sum(second, shared);
    if (threadIdx.x == 0) {
        double* target = partial + 2 * ((size_t)blockIdx.y * outer + o);
        target[0] = first;
        target[1] = second;
    }
}

// inner > 1: blockDim.x columns by blockDim.y rows at a time; blockIdx.x the outer index and the tile of columns,
// blockIdx.y the piece. The columns of one group, `join` of them side by side, share their k.
template <int WHAT>
__device__ void columns(int outer, int extent, int inner, int join, int piece, const Terms& terms, double* partial) {
    __shared__ double shared[2][256];
    int tiles = (inner + blockDim.x - 1) / blockDim.x;
    unsigned o = blockIdx.x / tiles;
    int i = blockIdx.x % tiles * blockDim.x + threadIdx.x;
    int from = blockIdx.y * piece;
    int to = from + piece < extent ? from + piece : extent;
    double first = 0, second = 0;
    if (i < inner) {
        unsigned group = o * (inner / join) + i / join;
        float k = WHAT == MOMENTS ? terms.x[o * extent * inner + i / join * join] : 0;
        for (int e = from + threadIdx.y; e < to; e += blockDim.y) {
            add<WHAT>(terms, (o * extent + e) * inner + i, terms.by_row ? e : group, i, k, first, second);
        }
    }
    int t = threadIdx.y * blockDim.x + threadIdx.x;
    shared[0][t] = first;
    shared[1][t] = second;
    __syncthreads();
    for (int half = blockDim.y / 2; half > 0; half /= 2) {
        if (threadIdx.y < half) {
            shared[0][t] += shared[0][t + half * blockDim.x];
            shared[1][t] += shared[1][t + half * blockDim.x];
        }
        __syncthreads();
    }
    if (threadIdx.y == 0 && i < inner) {
        double* target = partial + 2 * ((size_t)blockIdx.y * outer * inner + (size_t)o * inner + i);
        target[0] = shared[0][t];
        target[1] = shared[1][t];
    }
}

#define PARTIAL(NAME, WHAT)                                                                                        \
    KERNEL NAME##_rows(int outer, int extent, int piece, const float* x, const float* y, float* store,             \
                       float slope, double* partial) {                                                             \
        Terms terms = {x, y, store, slope, {}, false, false};                                                      \
        rows<WHAT>(outer, extent, piece, terms, partial);                                                          \
    }                                                                                                              \
    KERNEL NAME##_columns(int outer, int extent, int inner, int join, int piece, const float* x, const float* y,   \
                          float* store, float slope, double* partial) {                                            \
        Terms terms = {x, y, store, slope, {}, false, false};                                                      \
        columns<WHAT>(outer, extent, inner, join, piece, terms, partial);                                          \
    }

PARTIAL(sum, SUM)
PARTIAL(squares, SQUARES)
PARTIAL(moments, MOMENTS)
PARTIAL(leaky, LEAKY)

KERNEL gradients_rows(int outer, int extent, int piece, const float* x, const float* dy, float slope, int columns,
                      const float* mean, const float* inverse, const float* gamma, const float* beta, int weighted,
                      int by_row, double* partial) {
    Terms terms = {x, dy, 0, slope, {columns, mean, inverse, gamma, beta}, weighted != 0, by_row != 0};
    rows<GRADIENTS>(outer, extent, piece, terms, partial);
}

KERNEL gradients_columns(int outer, int extent, int inner, int join, int piece, const float* x, const float* dy,
                         float slope, int width, const float* mean, const float* inverse, const float* gamma,
                         const float* beta, int weighted, int by_row, double* partial) {
    Terms terms = {x, dy, 0, slope, {width, mean, inverse, gamma, beta}, weighted != 0, by_row != 0};
    columns<GRADIENTS>(outer, extent, inner, join, piece, terms, partial);
}

// Joins the pieces of group blockIdx.x, and its `join` neighbouring outputs; blocks of 32 threads.
__device__ inline void joined(int pieces, int outputs, int join, const double* partial, double& first, double& second) {
    __shared__ double shared[32];
    first = 0;
    second = 0;
    for (int p = threadIdx.x; p < pieces * join; p += blockDim.x) {
        const double* source = partial + 2 * ((size_t)(p / join) * outputs + (size_t)blockIdx.x * join + p % join);
        first += source[0];
        second += source[1];
    }
    first = block_sum(first, shared);
    second = block_sum(second, shared);
}

KERNEL join_sum(int pieces, int outputs, double factor, const double* partial, float* y) {
    double first, second;
    joined(pieces, outputs, 1, partial, first, second);
    if (threadIdx.x == 0) y[blockIdx.x] = (float)(factor * first);
}

KERNEL join_double(int pieces, const double* partial, double* y) {
    double first, second;
    joined(pieces, 1, 1, partial, first, second);
    if (threadIdx.x == 0) y[0] = first;
}

// Mean, population variance and 1 / sqrt(variance + eps) of each group of n elements, from moments about k.
KERNEL join_moments(int pieces, int outputs, int join, int inner, int extent, double n, double eps, const float* x,
                    const double* partial, float* mean, float* variance, float* inverse) {
    double first, second;
    joined(pieces, outputs, join, partial, first, second);
    if (threadIdx.x == 0) {
        unsigned out = blockIdx.x * join;
        float k = x[out / inner * extent * inner + out % inner];
        double m = first / n;
        double v = second / n - m * m;
        v = v > 0 ? v : v == v ? 0 : v;
        mean[blockIdx.x] = (float)(k + m);
        variance[blockIdx.x] = (float)v;
        inverse[blockIdx.x] = (float)(1 / sqrt((double)(float)v + eps));
    }
}

// Means over each group of gamma dz and gamma dz xhat, of which the sums per column are given; gamma null if it is in
// them already. One block of 32 threads for each group of `join` outputs.
KERNEL join_groups(int pieces, int outputs, int join, int columns, double n, const float* gamma, const double* partial,
                   float* mean_dz, float* mean_dz_xhat) {
    __shared__ double shared[32];
    double first = 0, second = 0;
    for (int p = threadIdx.x; p < pieces * join; p += blockDim.x) {
        int output = blockIdx.x * join + p % join;
        const double* source = partial + 2 * ((size_t)(p / join) * outputs + output);
        double weight = gamma ? gamma[output % columns] : 1.0f;
        first += weight * source[0];
        second += weight * source[1];
    }
    first = block_sum(first, shared);
    second = block_sum(second, shared);
    if (threadIdx.x == 0) {
        mean_dz[blockIdx.x] = (float)(first / n);
        mean_dz_xhat[blockIdx.x] = (float)(second / n);
    }
}

// Sums over pieces and samples of each column: beta's gradient, and gamma's. One block of 32 threads for each column.
KERNEL join_columns(int pieces, int outputs, int columns, const double* partial, float* dgamma, float* dbeta) {
    __shared__ double shared[32];
    double first = 0, second = 0;
    for (int p = threadIdx.x; p < pieces * (outputs / columns); p += blockDim.x) {
        const double* source = partial + 2 * ((size_t)p * columns + blockIdx.x);
        first += source[0];
        second += source[1];
    }
    first = block_sum(first, shared);
    second = block_sum(second, shared);
    if (threadIdx.x == 0) {
        if (dgamma) dgamma[blockIdx.x] = (float)second;
        if (dbeta) dbeta[blockIdx.x] = (float)first;
    }
}

// Short axes: one thread for each output.
KERNEL sum_short(int outputs, Divisor inner, int extent, double factor, const float* x, float* y) {
    FOR_EACH(out, outputs) {
        unsigned o = over(out, inner);
        const float* source = x + o * extent * inner.value + (out - o * inner.value);
        double sum = 0;
        for (int e = 0; e < extent; e++) sum += source[(unsigned)e * inner.value];
        y[out] = (float)(factor * sum);
    }
}

// inner == 1: one block for each row.
KERNEL max_rows(int extent, const float* x, float* y) {
    __shared__ float shared[256];
    const float* row = x + (size_t)blockIdx.x * extent;
    float most = LOWEST;
    for (int e = threadIdx.x; e < extent; e += blockDim.x) most = larger(row[e], most);
    most = block_max(most, shared);
    if (threadIdx.x == 0) y[blockIdx.x] = most;
}

KERNEL max_columns(int outputs, Divisor inner, int extent, const float* x, float* y) {
    FOR_EACH(out, outputs) {
        unsigned o = over(out, inner);
        const float* source = x + o * extent * inner.value + (out - o * inner.value);
        float most = LOWEST;
        for (int e = 0; e < extent; e++) most = larger(source[(unsigned)e * inner.value], most);
        y[out] = most;
    }
}

// The first of equals; a NaN counts as the largest, and the first NaN wins.
KERNEL argmax(int outputs, Divisor inner, int extent, const float* x, int* index) {
    FOR_EACH(out, outputs) {
        unsigned o = over(out, inner);
        const float* source = x + o * extent * inner.value + (out - o * inner.value);
        float most = source[0];
        int at = 0;
        for (int e = 1; e < extent; e++) {
            float v = source[(unsigned)e * inner.value];
            if (v > most || (v != v && most == most)) {
                most = v;
                at = e;
            }
        }
        index[out] = at;
    }
}
