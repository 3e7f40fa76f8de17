// Optimiser steps: one pass over a parameter, its gradient and its state. The formulas are OptimizerKernels.java's.

KERNEL adam(int n, float gradient_scale, float shrink, float decay, float fresh1, float beta2, float fresh2,
            float root_correction, float eps, float step_size, float* w, const float* gradient, float* first,
            float* second) {
    FOR_EACH(i, n) {
        float g = gradient[i] * gradient_scale + w[i] * decay;
        float m = first[i] + (g - first[i]) * fresh1;
        float v = second[i] * beta2 + g * g * fresh2;
        first[i] = m;
        second[i] = v;
        w[i] = w[i] * shrink - m / (sqrtf(v) / root_correction + eps) * step_size;
    }
}

KERNEL sgd(int n, float lr, float momentum, float decay, int nesterov, float gradient_scale, float* w,
           const float* gradient, float* velocity) {
    FOR_EACH(i, n) {
        float g = gradient[i] * gradient_scale + w[i] * decay;
        float v = velocity[i] * momentum + g;
        velocity[i] = v;
        w[i] -= (nesterov ? g + v * momentum : v) * lr;
    }
}

KERNEL ema(int n, float decay, float fresh, const float* w, float* average) {
    FOR_EACH(i, n) average[i] = average[i] * decay + w[i] * fresh;
}

// Many arrays in one launch. The table is a parameter, so a launch that is recorded and done again needs nothing else.
#define MOST_ARRAYS 48
struct Arrays {
    int count;
    int piece;                // elements that one block takes
    int first[MOST_ARRAYS];   // number of the block with which an array begins
    int length[MOST_ARRAYS];
    float* at[4][MOST_ARRAYS];
};

// The array that a block works on, and its elements [from, to).
__device__ inline int array_of(const Arrays& t, int block, int& from, int& to) {
    int low = 0, high = t.count;
    while (high - low > 1) {
        int middle = (low + high) / 2;
        if (t.first[middle] <= block) low = middle;
        else high = middle;
    }
    from = (block - t.first[low]) * t.piece;
    to = t.length[low] - from < t.piece ? t.length[low] : from + t.piece;
    return low;
}

// For each array of the table eight numbers, in the order of adam's parameters without the gradient's scale.
#define RATES 8

KERNEL adam_many(Arrays t, const float* rates, const float* gate) {
    float gradient_scale = gate[1];
    if (gradient_scale != gradient_scale) return;
    int from, to;
    int array = array_of(t, blockIdx.x, from, to);
    const float* r = rates + array * RATES;
    float shrink = r[0], decay = r[1], fresh1 = r[2], beta2 = r[3], fresh2 = r[4], root_correction = r[5], eps = r[6],
          step_size = r[7];
    float *w = t.at[0][array], *gradient = t.at[1][array], *first = t.at[2][array], *second = t.at[3][array];
    for (int i = from + threadIdx.x; i < to; i += blockDim.x) {
        float g = gradient[i] * gradient_scale + w[i] * decay;
        float m = first[i] + (g - first[i]) * fresh1;
        float v = second[i] * beta2 + g * g * fresh2;
        first[i] = m;
        second[i] = v;
        w[i] = w[i] * shrink - m / (sqrtf(v) / root_correction + eps) * step_size;
    }
}

KERNEL ema_many(Arrays t, float decay, float fresh, const float* gate) {
    if (gate[1] != gate[1]) return;
    int from, to;
    int array = array_of(t, blockIdx.x, from, to);
    const float* w = t.at[0][array];
    float* average = t.at[1][array];
    for (int i = from + threadIdx.x; i < to; i += blockDim.x) average[i] = average[i] * decay + w[i] * fresh;
}

// Sum of squares of every piece, in double.
KERNEL squares_many(Arrays t, double* partial) {
    __shared__ double shared[256];
    int from, to;
    int array = array_of(t, blockIdx.x, from, to);
    double sum = 0;
    for (int i = from + threadIdx.x; i < to; i += blockDim.x) sum += (double)t.at[0][array][i] * t.at[0][array][i];
    sum = block_sum(sum, shared);
    if (threadIdx.x == 0) partial[blockIdx.x] = sum;
}

// One block. gate: norm, factor, losses; the factor is NaN from the first norm or first loss on that is not finite.
KERNEL gradient_gate(int pieces, const double* partial, double scale, double max_norm, Arrays losses, float* gate) {
    __shared__ double shared[256];
    double sum = 0;
    for (int p = threadIdx.x; p < pieces; p += blockDim.x) sum += partial[p];
    sum = block_sum(sum, shared);
    if (threadIdx.x != 0) return;
    double norm = scale * sqrt(sum);
    bool finite = norm - norm == 0 && gate[1] == gate[1];
    for (int i = 0; i < losses.count; i++) {
        float loss = losses.at[0][i][0];
        if (i == 0) finite = finite && loss - loss == 0;
        gate[2 + i] = loss;
    }
    double shorter = max_norm / (norm + 1e-6);
    gate[0] = (float)norm;
    gate[1] = finite ? (float)(scale * (shorter < 1 ? shorter : 1)) : __int_as_float(0x7fffffff);
}
