// cuDNN: convolutions by their definition in double precision, and algorithms that differ in what they promise.
#include <algorithm>

#include "paper.h"
#include "rounding.h"

struct Tensor {
    int format, type, n, c, h, w;
};
struct Convolution {
    int padH, padW, strideH, strideW, dilationH, dilationW, mode, compute, groups, math;
};
struct Dnn {
    Context* context;
    Stream* stream;
};
struct Perf {
    int algorithm, status;
    float time;
    size_t memory;
    int determinism, math, reserved[3];
};

enum { NOT_SUPPORTED = 3000, BAD_PARAM = 2000, NCHW = 0, NHWC = 1, FLOAT = 0, BFLOAT16 = 9 };
enum { DEFAULT_MATH = 0, TENSOR_OP_MATH = 1, FMA_MATH = 3 };

API size_t cudnnGetVersion() { return 92400; }
API const char* cudnnGetErrorString(int status) { return status == NOT_SUPPORTED ? "CUDNN_STATUS_NOT_SUPPORTED" : "CUDNN_STATUS"; }
API int cudnnCreate(void** handle) {
    ENTER;
    return *handle = new Dnn{current, nullptr}, 0;
}
API int cudnnSetStream(void* handle, void* stream) {
    ENTER;
    ((Dnn*)handle)->stream = stream_of(stream);
    return ((Dnn*)handle)->stream ? 0 : BAD_PARAM;
}
API int cudnnCreateTensorDescriptor(void** d) { return *d = new Tensor(), 0; }
API int cudnnCreateFilterDescriptor(void** d) { return *d = new Tensor(), 0; }
API int cudnnCreateConvolutionDescriptor(void** d) { return *d = new Convolution{0, 0, 1, 1, 1, 1, 0, 0, 1, 0}, 0; }
API int cudnnDestroyTensorDescriptor(void* d) { return delete (Tensor*)d, 0; }
API int cudnnDestroyFilterDescriptor(void* d) { return delete (Tensor*)d, 0; }
API int cudnnDestroyConvolutionDescriptor(void* d) { return delete (Convolution*)d, 0; }
API int cudnnSetTensor4dDescriptor(void* d, int format, int type, int n, int c, int h, int w) {
    *(Tensor*)d = {format, type, n, c, h, w};
    return n < 1 || c < 1 || h < 1 || w < 1 ? BAD_PARAM : 0;
}
API int cudnnSetFilter4dDescriptor(void* d, int type, int format, int k, int c, int h, int w) {
    *(Tensor*)d = {format, type, k, c, h, w};
    return k < 1 || c < 1 || h < 1 || w < 1 ? BAD_PARAM : 0;
}
API int cudnnSetConvolution2dDescriptor(void* d, int ph, int pw, int sh, int sw, int dh, int dw, int mode, int compute) {
    auto c = (Convolution*)d;
    *c = {ph, pw, sh, sw, dh, dw, mode, compute, c->groups, c->math};
    return ph < 0 || pw < 0 || sh < 1 || sw < 1 || dh < 1 || dw < 1 ? BAD_PARAM : 0;
}
API int cudnnSetConvolutionGroupCount(void* d, int groups) { return ((Convolution*)d)->groups = groups, 0; }
API int cudnnSetConvolutionMathType(void* d, int math) { return ((Convolution*)d)->math = math, 0; }

static size_t elements(const Tensor& t) { return (size_t)t.n * t.c * t.h * t.w; }

// An image, or a filter as k, c, r, s: with NHWC the channels are innermost in both.
struct View {
    Tensor t;
    void* at;
    size_t index(int n, int c, int h, int w) const {
        return t.format == NHWC ? (((size_t)n * t.h + h) * t.w + w) * t.c + c : (((size_t)n * t.c + c) * t.h + h) * t.w + w;
    }
    float get(int n, int c, int h, int w) const {
        size_t i = index(n, c, h, w);
        return t.type == BFLOAT16 ? bf16(((unsigned short*)at)[i]) : ((float*)at)[i];
    }
    bool mapped() const { return inside(blocks, (Address)at, elements(t) * (t.type == BFLOAT16 ? 2 : 4)); }
};

enum { FORWARD, BACKWARD_DATA, BACKWARD_FILTER };

static int supported(const Tensor& x, const Tensor& w, const Convolution& c, const Tensor& y) {
    int outH = (x.h + 2 * c.padH - c.dilationH * (w.h - 1) - 1) / c.strideH + 1;
    int outW = (x.w + 2 * c.padW - c.dilationW * (w.w - 1) - 1) / c.strideW + 1;
    if (x.h + 2 * c.padH < c.dilationH * (w.h - 1) + 1 || x.w + 2 * c.padW < c.dilationW * (w.w - 1) + 1) return BAD_PARAM;
    if (y.n != x.n || y.c != w.n || y.h != outH || y.w != outW || x.c != w.c * c.groups || w.n % c.groups) return BAD_PARAM;
    if (x.format != w.format || x.format != y.format || x.type != w.type || x.type != y.type || c.mode != 1 || c.compute != FLOAT)
        return BAD_PARAM;
    // so that what runs where cuDNN has nothing for a shape is tried, too
    if (x.format == NHWC && (c.groups > 1 || (x.type == BFLOAT16 && c.dilationH * c.dilationW > 1))) return NOT_SUPPORTED;
    if (x.format == NCHW && w.h * w.w == 35) return NOT_SUPPORTED;
    return 0;
}

