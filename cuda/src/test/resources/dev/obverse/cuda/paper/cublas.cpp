// cuBLAS: products by their definition, column-major, in double precision.
#include <algorithm>

#include "paper.h"
#include "rounding.h"

struct Blas {
    Context* context;
    Stream* stream;
    int math;
    bool workspace;
};

API const char* cublasGetStatusString(int) { return "paper"; }
API int cublasGetProperty(int which, int* value) { return *value = which == 0 ? 12 : which == 1 ? 6 : 0, 0; }
API int cublasCreate_v2(void** handle) {
    ENTER;
    return *handle = new Blas{current, nullptr, 0, false}, 0;
}
API int cublasSetStream_v2(void* handle, void* stream) {
    ENTER;
    auto h = (Blas*)handle;
    h->stream = stream_of(stream);
    h->workspace = false;  // documented: setting the stream resets the workspace
    return h->stream ? 0 : 7;
}
API int cublasSetWorkspace_v2(void* handle, void* workspace, size_t bytes) {
    ENTER;
    ((Blas*)handle)->workspace = true;
    return inside(blocks, (Address)workspace, bytes) && (Address)workspace % 256 == 0 ? 0 : 7;
}
API int cublasSetMathMode(void* handle, int mode) { return ((Blas*)handle)->math = mode, mode == 0 || mode == 3 ? 0 : 7; }

struct Matrix {
    const void* at;
    long long leading, stride;
    bool transposed, half;
    float get(long long batch, long long row, long long column) const {
        long long i = batch * stride + (transposed ? column + row * leading : row + column * leading);
        return half ? bf16(((const unsigned short*)at)[i]) : ((const float*)at)[i];
    }
};

static int multiply(void* handle, int opA, int opB, int m, int n, int k, float alpha, Matrix a, Matrix b, float beta, float* c,
                    int ldc, long long strideC, int batch, bool mayRound) {
    auto h = (Blas*)handle;
    if (h->context != current || !h->stream || (h->stream->capture && !h->workspace)) return 1;
    if (m < 0 || n < 0 || k < 0 || batch < 0 || opA > 1 || opB > 1) return 7;
    if (a.leading < std::max(1, opA ? k : m) || b.leading < std::max(1, opB ? n : k) || ldc < std::max(1, m)) return 7;
    if (batch > 1 && strideC < (long long)ldc * n) return 7;
    a.transposed = opA == 1, b.transposed = opB == 1;
    int fraction = mayRound && h->math == 3 ? 10 : 23;
    h->stream->start([=] {
        for (long long t = 0; t < batch; t++)
            for (long long j = 0; j < n; j++)
                for (long long i = 0; i < m; i++) {
                    double sum = 0;
                    for (long long l = 0; l < k; l++) {
                        float x = a.get(t, i, l), y = b.get(t, l, j);
                        if (fraction < 23) x = rounded(x, fraction), y = rounded(y, fraction);
                        sum += (double)x * y;
                    }
                    float& to = c[t * strideC + j * ldc + i];
                    to = (float)(alpha * sum + (beta == 0 ? 0 : beta * to));
                }
    });
    return 0;
}
API int cublasSgemm_v2(void* h, int opA, int opB, int m, int n, int k, const float* alpha, const float* a, int lda,
                       const float* b, int ldb, const float* beta, float* c, int ldc) {
    ENTER;
    return multiply(h, opA, opB, m, n, k, *alpha, {a, lda, 0, false, false}, {b, ldb, 0, false, false}, *beta, c, ldc, 0, 1, true);
}
API int cublasSgemmStridedBatched(void* h, int opA, int opB, int m, int n, int k, const float* alpha, const float* a, int lda,
                                  long long sa, const float* b, int ldb, long long sb, const float* beta, float* c, int ldc,
                                  long long sc, int batch) {
    ENTER;
    return multiply(h, opA, opB, m, n, k, *alpha, {a, lda, sa, false, false}, {b, ldb, sb, false, false}, *beta, c, ldc, sc, batch, true);
}
API int cublasGemmStridedBatchedEx(void* h, int opA, int opB, int m, int n, int k, const void* alpha, const void* a, int ta, int lda,
                                   long long sa, const void* b, int tb, int ldb, long long sb, const void* beta, void* c,
                                   int tc, int ldc, long long sc, int batch, int compute, int) {
    ENTER;
    if (ta != 14 || tb != 14 || tc != 0 || compute != 68) return 15;  // bfloat16 in, float32 out, CUBLAS_COMPUTE_32F
    return multiply(h, opA, opB, m, n, k, *(const float*)alpha, {a, lda, sa, false, true}, {b, ldb, sb, false, true},
                    *(const float*)beta, (float*)c, ldc, sc, batch, false);
}
