// What convolution needs beside cuDNN: its epilogue, and plain kernels for the shapes that cuDNN has no algorithm for.

// In place, y = leaky(y + bias): one pass for both.
KERNEL bias_leaky(int n, Divisor channels, float slope, int has_bias, const float* bias, float* y) {
    FOR_EACH(i, n) {
        unsigned pixel = over(i, channels);
        float v = y[i] + (has_bias ? bias[i - pixel * channels.value] : 0.0f);
        y[i] = v > 0 ? v : slope * v;
    }
}

// In place, y = min(leaky(y + residual), high); residual and slopes may be null.
KERNEL conv_end(int n, Divisor channels, float slope, float high, const float* residual, const float* slopes, float* y) {
    FOR_EACH(i, n) {
        unsigned pixel = over(i, channels);
        float v = y[i] + (residual ? residual[i] : 0.0f);
        float leaky = v > 0 ? v : (slopes ? slopes[i - pixel * channels.value] : slope) * v;
        y[i] = leaky > high ? high : leaky;
    }
}

KERNEL leaky_gradient(int n, float slope, const float* y, const float* dy, float* dz) {
    FOR_EACH(i, n) dz[i] = y[i] > 0 ? dy[i] : slope * dy[i];
}

struct Conv {
    int n, h, w, cin, cout, out_h, out_w;
    int kh, kw, stride_h, stride_w, pad_top, pad_left, dilation_h, dilation_w;
    int group_in, group_out;  // channels of one group
};

// Weight [kh,kw,cin/groups,cout]. One thread for each element of the result, taps in row-major order.
KERNEL plain_forward(int count, Conv s, const float* x, const float* w, float* y) {
    FOR_EACH(i, count) {
        int co = i % s.cout;
        unsigned pixel = i / s.cout;
        int ox = pixel % s.out_w;
        int oy = pixel / s.out_w % s.out_h;
        int image = pixel / s.out_w / s.out_h;
        int first = co / s.group_out * s.group_in;
        float sum = 0;
        for (int ky = 0; ky < s.kh; ky++) {
            int iy = oy * s.stride_h + ky * s.dilation_h - s.pad_top;
            if (iy < 0 || iy >= s.h) continue;
            for (int kx = 0; kx < s.kw; kx++) {
                int ix = ox * s.stride_w + kx * s.dilation_w - s.pad_left;
                if (ix < 0 || ix >= s.w) continue;
                const float* from = x + ((size_t)(image * s.h + iy) * s.w + ix) * s.cin + first;
                const float* weight = w + (size_t)(ky * s.kw + kx) * s.group_in * s.cout + co;
                for (int ci = 0; ci < s.group_in; ci++) sum += from[ci] * weight[(size_t)ci * s.cout];
            }
        }
        y[i] = sum;
    }
}

KERNEL plain_input_gradient(int count, Conv s, const float* dy, const float* w, float* dx) {
    FOR_EACH(i, count) {
        int channel = i % s.cin;
        unsigned pixel = i / s.cin;
        int ix = pixel % s.w;
        int iy = pixel / s.w % s.h;
        int image = pixel / s.w / s.h;
        int group = channel / s.group_in;
        int ci = channel - group * s.group_in;
        float sum = 0;
        for (int ky = 0; ky < s.kh; ky++) {
            int up = iy + s.pad_top - ky * s.dilation_h;
            if (up < 0 || up % s.stride_h != 0 || up / s.stride_h >= s.out_h) continue;
            for (int kx = 0; kx < s.kw; kx++) {
                int across = ix + s.pad_left - kx * s.dilation_w;
                if (across < 0 || across % s.stride_w != 0 || across / s.stride_w >= s.out_w) continue;
                size_t out = (size_t)(image * s.out_h + up / s.stride_h) * s.out_w + across / s.stride_w;
                const float* from = dy + out * s.cout + group * s.group_out;
                const float* weight =
                    w + ((size_t)(ky * s.kw + kx) * s.group_in + ci) * s.cout + group * s.group_out;
                for (int co = 0; co < s.group_out; co++) sum += from[co] * weight[co];
            }
        }
        dx[i] = sum;
    }
}

// One block of 64 threads for each weight: they share the output pixels and are joined in a fixed order.
KERNEL plain_weight_gradient(Conv s, const float* x, const float* dy, float* dw) {
    __shared__ double shared[64];
    unsigned i = blockIdx.x;
    int co = i % s.cout;
    int ci = i / s.cout % s.group_in;
    int tap = i / s.cout / s.group_in;
    int ky = tap / s.kw, kx = tap % s.kw;
    int channel = co / s.group_out * s.group_in + ci;
    double sum = 0;
    for (int pixel = threadIdx.x; pixel < s.n * s.out_h * s.out_w; pixel += blockDim.x) {
        int ox = pixel % s.out_w;
        int oy = pixel / s.out_w % s.out_h;
        int image = pixel / s.out_w / s.out_h;
        int iy = oy * s.stride_h + ky * s.dilation_h - s.pad_top;
        int ix = ox * s.stride_w + kx * s.dilation_w - s.pad_left;
        if (iy < 0 || iy >= s.h || ix < 0 || ix >= s.w) continue;
        sum += (double)x[((size_t)(image * s.h + iy) * s.w + ix) * s.cin + channel] * dy[(size_t)pixel * s.cout + co];
    }
    sum = block_sum(sum, shared);
    if (threadIdx.x == 0) dw[i] = (float)sum;
}