static size_t workspace(int direction, int algorithm, const Tensor& x) { return algorithm == 1 ? 4 * (size_t)x.h * x.w * 9 + direction : 0; }

static void convolve(int direction, View x, View w, Convolution c, View y, float off) {
    int fraction = x.t.type == FLOAT && (c.math == DEFAULT_MATH || c.math == TENSOR_OP_MATH) ? 10 : 23;
    auto exact = [=](float v) { return fraction < 23 ? rounded(v, fraction) : v; };
    auto& result = direction == FORWARD ? y : direction == BACKWARD_DATA ? x : w;
    std::vector<double> sums(elements(result.t));
    int perGroup = w.t.n / c.groups;
    for (int n = 0; n < y.t.n; n++)
        for (int k = 0; k < y.t.c; k++)
            for (int p = 0; p < y.t.h; p++)
                for (int q = 0; q < y.t.w; q++)
                    for (int r = 0; r < w.t.h; r++)
                        for (int s = 0; s < w.t.w; s++) {
                            int h = p * c.strideH - c.padH + r * c.dilationH, v = q * c.strideW - c.padW + s * c.dilationW;
                            if (h < 0 || h >= x.t.h || v < 0 || v >= x.t.w) continue;
                            for (int i = 0; i < w.t.c; i++) {
                                int channel = k / perGroup * w.t.c + i;
                                if (direction == FORWARD)
                                    sums[y.index(n, k, p, q)] += (double)exact(x.get(n, channel, h, v)) * exact(w.get(k, i, r, s));
                                else if (direction == BACKWARD_DATA)
                                    sums[x.index(n, channel, h, v)] += (double)exact(y.get(n, k, p, q)) * exact(w.get(k, i, r, s));
                                else
                                    sums[w.index(k, i, r, s)] += (double)exact(x.get(n, channel, h, v)) * exact(y.get(n, k, p, q));
                            }
                        }
    for (size_t i = 0; i < sums.size(); i++) {
        float value = (float)sums[i] * (1 + off);
        if (result.t.type == BFLOAT16) ((unsigned short*)result.at)[i] = bf16(value);
        else ((float*)result.at)[i] = value;
    }
}

static int convolution(int direction, void* handle, const float* alpha, void* xd, const void* x, void* wd, const void* w, void* cd,
                       int algorithm, void* space, size_t bytes, const float* beta, void* yd, const void* y) {
    ENTER;
    auto h = (Dnn*)handle;
    View vx = {*(Tensor*)xd, (void*)x}, vw = {*(Tensor*)wd, (void*)w}, vy = {*(Tensor*)yd, (void*)y};
    auto c = *(Convolution*)cd;
    if (h->context != current || !h->stream || *alpha != 1 || *beta != 0) return BAD_PARAM;
    if (int status = supported(vx.t, vw.t, c, vy.t)) return status;
    if (!vx.mapped() || !vw.mapped() || !vy.mapped()) return BAD_PARAM;
    size_t needed = workspace(direction, algorithm, vx.t);
    if (bytes < needed || (needed && !inside(blocks, (Address)space, needed))) return BAD_PARAM;
    if (vx.t.type == BFLOAT16 && c.math != TENSOR_OP_MATH) return NOT_SUPPORTED;
    // algorithm 1 is exact in all directions; the rest are off as Winograd is, or, as atomics are, not always the same
    static int order;
    float off = algorithm == 1 ? 0 : algorithm > 1 ? 1e-4f : 1e-4f * (1 + order++ % 3);
    h->stream->start([=] {
        if (needed) memset(space, 0x7f, needed);
        convolve(direction, vx, vw, c, vy, off);
    });
    return 0;
}
API int cudnnConvolutionForward(void* h, const float* alpha, void* xd, const void* x, void* wd, const void* w, void* cd, int algorithm,
                                void* space, size_t bytes, const float* beta, void* yd, void* y) {
    return convolution(FORWARD, h, alpha, xd, x, wd, w, cd, algorithm, space, bytes, beta, yd, y);
}
API int cudnnConvolutionBackwardData(void* h, const float* alpha, void* wd, const void* w, void* yd, const void* y, void* cd, int algorithm,
                                     void* space, size_t bytes, const float* beta, void* xd, void* x) {
    return convolution(BACKWARD_DATA, h, alpha, xd, x, wd, w, cd, algorithm, space, bytes, beta, yd, y);
}
API int cudnnConvolutionBackwardFilter(void* h, const float* alpha, void* xd, const void* x, void* yd, const void* y, void* cd,
                                       int algorithm, void* space, size_t bytes, const float* beta, void* wd, void* w) {
    return convolution(BACKWARD_FILTER, h, alpha, xd, x, wd, w, cd, algorithm, space, bytes, beta, yd, y);
}

