// Functions of single elements. a and b are the function's parameters, as in Unary.java.

__device__ inline float sigmoid(float x) { return 1.0f / (1.0f + expf(-x)); }
__device__ inline double sigmoid(double x) { return 1.0 / (1.0 + exp(-x)); }
// normcdff may be 5 units in the last place off, more than the contract allows.
__device__ inline double normal_distribution(double x) { return 0.5 * erfc(-x * 0.70710678118654752440); }
__device__ inline double normal_density(double x) { return 0.39894228040143267794 * exp(-0.5 * x * x); }

#define UNARY(NAME, VALUE, DERIVATIVE)                                                                  \
    KERNEL unary_##NAME(int n, float a, float b, const float* xs, float* ys) {                          \
        FOR_EACH(i, n) {                                                                                \
            float x = xs[i];                                                                            \
            ys[i] = VALUE;                                                                              \
        }                                                                                               \
    }                                                                                                   \
    KERNEL gradient_##NAME(int n, float a, float b, const float* xs, const float* ys, const float* dys, \
                           float* dxs) {                                                                \
        FOR_EACH(i, n) {                                                                                \
            float x = xs[i], y = ys[i], dy = dys[i];                                                    \
            (void)x, (void)y, (void)dy;                                                                 \
            dxs[i] = DERIVATIVE;                                                                        \
        }                                                                                               \
    }

UNARY(AFFINE, a * x + b, a * dy)
UNARY(ABS, fabsf(x), x > 0 ? dy : x < 0 ? -dy : 0)
UNARY(SQUARE, x* x, dy * 2 * x)
UNARY(SQRT, sqrtf(x), dy / (2 * y))
UNARY(RECIPROCAL, 1 / x, -dy * (y * y))
UNARY(EXP, expf(x), dy* y)
UNARY(LOG, logf(x), dy / x)
UNARY(TANH, tanhf(x), dy * (1 - y * y))
UNARY(SIGMOID, sigmoid(x), dy * (y * (1 - y)))
UNARY(LEAKY_RELU, x > 0 ? x : a * x, y > 0 ? dy : a * dy)
UNARY(SILU, x* sigmoid(x), (float)(dy * sigmoid((double)x) * (1 + x * (1 - sigmoid((double)x)))))
UNARY(GELU, (float)(x * normal_distribution(x)), (float)(dy * (normal_distribution(x) + x * normal_density(x))))
UNARY(CLAMP, smaller(larger(x, a), b), x >= a && x <= b ? dy : 0)
UNARY(SIGN, (float)(x > 0) - (float)(x < 0), 0.0f)

// Binary functions: dense of one shape, a repeating or constant right side, and any broadcast.
#define BINARY(NAME, VALUE)                                                                     \
    KERNEL dense_##NAME(int n, const float* as, const float* bs, float* ys) {                   \
        FOR_EACH(i, n) {                                                                        \
            float a = as[i], b = bs[i];                                                         \
            ys[i] = VALUE;                                                                      \
        }                                                                                       \
    }                                                                                           \
    KERNEL strided_##NAME(int n, Axes axes, const float* as, const float* bs, float* ys) {      \
        FOR_EACH(i, n) {                                                                        \
            int at_a = 0, at_b = 0;                                                             \
            locate(axes, i, at_a, at_b);                                                        \
            float a = as[at_a], b = bs[at_b];                                                   \
            ys[i] = VALUE;                                                                      \
        }                                                                                       \
    }

BINARY(ADD, a + b)
BINARY(SUB, a - b)
BINARY(MUL, a* b)
BINARY(DIV, a / b)
BINARY(MAX, larger(a, b))
BINARY(MIN, smaller(a, b))
BINARY(HEAVISIDE, a > b ? 1.0f : a == b ? 0.5f : 0.0f)
BINARY(EQUAL, a == b ? 1.0f : 0.0f)

KERNEL accumulate(int n, const float* source, float* target) {
    FOR_EACH(i, n) target[i] += source[i];
}

KERNEL fill(int n, float value, float* target) {
    FOR_EACH(i, n) target[i] = value;
}
