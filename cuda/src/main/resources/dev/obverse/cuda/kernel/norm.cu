// The passes of normalisation that write, whose sums come from reduce.cu, and softmax over rows.

// Group of element i of [a, r1, b, r2]: sample = r1 b r2 elements, line = b r2.
__device__ inline unsigned group(unsigned i, Divisor sample, Divisor line, Divisor r2, int b) {
    unsigned row = over(i, line);
    return over(i, sample) * b + over(i - row * line.value, r2);
}

KERNEL inverse_deviation(int groups, double eps, const float* variance, float* inverse) {
    FOR_EACH(g, groups) inverse[g] = (float)(1 / sqrt(variance[g] + eps));
}

KERNEL normalize(int n, Divisor sample, Divisor line, Divisor r2, int b, float slope, const float* x, const float* mean,
                 const float* inverse, const float* gamma, const float* beta, float* y) {
    Norm norm = {(int)line.value, mean, inverse, gamma, beta};
    FOR_EACH(i, n) {
        unsigned g = group(i, sample, line, r2, b);
        float z = norm.z(norm.xhat(x[i], g), i - over(i, line) * line.value);
        y[i] = leaky(z, z, slope);
    }
}

// mean_dz and mean_dz_xhat are null where the statistics were given.
KERNEL normalize_gradient(int n, Divisor sample, Divisor line, Divisor r2, int b, float slope, const float* x,
                          const float* mean, const float* inverse, const float* gamma, const float* beta,
                          const float* dy, const float* mean_dz, const float* mean_dz_xhat, float* dx) {
    Norm norm = {(int)line.value, mean, inverse, gamma, beta};
    FOR_EACH(i, n) {
        unsigned g = group(i, sample, line, r2, b);
        unsigned column = i - over(i, line) * line.value;
        float xhat = norm.xhat(x[i], g);
        float d = leaky(norm.z(xhat, column), dy[i], slope) * norm.scale(column);
        dx[i] = (mean_dz ? d - mean_dz[g] - xhat * mean_dz_xhat[g] : d) * inverse[g];
    }
}

// Softmax: one block for each row of n; the number of threads is a power of two.

__device__ inline float row_max(const float* row, int n, float* shared) {
    float most = LOWEST;
    for (int i = threadIdx.x; i < n; i += blockDim.x) most = larger(row[i], most);
    return block_max(most, shared);
}

KERNEL softmax(int n, const float* xs, float* ys) {
    __shared__ float floats[256];
    __shared__ double doubles[256];
    const float* x = xs + (size_t)blockIdx.x * n;
    float* y = ys + (size_t)blockIdx.x * n;
    float most = row_max(x, n, floats);
    double sum = 0;
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
        float e = expf(x[i] - most);
        y[i] = e;
        sum += e;
    }
    float inverse = (float)(1 / block_sum(sum, doubles));
    for (int i = threadIdx.x; i < n; i += blockDim.x) y[i] *= inverse;
}

KERNEL softmax_gradient(int n, const float* ys, const float* dys, float* dxs) {
    __shared__ double doubles[256];
    size_t row = (size_t)blockIdx.x * n;
    double dot = 0;
    for (int i = threadIdx.x; i < n; i += blockDim.x) dot += (double)dys[row + i] * ys[row + i];
    float d = (float)block_sum(dot, doubles);
    for (int i = threadIdx.x; i < n; i += blockDim.x) dxs[row + i] = (dys[row + i] - d) * ys[row + i];
}

KERNEL log_softmax(int n, const float* xs, float* ys) {
    __shared__ float floats[256];
    __shared__ double doubles[256];
    const float* x = xs + (size_t)blockIdx.x * n;
    float* y = ys + (size_t)blockIdx.x * n;
    float most = row_max(x, n, floats);
    double sum = 0;
    for (int i = threadIdx.x; i < n; i += blockDim.x) sum += exp((double)(x[i] - most));
    float logarithm = (float)log(block_sum(sum, doubles));
    for (int i = threadIdx.x; i < n; i += blockDim.x) y[i] = x[i] - most - logarithm;
}

KERNEL log_softmax_gradient(int n, const float* ys, const float* dys, float* dxs) {
    __shared__ double doubles[256];
    size_t row = (size_t)blockIdx.x * n;
    double part = 0;
    for (int i = threadIdx.x; i < n; i += blockDim.x) part += dys[row + i];
    double sum = block_sum(part, doubles);
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
        dxs[row + i] = (float)(dys[row + i] - exp((double)ys[row + i]) * sum);
    }
}