static int workspace_size(int direction, void* xd, void* wd, void* cd, void* yd, int algorithm, size_t* bytes) {
    *bytes = workspace(direction, algorithm, *(Tensor*)xd);
    return supported(*(Tensor*)xd, *(Tensor*)wd, *(Convolution*)cd, *(Tensor*)yd);
}
API int cudnnGetConvolutionForwardWorkspaceSize(void*, void* x, void* w, void* c, void* y, int algorithm, size_t* bytes) {
    return workspace_size(FORWARD, x, w, c, y, algorithm, bytes);
}
API int cudnnGetConvolutionBackwardDataWorkspaceSize(void*, void* w, void* y, void* c, void* x, int algorithm, size_t* bytes) {
    return workspace_size(BACKWARD_DATA, x, w, c, y, algorithm, bytes);
}
API int cudnnGetConvolutionBackwardFilterWorkspaceSize(void*, void* x, void* y, void* c, void* w, int algorithm, size_t* bytes) {
    return workspace_size(BACKWARD_FILTER, x, w, c, y, algorithm, bytes);
}

// The fastest is not exact, or not deterministic; the exact one comes with and without TF32 where that is allowed.
static int perfs(int direction, void* handle, void* xd, void* wd, void* cd, void* yd, int most, int* count, Perf* found, bool run) {
    ENTER;
    auto s = ((Dnn*)handle)->stream;
    if (run && s->capture) return s->invalidated = true, 4000;
    int math = ((Convolution*)cd)->math;
    auto x = *(Tensor*)xd;
    int status = supported(x, *(Tensor*)wd, *(Convolution*)cd, *(Tensor*)yd);
    if (status == BAD_PARAM) return status;
    size_t bytes = workspace(direction, 1, x);
    Perf all[] = {{direction == FORWARD ? 6 : direction == BACKWARD_DATA ? 4 : 0, status, run ? 0.1f : -1, 0, direction != BACKWARD_FILTER, math, {}},
                  {1, status, run ? 0.2f : -1, bytes, 1, math, {}},
                  {1, status, run ? 0.3f : -1, bytes, 1, FMA_MATH, {}},
                  {7, NOT_SUPPORTED, -1, 0, 1, 0, {}}};
    *count = std::min(most, 4);
    memcpy(found, all, *count * sizeof(Perf));
    return 0;
}
// A search waits, and leaves anything in the result.
static void overwritten(void* handle, const Tensor& t, void* at) {
    std::lock_guard<std::recursive_mutex> lock(everything);
    auto s = ((Dnn*)handle)->stream;
    if (s->capture) return;
    s->runUntil(s->started());
    memset(at, 0x7f, (t.type == FLOAT ? 4 : 2) * elements(t));
}
API int cudnnFindConvolutionForwardAlgorithmEx(void* h, void* xd, const void*, void* wd, const void*, void* cd, void* yd, void* y, int most,
                                               int* count, Perf* found, void*, size_t) {
    overwritten(h, *(Tensor*)yd, y);
    return perfs(FORWARD, h, xd, wd, cd, yd, most, count, found, true);
}
API int cudnnFindConvolutionBackwardDataAlgorithmEx(void* h, void* wd, const void*, void* yd, const void*, void* cd, void* xd, void* x, int most,
                                                    int* count, Perf* found, void*, size_t) {
    overwritten(h, *(Tensor*)xd, x);
    return perfs(BACKWARD_DATA, h, xd, wd, cd, yd, most, count, found, true);
}
API int cudnnFindConvolutionBackwardFilterAlgorithmEx(void* h, void* xd, const void*, void* yd, const void*, void* cd, void* wd, void* w,
                                                      int most, int* count, Perf* found, void*, size_t) {
    overwritten(h, *(Tensor*)wd, w);
    return perfs(BACKWARD_FILTER, h, xd, wd, cd, yd, most, count, found, true);
}
API int cudnnGetConvolutionForwardAlgorithm_v7(void* h, void* xd, void* wd, void* cd, void* yd, int most, int* count, Perf* found) {
    return perfs(FORWARD, h, xd, wd, cd, yd, most, count, found, false);
}
API int cudnnGetConvolutionBackwardDataAlgorithm_v7(void* h, void* wd, void* yd, void* cd, void* xd, int most, int* count, Perf* found) {
    return perfs(BACKWARD_DATA, h, xd, wd, cd, yd, most, count, found, false);
}
API int cudnnGetConvolutionBackwardFilterAlgorithm_v7(void* h, void* xd, void* yd, void* cd, void* wd, int most, int* count, Perf* found) {
    return perfs(BACKWARD_FILTER, h, xd, wd, cd, yd, most, count, found, false);
}
