// Put before every kernel file. Plain C++ that NVRTC and, for tests, an ordinary compiler understand.
//
// Lengths fit into 31 bits. Loops count in unsigned, so adding a grid's stride to an index cannot overflow.

#define KERNEL extern "C" __global__ void

#define LOWEST (__int_as_float(0xff800000))  // minus infinity

// Every thread takes the elements that are a whole grid apart, so any grid covers any length.
#define FOR_EACH(i, n) \
    for (unsigned i = blockIdx.x * blockDim.x + threadIdx.x; i < (unsigned)(n); i += gridDim.x * blockDim.x)

// Division by an extent that is known at launch: multiply and shift (Granlund and Montgomery, "Division by Invariant
// Integers using Multiplication", 1994), exact for numerators of 31 bits. Divisors.java makes the factor.
struct Divisor {
    unsigned value;
    unsigned factor;
    unsigned shift;
};

__device__ inline unsigned over(unsigned n, Divisor d) { return (__umulhi(n, d.factor) + n) >> d.shift; }

// Axes of a strided array, outermost first, and the strides of two arrays that are read or written along them.
#define MOST_AXES 8
struct Axes {
    int rank;
    Divisor extents[MOST_AXES];
    int first[MOST_AXES];
    int second[MOST_AXES];
};

// Offsets of the i-th element, row-major, in both arrays.
__device__ inline void locate(const Axes& axes, unsigned i, int& first, int& second) {
    for (int axis = axes.rank - 1; axis > 0; axis--) {
        unsigned rest = over(i, axes.extents[axis]);
        int at = (int)(i - rest * axes.extents[axis].value);
        first += at * axes.first[axis];
        second += at * axes.second[axis];
        i = rest;
    }
    first += (int)i * axes.first[0];
    second += (int)i * axes.second[0];
}

// Sum over a block whose number of threads is a power of two, in a fixed order; every thread gets it.
__device__ inline double block_sum(double value, double* shared) {
    int threads = blockDim.x * blockDim.y;
    int t = threadIdx.y * blockDim.x + threadIdx.x;
    shared[t] = value;
    __syncthreads();
    for (int half = threads / 2; half > 0; half /= 2) {
        if (t < half) shared[t] += shared[t + half];
        __syncthreads();
    }
    double sum = shared[0];
    __syncthreads();
    return sum;
}

// The larger of two, NaN if either is: fmaxf would drop a NaN.
__device__ inline float larger(float a, float b) { return a > b || a != a ? a : b; }
__device__ inline float smaller(float a, float b) { return a < b || a != a ? a : b; }

__device__ inline float block_max(float value, float* shared) {
    int t = threadIdx.x;
    shared[t] = value;
    __syncthreads();
    for (int half = blockDim.x / 2; half > 0; half /= 2) {
        if (t < half) shared[t] = larger(shared[t], shared[t + half]);
        __syncthreads();
    }
    float most = shared[0];
    __syncthreads();
    return most;
}

// The factor of LeakyReLU and of its gradient: v, or slope v where z is not positive.
__device__ inline float leaky(float z, float v, float slope) { return z > 0 ? v : slope * v; }

// Normalisation's constants: a mean and 1 / deviation for each group, a scale and a shift for each column, or null.
struct Norm {
    int columns;
    const float* mean;
    const float* inverse;
    const float* gamma;
    const float* beta;

    __device__ float xhat(float x, unsigned group) const { return (x - mean[group]) * inverse[group]; }
    __device__ float scale(unsigned column) const { return gamma ? gamma[column] : 1.0f; }
    __device__ float z(float xhat, unsigned column) const {
        return scale(column) * xhat + (beta ? beta[column] : 0.0f);
    }
};
